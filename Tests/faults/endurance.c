/* Weeks in short: steps of a state and of a trainer, and handles made, used and freed, over and over; resident memory, the
 * library's account, threads and file descriptors stay as they are after the first tenth.
 *
 * endurance [steps [rounds]]: how many of them, by default 100,000 and 10,000. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"

/* What a process holds. */
typedef struct holdings {
  long resident_kibibytes;
  int64_t account;
  int threads, descriptors;
} holdings;

static int entries(const char *folder) {
  DIR *directory = opendir(folder);
  int count = 0;
  if (!directory) exit(1);
  while (readdir(directory)) ++count;
  closedir(directory);
  return count;
}

static holdings now(void) {
  long pages, resident;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%ld %ld", &pages, &resident) != 2) exit(1);
  fclose(file);
  return (holdings){resident * (sysconf(_SC_PAGESIZE) / 1024), memory_held(), entries("/proc/self/task"),
                    entries("/proc/self/fd")};
}

static long failures;

static void must(rfgsnn_status status) { failures += status < 0; }

/* Does it `times` times and compares what is held after a tenth with the end. */
static void repeat(const char *sentence, long times, void (*once)(void *), void *context) {
  struct timespec start, end;
  group(sentence);
  failures = 0;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (long index = 0; index < times / 10; ++index) once(context);
  holdings early = now();
  for (long index = times / 10; index < times; ++index) once(context);
  holdings late = now();
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%ld times in %.0f s: %ld KiB resident, then %ld; %lld bytes of buffers, then %lld; %d threads, then %d\n", times,
         (double)(end.tv_sec - start.tv_sec), early.resident_kibibytes, late.resident_kibibytes, (long long)early.account,
         (long long)late.account, early.threads - 2, late.threads - 2);
  CHECK_EQUAL(failures, 0);
  CHECK_EQUAL(late.account, early.account);
  CHECK(late.threads <= early.threads);
  CHECK_EQUAL(late.descriptors, early.descriptors);
  CHECK(late.resident_kibibytes <= early.resident_kibibytes + 256); /* the C library's own arenas move a little */
}

static void step_state(void *context) {
  fixture *f = context;
  static rfgsnn_state *state;
  static double results[SAMPLES][OUTPUTS];
  rfgsnn_array outputs = DOUBLES(results, SAMPLES, OUTPUTS);
  if (!f) {
    must(rfgsnn_state_free(state));
    state = NULL;
    return;
  }
  if (!state) must(rfgsnn_state_create(f->network, SAMPLES, &state));
  must(rfgsnn_state_step(state, &f->inputs, &outputs));
}

/* A streaming update: one time step, and every sixth of them an estimate and an update. */
static void step_trainer(void *context) {
  fixture *f = context;
  static long count;
  if (count % 6 == 0) must(rfgsnn_perturb(f->trainer, -1));
  must(rfgsnn_step(f->trainer, &f->inputs, NULL));
  if (++count % 6) return;
  must(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL));
  must(rfgsnn_update(f->trainer));
}

/* Makes everything anew, trains a step, predicts, fails once, and frees. */
static void whole_life(void *context) {
  static const char *const kinds[] = {"steps=1 threads=1", "steps=1 threads=1 estimator=rfg_global",
                                      "steps=1 threads=1 estimator=bptt", "steps=1 threads=2",
                                      "steps=1 threads=1 readout_solve=start"};
  long *count = context;
  fixture *f = fixture_make(kinds[(*count)++ % 5]);
  double results[SAMPLES][OUTPUTS];
  rfgsnn_array outputs = DOUBLES(results, SAMPLES, OUTPUTS);
  must(rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL));
  must(rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs));
  failures += rfgsnn_network_predict(f->network, &outputs, 2, &f->inputs) != RFGSNN_ERROR_SHAPE;
  fixture_free(f);
}

int main(int argc, char **argv) {
  long steps = argc > 1 ? atol(argv[1]) : 100000, rounds = argc > 2 ? atol(argv[2]) : 10000, count = 0;
  int64_t before = memory_held();
  for (int threads = 1; threads <= 2; ++threads) {
    fixture *f = fixture_make(threads == 1 ? "threads=1" : "threads=2 hidden=64,64");
    repeat("time steps of a state hold no more as time goes on", threads == 1 ? steps : steps / 10, step_state, f);
    step_state(NULL);
    repeat("nor do those of a trainer, with its updates", threads == 1 ? steps : steps / 10, step_trainer, f);
    fixture_free(f);
  }
  repeat("nor do networks and trainers that are made, used and freed", rounds, whole_life, &count);
  CHECK_EQUAL(memory_held(), before);
  return summary();
}
