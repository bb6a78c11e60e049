/* Forks at any moment of another thread's training, creating and freeing: the child can do everything with handles of its
 * own, and the training ends as without. A fork inside the callback and between calls is in Tests/c/fork.c. */
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "check.h"
#include "fixture.h"

static volatile bool stop;

/* Creates, trains, predicts and frees; NULL if something was refused. */
static void *live(void *context) {
  double results[SAMPLES][OUTPUTS];
  rfgsnn_array outputs = DOUBLES(results, SAMPLES, OUTPUTS);
  bool well = true;
  do {
    fixture *f = fixture_make("threads=2 hidden=24,24 steps=5");
    well = rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL) == RFGSNN_STOPPED_STEPS &&
           rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs) == RFGSNN_OK && well;
    fixture_free(f);
  } while (!stop);
  return well ? context : NULL;
}

static void *train(void *context) {
  fixture *f = context;
  bool well = rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL) == RFGSNN_STOPPED_STEPS;
  return well ? context : NULL;
}

int main(int argc, char **argv) {
  static const char words[] = "threads=2 hidden=24,24 steps=3000";
  int forks = is_long(argc, argv) ? 3000 : 100, deaths = 0;
  group("forks beside a running training, at any moment of it: parent and children can do everything");
  fixture *f = fixture_make(words), *other = fixture_make(words);
  CHECK(train(other) != NULL);
  pthread_t trainer, liver;
  CHECK(pthread_create(&trainer, NULL, train, f) == 0);
  CHECK(pthread_create(&liver, NULL, live, f) == 0);
  for (int index = 0; index < forks; ++index) {
    nanosleep(&(struct timespec){0, 10000 * (index % 37)}, NULL);
    pid_t child = fork();
    if (child == 0) {
      alarm(60);
      stop = true;
      _exit(live(f) ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    deaths += status != 0;
  }
  CHECK_EQUAL(deaths, 0);
  stop = true;
  void *well = NULL;
  pthread_join(liver, &well);
  CHECK(well != NULL);
  pthread_join(trainer, &well);
  CHECK(well != NULL);
  CHECK(memcmp(parameters_of(f->network), parameters_of(other->network),
               (size_t)parameter_count(f->network) * sizeof(float)) == 0);
  fixture_free(f);
  fixture_free(other);
  return summary();
}
