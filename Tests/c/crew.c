/* One set of worker threads for the process, which all networks share. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fenv.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"

/* The program's own, which comes before the C library's, for the library under test too: it can refuse. */
static bool refuses;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *context) {
  static int (*system_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  if (refuses) return EAGAIN;
  if (!system_create) *(void **)&system_create = dlsym(RTLD_NEXT, "pthread_create");
  return system_create(thread, attributes, body, context);
}

static int threads_of_process(void) {
  DIR *tasks = opendir("/proc/self/task");
  int count = -2; /* . and .. */
  while (readdir(tasks)) ++count;
  closedir(tasks);
  return count;
}

static int processors(void) {
  cpu_set_t set;
  sched_getaffinity(0, sizeof set, &set);
  return CPU_COUNT(&set);
}

/* Samples and time steps enough that a pass is always shared, if there is a worker. */
enum { MANY = 1024 };
static double many_inputs[MANY][2], many_targets[MANY][2];
static int64_t shape[2] = {MANY, 2};
static rfgsnn_array inputs, targets;

static void make_data(void) {
  for (int sample = 0; sample < MANY; ++sample) {
    many_inputs[sample][0] = sin(sample);
    many_inputs[sample][1] = cos(3 * sample);
    many_targets[sample][0] = many_inputs[sample][0] * many_inputs[sample][1];
    many_targets[sample][1] = sin(2 * sample);
  }
  inputs = view(many_inputs, 64, 2, shape);
  targets = view(many_targets, 64, 2, shape);
}

static fixture *long_fixture(const char *words) {
  char all[200];
  snprintf(all, sizeof all, "hidden=128,128 time_steps=128 %s", words);
  return fixture_make(all);
}

/* Outputs of all of the samples, or NULL. */
static double *predicted(fixture *f) {
  double *outputs = malloc(sizeof many_targets);
  rfgsnn_array places = view(outputs, 64, 2, shape);
  if (outputs && rfgsnn_network_predict(f->network, &inputs, 1, &places) == RFGSNN_OK) return outputs;
  free(outputs);
  return NULL;
}

/* What one thread predicts. */
static double *alone;

static void check_prediction(fixture *f) {
  double *outputs = predicted(f);
  CHECK(outputs && memcmp(outputs, alone, sizeof many_targets) == 0);
  free(outputs);
}

static void refused_threads(void) {
  group("threads that the system refuses are missed by nobody, and are asked for again");
  int before = threads_of_process();
  fixture *f = long_fixture("threads=0");
  refuses = true;
  check_prediction(f);
  CHECK_EQUAL(threads_of_process(), before);
  refuses = false;
  nanosleep(&(struct timespec){1, 100000000}, NULL);
  check_prediction(f);
  CHECK(processors() == 1 || threads_of_process() > before);
  fixture_free(f);
}

static void one_processor(void) {
  group("a process that may use one processor starts no thread, whatever option threads says");
  cpu_set_t all, one;
  sched_getaffinity(0, sizeof all, &all);
  CPU_ZERO(&one);
  for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  }
  sched_setaffinity(0, sizeof one, &one);
  int before = threads_of_process();
  for (int threads = 0; threads <= 8; threads += 8) {
    char words[32];
    snprintf(words, sizeof words, "threads=%d", threads);
    fixture *f = long_fixture(words);
    check_prediction(f);
    fixture_free(f);
  }
  CHECK_EQUAL(threads_of_process(), before);
  sched_setaffinity(0, sizeof all, &all);
}

static void many_networks(void) {
  group("500 networks share one set of threads, no more than there are processors but the caller's");
  enum { NETWORKS = 500 };
  static fixture *made[NETWORKS];
  for (int index = 0; index < NETWORKS; ++index) made[index] = fixture_make("threads=8 hidden=64,64 time_steps=32");
  fixture *big = long_fixture("threads=8");
  for (int index = 0; index < NETWORKS; ++index) {
    double outputs[SAMPLES][OUTPUTS];
    rfgsnn_array places = DOUBLES(outputs, SAMPLES, OUTPUTS);
    OK(rfgsnn_network_predict(made[index]->network, &made[index]->inputs, 1, &places));
    if (index % 100 == 0) check_prediction(big);
  }
  CHECK(threads_of_process() <= processors());
  CHECK(processors() == 1 || threads_of_process() > 1);
  for (int index = 0; index < NETWORKS; ++index) fixture_free(made[index]);
  fixture_free(big);
}

/* Whether a child of this process predicts alike, with worker threads of its own. */
static bool child_does(fixture *f) {
  int result = -1;
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    bool lone = threads_of_process() == 1;
    double *outputs = predicted(f);
    bool well = lone && outputs && memcmp(outputs, alone, sizeof many_targets) == 0;
    _exit(well && (processors() == 1 || threads_of_process() > 1) ? 0 : 1);
  }
  return waitpid(child, &result, 0) == child && result == 0;
}

static bool ends;

static void *predict_on(void *context) {
  while (!__atomic_load_n(&ends, __ATOMIC_RELAXED)) free(predicted(context));
  return NULL;
}

static void forks(void) {
  group("the child of a fork starts threads of its own, also if loops were being shared");
  fixture *f = long_fixture("threads=0"), *other = long_fixture("threads=0");
  check_prediction(f);
  CHECK(child_does(f));
  pthread_t thread;
  pthread_create(&thread, NULL, predict_on, other);
  for (int round = 0; round < 5; ++round) CHECK(child_does(f));
  __atomic_store_n(&ends, true, __ATOMIC_RELAXED);
  pthread_join(thread, NULL);
  fixture_free(f);
  fixture_free(other);
}

static void *predict_and_compare(void *context) {
  (void)context;
  fixture *f = long_fixture("threads=0");
  bool *same = malloc(sizeof *same);
  *same = true;
  for (int round = 0; round < 3; ++round) {
    double *outputs = predicted(f);
    *same = *same && outputs && memcmp(outputs, alone, sizeof many_targets) == 0;
    free(outputs);
  }
  fixture_free(f);
  return same;
}

static void side_by_side(void) {
  group("calls on eight networks at once get the results of one alone");
  pthread_t threads[8];
  for (int index = 0; index < 8; ++index) pthread_create(&threads[index], NULL, predict_and_compare, NULL);
  for (int index = 0; index < 8; ++index) {
    void *same;
    pthread_join(threads[index], &same);
    CHECK(*(bool *)same);
    free(same);
  }
}

/* Parameters after three steps. */
static float *trained(const char *estimator, int threads) {
  char words[100];
  snprintf(words, sizeof words, "estimator=%s hidden=64,64 time_steps=16 threads=%d", estimator, threads);
  fixture *f = fixture_make(words);
  double loss;
  for (int step = 0; step < 3; ++step) {
    OK(rfgsnn_perturb(f->trainer, -1));
    OK(rfgsnn_forward(f->trainer, &inputs, 1, NULL));
    OK(rfgsnn_estimate_gradient(f->trainer, &targets, &loss));
    OK(rfgsnn_update(f->trainer));
  }
  float *parameters = copy_parameters(f->network);
  fixture_free(f);
  return parameters;
}

static void same_bits(void) {
  static const char *const estimators[] = {
      "rfg_activity", "rfg_per_step", "rfg_global", "rfg_layerwise", "black_box",  "exact_forward", "weight_mirror",
      "opzo",         "fdfa",         "spatial_bp", "bptt",          "rfg_activity guide=feedback"};
  group("loops long enough to be shared give the bits of one thread, with any estimator");
  for (size_t index = 0; index < sizeof estimators / sizeof *estimators; ++index) {
    float *one = trained(estimators[index], 1), *two = trained(estimators[index], 2);
    fixture *f = fixture_make("hidden=64,64");
    if (!CHECK(memcmp(one, two, (size_t)parameter_count(f->network) * sizeof *one) == 0))
      printf("  with %s\n", estimators[index]);
    fixture_free(f);
    free(one);
    free(two);
  }
}

static void rounding(void) {
  group("the caller's rounding holds for workers that started under another one");
  fixture *one = long_fixture("threads=1"), *two = long_fixture("threads=2");
  check_prediction(two);
  fesetround(FE_UPWARD);
  double *up = predicted(one);
  for (int round = 0; round < 3; ++round) {
    double *outputs = predicted(two);
    CHECK(memcmp(outputs, up, sizeof many_targets) == 0);
    free(outputs);
  }
  fesetround(FE_TONEAREST);
  CHECK(memcmp(up, alone, sizeof many_targets) != 0);
  check_prediction(two);
  free(up);
  fixture_free(one);
  fixture_free(two);
}

int main(void) {
  make_data();
  fixture *f = long_fixture("threads=1");
  alone = predicted(f);
  fixture_free(f);
  if (!CHECK(alone)) return summary();
  one_processor();
  refused_threads();
  many_networks();
  forks();
  side_by_side();
  same_bits();
  rounding();
  free(alone);
  return summary();
}
