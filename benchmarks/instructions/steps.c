/* One training step of each reference network, whose instructions are counted.
 *
 * usage: steps NAME   with NAME one of R1 ... R5
 *
 * `measured_step` is what is counted, after two steps that allocate: perturb, forward, estimate and update of activity
 * perturbation with rate-linearised tangents and one direction. The networks are those that the benchmarks time, with
 * smaller batches: instructions grow in proportion.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rfgsnn.h"

typedef struct reference {
  const char *name;
  int64_t inputs, hidden[2], time_steps;
  int64_t samples;
  /* Points of a DeepONet with 64 products, 0 for a multilayer perceptron. */
  int64_t points;
} reference;

static const reference references[] = {
    {"R1", 2, {128, 128}, 16, 256, 0},    {"R2", 100, {128, 128}, 16, 50, 50}, {"R3", 2, {1024, 1024}, 32, 16, 0},
    {"R4", 2, {128, 128}, 1024, 16, 0},   {"R5", 2, {64, 64}, 16, 1, 0},
};

static void require(rfgsnn_status status) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", rfgsnn_status_name(status), rfgsnn_last_error());
  exit(EXIT_FAILURE);
}

/* A trainer of a reference with its data. */
typedef struct task {
  rfgsnn_trainer *trainer;
  rfgsnn_array inputs[2], targets;
  int32_t n_inputs;
} task;

/* Counted by the name of the function. */
__attribute__((noinline)) void measured_step(task *task) {
  double loss;
  require(rfgsnn_perturb(task->trainer, -1));
  require(rfgsnn_forward(task->trainer, task->inputs, task->n_inputs, NULL));
  require(rfgsnn_estimate_gradient(task->trainer, &task->targets, &loss));
  require(rfgsnn_update(task->trainer));
}

/* An array of numbers in [-1, 1] that never change. */
static rfgsnn_array numbers(int32_t rank, const int64_t *extents) {
  static unsigned state = 1;
  int64_t count = 1, *shape = malloc((size_t)rank * sizeof *shape);
  for (int32_t axis = 0; axis < rank; ++axis) count *= shape[axis] = extents[axis];
  float *values = malloc((size_t)count * sizeof *values);
  if (!shape || !values) exit(EXIT_FAILURE);
  for (int64_t index = 0; index < count; ++index) {
    state = state * 1664525u + 1013904223u;
    values[index] = (float)(state >> 8) / 8388608.0f - 1;
  }
  rfgsnn_array array = {values, {1, 0}, rank, {2, 32, 1}, shape, NULL, 0};
  return array;
}

static task prepare(const reference *r) {
  rfgsnn_options *options;
  rfgsnn_network *network;
  task task;
  require(rfgsnn_options_create(&options));
  if (r->points) {
    require(rfgsnn_options_set_string(options, "architecture", "deeponet"));
    require(rfgsnn_options_set_int(options, "latent", 64));
  }
  require(rfgsnn_options_set_int(options, "inputs", r->inputs));
  require(rfgsnn_options_set_int(options, "outputs", 1));
  require(rfgsnn_options_set_ints(options, "hidden", r->hidden, 2));
  require(rfgsnn_options_set_int(options, "time_steps", r->time_steps));
  require(rfgsnn_options_set_string(options, "spikes", "binary"));
  require(rfgsnn_options_set_int(options, "threads", 1));
  /* The best that simulators of processors know. */
  require(rfgsnn_options_set_string(options, "instruction_set", "x86-64-v3"));
  require(rfgsnn_network_create(options, &network));

  const int64_t samples[2] = {r->samples, r->inputs}, points[2] = {r->points, 1};
  const int64_t values[2] = {r->samples, 1}, fields[3] = {r->samples, r->points, 1};
  task.n_inputs = r->points ? 2 : 1;
  task.inputs[0] = numbers(2, samples);
  if (r->points) task.inputs[1] = numbers(2, points);
  task.targets = r->points ? numbers(3, fields) : numbers(2, values);
  /* Firing rates as after training. */
  require(rfgsnn_network_calibrate(network, task.inputs, task.n_inputs));
  require(rfgsnn_trainer_create(network, options, &task.trainer));
  return task;
}

int main(int count, char **arguments) {
  for (size_t index = 0; count == 2 && index < sizeof references / sizeof *references; ++index) {
    if (strcmp(arguments[1], references[index].name) != 0) continue;
    task task = prepare(&references[index]);
    double loss;
    for (int step = 0; step < 2; ++step) {
      require(rfgsnn_perturb(task.trainer, -1));
      require(rfgsnn_forward(task.trainer, task.inputs, task.n_inputs, NULL));
      require(rfgsnn_estimate_gradient(task.trainer, &task.targets, &loss));
      require(rfgsnn_update(task.trainer));
    }
    measured_step(&task);
    return EXIT_SUCCESS;
  }
  fprintf(stderr, "usage: %s R1 | R2 | R3 | R4 | R5\n", arguments[0]);
  return EXIT_FAILURE;
}
