/* Batches of different shapes, one after the other: what a network and a trainer keep from batch to batch changes no
 * bit of the next, and the next finds room. The shapes agree in every product of their extents, so that a comparison of
 * counts would take one for another. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"
#include "operator_fixture.h"

enum { STEPS = 6, MOST = 60, MOST_VALUES = MOST * FIELDS };

typedef struct {
  /* Samples or functions, and points along each axis. */
  int64_t samples, points[2];
  /* Every function has points of its own; inputs vary in time; the host steps. */
  bool own, varies, stepped;
} shape;

/* A network, how many axes its points have, and the batches that it is given. */
typedef struct {
  const char *words;
  int axes;
  shape shapes[10];
  int count;
} form;

static const form forms[] = {
    {"architecture=mlp",
     0,
     {{60, {0}, 0, 0, 0},
      {10, {0}, 0, 1, 0},
      {10, {0}, 0, 0, 1},
      {60, {0}, 0, 1, 0},
      {60, {0}, 0, 0, 1},
      {10, {0}, 0, 0, 0},
      {1, {0}, 0, 1, 0}},
     7},
    {"architecture=deeponet outputs=2",
     1,
     {{1, {60}, 1, 0, 0},
      {1, {60}, 0, 0, 0},
      {60, {1}, 1, 0, 0},
      {60, {1}, 0, 0, 0},
      {6, {10}, 1, 0, 0},
      {6, {10}, 0, 0, 0},
      {10, {6}, 1, 0, 0},
      {10, {6}, 0, 0, 0}},
     8},
    {"architecture=seponet coordinates=2",
     2,
     {{60, {1, 1}, 0, 0, 0},
      {1, {6, 10}, 0, 0, 0},
      {1, {10, 6}, 0, 0, 0},
      {1, {60, 1}, 0, 0, 0},
      {1, {1, 60}, 0, 0, 0},
      {6, {2, 5}, 0, 0, 0},
      {6, {5, 2}, 0, 0, 0},
      {5, {4, 3}, 0, 0, 0},
      {10, {3, 2}, 0, 0, 0}},
     9},
};
enum { FORMS = sizeof forms / sizeof *forms };

/* Whether an estimate depends on those before it. */
typedef struct {
  const char *words;
  bool learns;
} method;

static const method methods[] = {
    {"estimator=rfg_activity directions=3", false},
    {"estimator=rfg_activity tangent=full activity_top=perturbed", false},
    {"estimator=rfg_activity guide=feedback", true},
    {"estimator=rfg_activity loss=relative_l2", false},
    {"estimator=rfg_activity surrogate_adaptation=gradient bias_shift=0.1", false},
    {"estimator=rfg_activity trunks=held", false},
    {"estimator=rfg_per_step directions=2", false},
    {"estimator=rfg_global direction_law=low_rank", false},
    {"estimator=rfg_layerwise tangent=full", false},
    {"estimator=rfg_tensorwise aggregation=projection", false},
    {"estimator=black_box", false},
    {"estimator=exact_forward", false},
    {"estimator=weight_mirror", true},
    {"estimator=opzo", true},
    {"estimator=opzo opzo_baseline=running_mean", true},
    {"estimator=fdfa", true},
    {"estimator=random_feedback", false},
    {"estimator=spatial_bp", false},
    {"estimator=bptt", false},
    {"estimator=bptt trunks=held", false},
    {"layer_estimators=rfg_activity,bptt", false},
};
enum { METHODS = sizeof methods / sizeof *methods };

typedef struct {
  double predicted[MOST_VALUES], outputs[MOST_VALUES], loss;
  float gradient[2000];
} result;

static double series[STEPS * MOST * SENSORS], places[MOST * MOST], wanted[MOST_VALUES];

static void make_series(void) {
  for (int index = 0; index < STEPS * MOST * SENSORS; ++index) series[index] = sin(0.7 * index);
  for (int index = 0; index < MOST * MOST; ++index) places[index] = fmod(0.37 * index, 1.0);
  for (int index = 0; index < MOST_VALUES; ++index) wanted[index] = cos(0.3 * index);
}

/* The inputs of a shape; extents live in the arrays that are given. */
static void describe(const form *form, const shape *shape, rfgsnn_array inputs[3], int64_t extents[3][3]) {
  int64_t branch[3] = {STEPS, shape->samples, SENSORS};
  memcpy(extents[0], shape->varies ? branch : branch + 1, sizeof branch - (shape->varies ? 0 : sizeof *branch));
  inputs[0] = view(series, 64, shape->varies ? 3 : 2, extents[0]);
  for (int axis = 0; axis < form->axes; ++axis) {
    int64_t own[3] = {shape->samples, shape->points[axis], 1};
    memcpy(extents[axis + 1], shape->own ? own : own + 1, shape->own ? sizeof own : 2 * sizeof *own);
    inputs[axis + 1] = view(places, 64, shape->own ? 3 : 2, extents[axis + 1]);
  }
}

static void run(const form *form, const shape *shape, rfgsnn_network *network, rfgsnn_trainer *trainer, result *found) {
  rfgsnn_array inputs[3], outputs, targets, predicted;
  int64_t extents[3][3], parameters;
  int64_t outer[4] = {shape->samples};
  const float *gradient;
  int rank = 1;
  memset(found, 0, sizeof *found);
  describe(form, shape, inputs, extents);
  for (int axis = 0; axis < form->axes; ++axis) outer[rank++] = shape->points[axis];
  outer[rank++] = strstr(form->words, "outputs=2") ? 2 : 1;
  outputs = view(found->outputs, 64, rank, outer);
  predicted = view(found->predicted, 64, rank, outer);
  targets = view(wanted, 64, rank, outer);
  OK(rfgsnn_perturb(trainer, 3));
  if (shape->stepped) {
    rfgsnn_array input = inputs[0];
    for (int step = 0; step < STEPS; ++step) {
      input.data = series + step * shape->samples * SENSORS;
      OK(rfgsnn_step(trainer, &input, step == STEPS - 1 ? &outputs : NULL));
    }
  } else {
    OK(rfgsnn_forward(trainer, inputs, 1 + form->axes, &outputs));
  }
  OK(rfgsnn_estimate_gradient(trainer, &targets, &found->loss));
  OK(rfgsnn_gradient(trainer, &gradient, &parameters));
  memcpy(found->gradient, gradient, (size_t)parameters * sizeof *gradient);
  OK(rfgsnn_network_predict(network, inputs, 1 + form->axes, &predicted));
}

static void compare(const form *form, const method *method, int before, int now, const result *a, const result *b) {
  bool same = memcmp(a->outputs, b->outputs, sizeof a->outputs) == 0 &&
              memcmp(a->predicted, b->predicted, sizeof a->predicted) == 0 && a->loss == b->loss;
  if (!method->learns) same = same && memcmp(a->gradient, b->gradient, sizeof a->gradient) == 0;
  if (!same) printf("%s %s: shape %d after shape %d\n", form->words, method->words, now, before);
  CHECK(same);
}

/* Every shape after every other, by one network and trainer, against a network and a trainer that know nothing else. */
static void one_after_another(const form *form, const method *method, const char *threads) {
  static result fresh[10], found;
  char words[256];
  snprintf(words, sizeof words, "%s time_steps=%d hidden=12,9 %s", form->words, STEPS, threads);
  for (int index = 0; index < form->count; ++index) {
    rfgsnn_network *network = network_of(words);
    rfgsnn_trainer *trainer = trainer_of(network, method->words);
    run(form, &form->shapes[index], network, trainer, &fresh[index]);
    OK(rfgsnn_trainer_free(trainer));
    OK(rfgsnn_network_free(network));
  }
  rfgsnn_network *network = network_of(words);
  rfgsnn_trainer *trainer = trainer_of(network, method->words);
  int before = 0;
  for (int first = 0; first < form->count; ++first) {
    for (int second = 0; second < form->count; ++second) {
      int pair[2] = {first, second};
      for (int place = 0; place < 2; ++place) {
        run(form, &form->shapes[pair[place]], network, trainer, &found);
        compare(form, method, before, pair[place], &found, &fresh[pair[place]]);
        before = pair[place];
      }
    }
  }
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(network));
}

int main(void) {
  int64_t before = memory_held();
  make_series();
  for (int which = 0; which < FORMS; ++which) {
    char sentence[160];
    snprintf(sentence, sizeof sentence, "any batch may follow any other: %s", forms[which].words);
    group(sentence);
    for (int index = 0; index < METHODS; ++index) {
      one_after_another(&forms[which], &methods[index], index % 5 == 0 ? "threads=2" : "threads=1");
    }
  }
  group("nothing is held when everything is freed");
  CHECK_EQUAL(memory_held(), before);
  return summary();
}
