/* Microseconds of a training step on one sample: 2-64-64-1, 16 time steps, RFG activity with rate tangents.
 *
 * usage: latency PARAMETERS [REPEATS]     PARAMETERS: the network's, as float32
 *
 * Prints a line for each way to step: its name, the median and the 90th percentile over the repeats.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rfgsnn.h"

enum { TIME_STEPS = 16, HIDDEN = 64 };

static void require(rfgsnn_status status) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", rfgsnn_status_name(status), rfgsnn_last_error());
  exit(EXIT_FAILURE);
}

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e6 * (double)now.tv_sec + 1e-3 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void load(rfgsnn_network *network, const char *path) {
  static float values[HIDDEN * (2 + 1 + HIDDEN + 1 + 1) + 1];
  FILE *file = fopen(path, "rb");
  if (!file || fread(values, sizeof values, 1, file) != 1) {
    fprintf(stderr, "%s: cannot read %zu bytes\n", path, sizeof values);
    exit(EXIT_FAILURE);
  }
  fclose(file);
  require(rfgsnn_network_set_parameters(network, values, (int64_t)(sizeof values / sizeof values[0])));
}

/* Whether a step ends after one time step, calls one after the other, or gives all to rfgsnn_forward. */
enum way { ONE_TIME_STEP, STEPWISE, FORWARD };

static void train(rfgsnn_trainer *trainer, enum way way, const rfgsnn_array *x, const rfgsnn_array *y) {
  double loss;
  require(rfgsnn_perturb(trainer, -1));
  if (way == FORWARD) {
    require(rfgsnn_forward(trainer, x, 1, NULL));
  } else {
    for (int t = 0; t < (way == STEPWISE ? TIME_STEPS : 1); ++t) require(rfgsnn_step(trainer, x, NULL));
  }
  require(rfgsnn_estimate_gradient(trainer, y, &loss));
  require(rfgsnn_update(trainer));
}

int main(int argc, char **argv) {
  static const char *const names[] = {"one_time_step", "stepwise", "forward"};
  const int repeats = argc > 2 ? atoi(argv[2]) : 20000;
  double *times = malloc((size_t)(repeats > 0 ? repeats : 1) * sizeof *times);
  if (argc < 2 || repeats < 1 || !times) {
    fprintf(stderr, "usage: latency PARAMETERS [REPEATS]\n");
    return EXIT_FAILURE;
  }
  float sample[2] = {0.3f, -0.5f}, target[1] = {-0.15f};
  int64_t sample_shape[2] = {1, 2}, target_shape[2] = {1, 1};
  rfgsnn_array x = {sample, {1, 0}, 2, {2, 32, 1}, sample_shape, NULL, 0};
  rfgsnn_array y = {target, {1, 0}, 2, {2, 32, 1}, target_shape, NULL, 0};

  rfgsnn_options *options;
  rfgsnn_network *network;
  const int64_t hidden[2] = {HIDDEN, HIDDEN};
  require(rfgsnn_options_create(&options));
  require(rfgsnn_options_set_int(options, "inputs", 2));
  require(rfgsnn_options_set_int(options, "outputs", 1));
  require(rfgsnn_options_set_ints(options, "hidden", hidden, 2));
  require(rfgsnn_options_set_int(options, "time_steps", TIME_STEPS));
  require(rfgsnn_options_set_string(options, "spikes", "binary"));
  require(rfgsnn_options_set_int(options, "threads", 1)); /* one sample has no work for more */
  require(rfgsnn_options_set_float(options, "learning_rate", 1e-8));
  require(rfgsnn_options_set_string(options, "schedule", "constant"));
  require(rfgsnn_network_create(options, &network));
  load(network, argv[1]);
  for (enum way way = ONE_TIME_STEP; way <= FORWARD; ++way) {
    rfgsnn_trainer *trainer;
    require(rfgsnn_trainer_create(network, options, &trainer));
    for (int i = -repeats / 10; i < repeats; ++i) { /* the first ones get warm */
      double began = microseconds();
      train(trainer, way, &x, &y);
      if (i >= 0) times[i] = microseconds() - began;
    }
    qsort(times, (size_t)repeats, sizeof *times, ascending);
    printf("%s %.2f %.2f\n", names[way], times[repeats / 2], times[repeats - 1 - repeats / 10]);
    require(rfgsnn_trainer_free(trainer));
  }
  require(rfgsnn_network_free(network));
  require(rfgsnn_options_free(options));
  free(times);
  return EXIT_SUCCESS;
}
