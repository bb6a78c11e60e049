/* No thread can be had, or only some: every call works on those that there are, with the same results.
 *
 * The program's own pthread_create comes before the C library's, for the library under test too. */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "calls.h"
#include "check.h"
#include "fixture.h"

/* Threads that may still be started; those that were refused. */
static int allowed = INT_MAX, refused;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *context) {
  typedef int starter(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  static starter *start;
  if (!start) *(void **)&start = dlsym(RTLD_NEXT, "pthread_create");
  if (allowed > 0) return --allowed, start(thread, attributes, body, context);
  ++refused;
  return EAGAIN;
}

/* What the network is after the call; 0 if it is not offered. */
static uint64_t result(const fault_case *one, int threads, rfgsnn_status *status) {
  subject subject;
  uint64_t after = 0;
  allowed = threads;
  *status = RFGSNN_OK;
  if (prepare(&subject, one)) {
    *status = one->call->run(&subject);
    after = fingerprint(&subject);
  }
  CHECK(dispose(&subject));
  return after;
}

/* A call that shares its loops, where there is more than one processor. */
static void predict_much(void) {
  enum { MANY = 2000 };
  static double x[MANY][2], y[MANY][1];
  rfgsnn_array inputs = DOUBLES(x, MANY, 2), outputs = DOUBLES(y, MANY, 1);
  rfgsnn_options *options = options_of("inputs=2 outputs=1 hidden=128,128");
  rfgsnn_network *network;
  allowed = 0;
  OK(rfgsnn_network_create(options, &network));
  OK(rfgsnn_network_predict(network, &inputs, 1, &outputs));
  OK(rfgsnn_network_free(network));
  OK(rfgsnn_options_free(options));
}

static int given;

static void compare(const fault_case *one) {
  rfgsnn_status with, without;
  uint64_t expected = result(one, INT_MAX, &with);
  uint64_t found = result(one, given, &without);
  if (with != without || expected != found) printf("%s, with %d threads to be had\n", case_name(one), given);
  CHECK_EQUAL(with, without);
  CHECK(expected == found);
}

int main(int argc, char **argv) {
  bool all = is_long(argc, argv);
  group("where no thread can be started all calls work on the caller's, with the same results");
  predict_much();
  CHECK(refused > 0 || sysconf(_SC_NPROCESSORS_ONLN) == 1);
  for_each_case(2, all, compare);
  if (all) {
    group("and where one of three can");
    given = 1;
    for_each_case(4, all, compare);
  }
  return summary();
}
