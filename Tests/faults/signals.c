/* Five thousand signals a second during every call, with system calls restarted and not: results are those without. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "calls.h"
#include "check.h"

enum { PERIOD_MICROSECONDS = 200, MOST_SECONDS = 600 };

static volatile sig_atomic_t ticks;

static void on_alarm(int number) {
  (void)number;
  if (++ticks > MOST_SECONDS * (1000000 / PERIOD_MICROSECONDS)) _exit(1); /* a call hangs */
}

static void ring(int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_alarm;
  action.sa_flags = flags;
  sigaction(SIGALRM, &action, NULL);
  struct itimerval period = {{0, PERIOD_MICROSECONDS}, {0, PERIOD_MICROSECONDS}};
  setitimer(ITIMER_REAL, &period, NULL);
}

static void be_quiet(void) { setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL); }

static uint64_t result(const fault_case *one, rfgsnn_status *status) {
  subject subject;
  uint64_t after = 0;
  *status = RFGSNN_OK;
  if (prepare(&subject, one)) {
    *status = one->call->run(&subject);
    after = fingerprint(&subject);
  }
  CHECK(dispose(&subject));
  return after;
}

static int how;

static void compare(const fault_case *one) {
  rfgsnn_status rung, calm;
  uint64_t expected = result(one, &calm);
  ring(how);
  uint64_t found = result(one, &rung);
  be_quiet();
  if (rung != calm || expected != found) printf("%s\n", case_name(one));
  CHECK_EQUAL(rung, calm);
  CHECK(expected == found);
}

int main(int argc, char **argv) {
  bool all = is_long(argc, argv);
  group("5000 signals a second change no result, with SA_RESTART");
  how = SA_RESTART;
  for_each_case(2, all, compare);
  CHECK(ticks > 100);
  group("nor without");
  how = 0;
  for_each_case(2, all, compare);
  return summary();
}
