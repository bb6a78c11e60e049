/* Sixty-four trainers in sixteen threads, each with threads of its own: all of them end as one does by itself. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

enum { HOSTS = 16, TRAINERS = 4 };

static const char words[] = "threads=2 hidden=24,24 steps=30 estimator=rfg_activity";
static float *alone;
static size_t bytes;

static fixture *crowd[HOSTS][TRAINERS];

/* Takes the updates of its trainers in turns, some of them by verbs and some by fit. */
static void *host(void *context) {
  fixture **trainers = context;
  for (int which = 0; which < TRAINERS; ++which) {
    fixture *f = trainers[which];
    if (rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL) != RFGSNN_STOPPED_STEPS) return NULL;
  }
  for (int step = 0; step < 30; ++step) {
    for (int which = 0; which < TRAINERS; ++which) {
      fixture *f = trainers[which];
      if (rfgsnn_forward(f->trainer, &f->inputs, 1, NULL) || rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL) ||
          rfgsnn_update(f->trainer))
        return NULL;
    }
  }
  return trainers;
}

int main(void) {
  group("64 trainers in 16 threads end as one alone does");
  int64_t before = memory_held();
  fixture *single[TRAINERS] = {fixture_make(words), fixture_make(words), fixture_make(words), fixture_make(words)};
  CHECK(host(single) != NULL);
  alone = copy_parameters(single[0]->network);
  bytes = (size_t)parameter_count(single[0]->network) * sizeof *alone;
  for (int which = 0; which < TRAINERS; ++which) fixture_free(single[which]);

  pthread_t threads[HOSTS];
  for (int index = 0; index < HOSTS; ++index) {
    for (int which = 0; which < TRAINERS; ++which) crowd[index][which] = fixture_make(words);
    CHECK(pthread_create(&threads[index], NULL, host, crowd[index]) == 0);
  }
  for (int index = 0; index < HOSTS; ++index) {
    void *well = NULL;
    pthread_join(threads[index], &well);
    CHECK(well != NULL);
    for (int which = 0; which < TRAINERS; ++which) {
      CHECK(memcmp(parameters_of(crowd[index][which]->network), alone, bytes) == 0);
      fixture_free(crowd[index][which]);
    }
  }
  free(alone);
  CHECK_EQUAL(memory_held(), before);
  return summary();
}
