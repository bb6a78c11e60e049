/* Threads and signals: a busy handle refuses, others go on, sentences are each thread's own. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "fixture.h"

static void wait_a_little(void) { nanosleep(&(struct timespec){0, 1000000}, NULL); }

/* A fit that is held inside its callback until it is let go. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool inside, let_go;

static int32_t hold(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                    double seconds_left) {
  (void)context, (void)step, (void)steps, (void)loss, (void)validation_loss, (void)seconds_left;
  pthread_mutex_lock(&lock);
  inside = true;
  pthread_cond_broadcast(&changed);
  while (!let_go) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
  return 0;
}

static rfgsnn_status fit_status;

static void *fit_held(void *context) {
  fixture *f = context;
  fit_status = rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, hold, NULL);
  return NULL;
}

static void *fit_free(void *context) {
  fixture *f = context;
  fit_status = rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL);
  return NULL;
}

static void busy_handles(void) {
  group("a second thread is refused while fit runs, readers too, and changes nothing");
  fixture *f = fixture_make("report_interval=20"), *other = fixture_make("");
  rfgsnn_state *state, *second = NULL;
  rfgsnn_trainer *sibling;
  OK(rfgsnn_state_create(f->network, SAMPLES, &state));
  OK(rfgsnn_trainer_create(f->network, f->options, &sibling));
  double results[SAMPLES][OUTPUTS];
  rfgsnn_array outputs = DOUBLES(results, SAMPLES, OUTPUTS);
  float *values = parameters_of(f->network);
  int64_t number = -1;
  pthread_t thread;
  watch(f->network);
  pthread_create(&thread, NULL, fit_held, f);
  pthread_mutex_lock(&lock);
  while (!inside) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);

  static const char advice[] = "another thread";
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_trainer_updates(f->trainer, &number), "trainer", advice, "wait");
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_parameters(f->network, &values, &number), "network", advice,
          "clone");
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs), "network", advice);
  REFUSED(RFGSNN_ERROR_BUSY, fit_status = rfgsnn_update(f->trainer), "trainer", advice);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_trainer_free(f->trainer), "trainer", advice);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_free(f->network), "network", advice);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_state_step(state, &f->inputs, NULL), "state", "its network");
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_forward(sibling, &f->inputs, 1, NULL), "trainer", "its network");
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_state_create(f->network, 1, &second), "network", advice);
  CHECK(number == -1 && second == NULL);
  OK(rfgsnn_network_predict(other->network, &f->inputs, 1, &outputs)); /* another network is not concerned */
  OK(rfgsnn_options_set_int(f->options, "seed", 2));
  OK(rfgsnn_request_stop(f->trainer)); /* never busy */

  pthread_mutex_lock(&lock);
  let_go = true;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  pthread_join(thread, NULL);
  watch(NULL);
  CHECK(fit_status == RFGSNN_STOPPED_STEPS || fit_status == RFGSNN_STOPPED_REQUEST);
  OK(rfgsnn_trainer_updates(f->trainer, &number));
  CHECK(number == 20 || (fit_status == RFGSNN_STOPPED_REQUEST && number < 20));
  OK(rfgsnn_state_step(state, &f->inputs, NULL));
  OK(rfgsnn_trainer_free(sibling));
  OK(rfgsnn_state_free(state));
  fixture_free(f);
  fixture_free(other);
}

static void request_from_thread(void) {
  group("request_stop from another thread ends a fit that has no callback");
  fixture *f = fixture_make("steps=1000000000 hidden=32,32");
  int64_t updates = 0;
  pthread_t thread;
  pthread_create(&thread, NULL, fit_free, f);
  rfgsnn_status status = RFGSNN_OK;
  for (int tries = 0; tries < 10000 && status != RFGSNN_ERROR_BUSY; ++tries) { /* until fit has begun */
    status = rfgsnn_trainer_updates(f->trainer, &updates);
    wait_a_little();
  }
  CHECK_EQUAL(status, RFGSNN_ERROR_BUSY);
  OK(rfgsnn_request_stop(f->trainer));
  pthread_join(thread, NULL);
  CHECK_EQUAL(fit_status, RFGSNN_STOPPED_REQUEST);
  OK(rfgsnn_trainer_updates(f->trainer, &updates));
  CHECK(updates < 1000000000);
  fixture_free(f);
}

static rfgsnn_trainer *volatile signalled;
static volatile sig_atomic_t handler_status = 1;

static void on_signal(int number) {
  (void)number;
  handler_status = rfgsnn_request_stop(signalled);
}

static void request_from_handler(void) {
  group("request_stop from a signal handler ends fit on the interrupted thread");
  fixture *f = fixture_make("steps=1000000000 hidden=32,32 threads=2");
  signalled = f->trainer;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigaction(SIGUSR1, &action, NULL);
  int64_t updates;
  pthread_t thread;
  pthread_create(&thread, NULL, fit_free, f);
  for (int tries = 0; tries < 10000 && rfgsnn_trainer_updates(f->trainer, &updates) != RFGSNN_ERROR_BUSY;
       ++tries) {
    wait_a_little();
  }
  pthread_kill(thread, SIGUSR1);
  pthread_join(thread, NULL);
  CHECK_EQUAL(fit_status, RFGSNN_STOPPED_REQUEST);
  CHECK_EQUAL(handler_status, RFGSNN_OK);
  rfgsnn_trainer *freed = f->trainer;
  fixture_free(f);
  REFUSED(RFGSNN_ERROR_INVALID_HANDLE, rfgsnn_request_stop(freed), "trainer", "freed");
  REFUSED(RFGSNN_ERROR_NULL_POINTER, rfgsnn_request_stop(NULL), "trainer", "NULL");
  REFUSED(RFGSNN_ERROR_INVALID_HANDLE, rfgsnn_request_stop((rfgsnn_trainer *)0x10), "trainer");
}

static void *fail_differently(void *context) {
  static const char *const keys[] = {"leek", "treshold"};
  static const char *const nearest[] = {"\"leak\"", "\"threshold\""};
  int which = *(int *)context;
  rfgsnn_options *options;
  bool *own = calloc(1, sizeof *own);
  *own = strcmp(rfgsnn_last_error(), "") == 0; /* a thread begins without a sentence */
  if (rfgsnn_options_create(&options) != RFGSNN_OK) return own;
  for (int round = 0; round < 2000; ++round) {
    *own = rfgsnn_options_set_float(options, keys[which], 1) == RFGSNN_ERROR_UNKNOWN_OPTION && *own;
    *own = strstr(rfgsnn_last_error(), nearest[which]) != NULL && *own;
  }
  rfgsnn_options_free(options);
  return own;
}

static void sentences(void) {
  group("the error sentence belongs to the thread");
  CHECK(rfgsnn_options_free((rfgsnn_options *)0x10) == RFGSNN_ERROR_INVALID_HANDLE);
  char mine[1024];
  strcpy(mine, rfgsnn_last_error());
  pthread_t threads[2];
  int which[2] = {0, 1};
  for (int index = 0; index < 2; ++index)
    pthread_create(&threads[index], NULL, fail_differently, &which[index]);
  for (int index = 0; index < 2; ++index) {
    void *own;
    pthread_join(threads[index], &own);
    CHECK(*(bool *)own);
    free(own);
  }
  CHECK_TEXT(rfgsnn_last_error(), mine);
}

static void *predict_often(void *context) {
  rfgsnn_network *network = context;
  double x[3][2] = {{0.1, 0.2}, {-0.5, 0.25}, {1, -1}}, first[3][2], again[3][2];
  rfgsnn_array inputs = DOUBLES(x, 3, 2), outputs = DOUBLES(first, 3, 2), others = DOUBLES(again, 3, 2);
  bool *same = malloc(sizeof *same);
  *same = rfgsnn_network_predict(network, &inputs, 1, &outputs) == RFGSNN_OK;
  for (int round = 0; round < 300; ++round) {
    rfgsnn_network *clone;
    *same = rfgsnn_network_clone(network, &clone) == RFGSNN_OK && *same;
    *same = rfgsnn_network_predict(clone, &inputs, 1, &others) == RFGSNN_OK && *same;
    *same = memcmp(first, again, sizeof first) == 0 && *same;
    *same = rfgsnn_network_free(clone) == RFGSNN_OK && *same;
  }
  return same;
}

static void in_parallel(void) {
  group("four threads create, run and free clones at the same time");
  int64_t before = memory_held();
  fixture *f = fixture_make("threads=2");
  rfgsnn_network *networks[4];
  pthread_t threads[4];
  for (int index = 0; index < 4; ++index) OK(rfgsnn_network_clone(f->network, &networks[index]));
  for (int index = 0; index < 4; ++index)
    pthread_create(&threads[index], NULL, predict_often, networks[index]);
  for (int index = 0; index < 4; ++index) {
    void *same;
    pthread_join(threads[index], &same);
    CHECK(*(bool *)same);
    free(same);
    OK(rfgsnn_network_free(networks[index]));
  }
  fixture_free(f);
  CHECK_EQUAL(memory_held(), before);
}

static fixture *contended;

static void *contend(void *context) {
  int *refused = context;
  int64_t number;
  for (int round = 0; round < 20000; ++round) {
    rfgsnn_status status = rfgsnn_trainer_memory(contended->trainer, &number, NULL);
    if (status == RFGSNN_ERROR_BUSY) {
      ++*refused;
    } else if (status != RFGSNN_OK) {
      *refused = -1;
      return NULL;
    }
  }
  return NULL;
}

static void contention(void) {
  group("two threads on one handle are let in one at a time or refused, and it is free afterwards");
  contended = fixture_make("");
  pthread_t threads[2];
  int refused[2] = {0, 0};
  for (int index = 0; index < 2; ++index) pthread_create(&threads[index], NULL, contend, &refused[index]);
  for (int index = 0; index < 2; ++index) {
    pthread_join(threads[index], NULL);
    CHECK(refused[index] >= 0);
  }
  fixture_free(contended);
}

int main(void) {
  busy_handles();
  request_from_thread();
  request_from_handler();
  sentences();
  in_parallel();
  contention();
  return summary();
}
