/* Training by hand: the five verbs, and hosts with their own loop, loss, optimiser or solver. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

enum { TIME_STEPS = 6, UPDATES = 150 };

static const char *const estimators[] = {"rfg_activity", "rfg_global",    "rfg_layerwise",
                                         "black_box",    "exact_forward", "bptt",
                                         "rfg_per_step", "bptt layer_estimators=rfg_activity,rfg_per_step",
                                         "random_feedback", "opzo", "fdfa"};
/* The last two learn from every draw: the same draw again gives another gradient. */
enum { ESTIMATORS = sizeof estimators / sizeof *estimators, STATELESS = ESTIMATORS - 2 };

static fixture *with_estimator(int estimator, const char *more) {
  char words[256] = "estimator=";
  strcat(strcat(strcat(words, estimators[estimator]), " "), more);
  return fixture_make(words);
}

static double loss_of(fixture *f) {
  double loss = NAN;
  OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
  OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss));
  return loss;
}

static size_t bytes_of(fixture *f) { return (size_t)parameter_count(f->network) * sizeof(float); }

static float *copy_gradient(fixture *f) {
  const float *values;
  int64_t count;
  if (!OK(rfgsnn_gradient(f->trainer, &values, &count))) exit(1);
  CHECK_EQUAL(count, parameter_count(f->network));
  float *copy = malloc(bytes_of(f));
  if (!copy) exit(1);
  memcpy(copy, values, bytes_of(f));
  return copy;
}

/* Relative to the length of the first. */
static double distance(const float *left, const float *right, int64_t count) {
  double difference = 0, size = 0;
  for (int64_t index = 0; index < count; ++index) {
    difference += pow((double)left[index] - (double)right[index], 2);
    size += pow((double)left[index], 2);
  }
  return sqrt(difference / size);
}

static void five_verbs(void) {
  group("create, perturb, step, estimate, update: the loss falls with every estimator");
  for (int estimator = 0; estimator < ESTIMATORS; ++estimator) {
    fixture *f = with_estimator(estimator, "directions=4 learning_rate=0.01 schedule=constant");
    double first = loss_of(f), loss = NAN;
    int64_t updates;
    for (int update = 0; update < UPDATES; ++update) {
      OK(rfgsnn_perturb(f->trainer, -1));
      for (int time = 0; time < TIME_STEPS; ++time) OK(rfgsnn_step(f->trainer, &f->inputs, NULL));
      OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss));
      OK(rfgsnn_update(f->trainer));
    }
    CHECK(loss_of(f) < 0.8 * first);
    OK(rfgsnn_trainer_updates(f->trainer, &updates));
    CHECK_EQUAL(updates, UPDATES);
    fixture_free(f);
  }
}

static void stepping_is_forward(void) {
  group("stepping through time equals forward to the bit: outputs, loss and gradient");
  for (int estimator = 0; estimator < STATELESS; ++estimator) {
    fixture *f = with_estimator(estimator, "directions=3 tangent=full");
    double in_one[SAMPLES][OUTPUTS], in_steps[SAMPLES][OUTPUTS], predicted[SAMPLES][OUTPUTS];
    double loss, loss_of_steps;
    rfgsnn_array outputs = DOUBLES(in_one, SAMPLES, OUTPUTS),
                 step_outputs = DOUBLES(in_steps, SAMPLES, OUTPUTS);
    rfgsnn_array predictions = DOUBLES(predicted, SAMPLES, OUTPUTS);
    OK(rfgsnn_perturb(f->trainer, 7));
    OK(rfgsnn_forward(f->trainer, &f->inputs, 1, &outputs));
    OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss));
    float *gradient = copy_gradient(f);

    OK(rfgsnn_perturb(f->trainer, 7));
    for (int time = 0; time < TIME_STEPS; ++time) OK(rfgsnn_step(f->trainer, &f->inputs, &step_outputs));
    OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss_of_steps));
    float *gradient_of_steps = copy_gradient(f);
    OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &predictions));

    CHECK(memcmp(in_one, in_steps, sizeof in_one) == 0);
    CHECK(memcmp(in_one, predicted, sizeof in_one) == 0);
    CHECK_EQUAL(loss, loss_of_steps);
    /* These sum the gradient of inputs that may vary in time in another order. */
    bool resums = strcmp(estimators[estimator], "bptt") == 0 || strstr(estimators[estimator], "rfg_per_step");
    double tolerance = resums ? 1e-6 : 0;
    CHECK(distance(gradient, gradient_of_steps, parameter_count(f->network)) <= tolerance);
    free(gradient);
    free(gradient_of_steps);
    fixture_free(f);
  }
}

static void directions(void) {
  group("the same draw gives the same gradient, another one another");
  for (int estimator = 0; estimator < 4; ++estimator) {
    fixture *f = with_estimator(estimator, "");
    float *gradients[3];
    int64_t draws[3] = {3, 4, 3};
    for (int index = 0; index < 3; ++index) {
      OK(rfgsnn_perturb(f->trainer, draws[index]));
      loss_of(f);
      gradients[index] = copy_gradient(f);
    }
    CHECK(memcmp(gradients[0], gradients[1], bytes_of(f)) != 0);
    CHECK(memcmp(gradients[0], gradients[2], bytes_of(f)) == 0);
    for (int index = 0; index < 3; ++index) free(gradients[index]);
    fixture_free(f);
  }

  group("directions differ from pass to pass without perturb, with and without updates");
  fixture *f = with_estimator(0, "");
  float *last = NULL;
  for (int pass = 0; pass < 6; ++pass) {
    loss_of(f);
    float *gradient = copy_gradient(f);
    if (last) CHECK(memcmp(last, gradient, bytes_of(f)) != 0);
    free(last);
    last = gradient;
  }
  free(last);
  fixture_free(f);
}

/* dLoss/doutput of the mean squared error. */
static void derive(fixture *f, double outputs[SAMPLES][OUTPUTS], double derivative[SAMPLES][OUTPUTS]) {
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int output = 0; output < OUTPUTS; ++output) {
      derivative[sample][output] = 2 * (outputs[sample][output] - f->y[sample][output]) / (SAMPLES * OUTPUTS);
    }
  }
}

static void own_loss(void) {
  group("a loss of the host's own, by its derivative, gives the gradient of the built-in one");
  for (int estimator = 0; estimator < ESTIMATORS; ++estimator) {
    fixture *f = with_estimator(estimator, "");
    double shift[2] = {1, 2}, scale[2] = {2, 0.5}, outputs[SAMPLES][OUTPUTS], derivative[SAMPLES][OUTPUTS];
    rfgsnn_array output_places = DOUBLES(outputs, SAMPLES, OUTPUTS);
    rfgsnn_array derivatives = DOUBLES(derivative, SAMPLES, OUTPUTS);
    OK(rfgsnn_network_set_scaling(f->network, NULL, NULL, 0, shift, scale, 2));
    OK(rfgsnn_perturb(f->trainer, 5));
    OK(rfgsnn_forward(f->trainer, &f->inputs, 1, &output_places));
    OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL));
    float *built_in = copy_gradient(f);
    derive(f, outputs, derivative);
    OK(rfgsnn_estimate_gradient_from_output_gradient(f->trainer, &derivatives)); /* the pass stays */
    float *own = copy_gradient(f);
    /* Black box sees the curvature of the loss, which its derivative does not tell. */
    double tolerance = strcmp(estimators[estimator], "black_box") == 0 ? 0.5 : 1e-5;
    CHECK(distance(built_in, own, parameter_count(f->network)) < tolerance);
    free(built_in);
    free(own);
    fixture_free(f);
  }
}

static void own_optimizer(void) {
  group("a host with an optimiser of its own reads the gradient and writes the parameters");
  fixture *f = with_estimator(0, "directions=4");
  double first = loss_of(f);
  float *parameters = parameters_of(f->network);
  const float *gradient;
  int64_t count, updates;
  for (int update = 0; update < UPDATES; ++update) {
    OK(rfgsnn_perturb(f->trainer, update));
    loss_of(f);
    OK(rfgsnn_gradient(f->trainer, &gradient, &count));
    for (int64_t index = 0; index < count; ++index) parameters[index] -= 0.05f * gradient[index];
  }
  CHECK(loss_of(f) < 0.8 * first);
  OK(rfgsnn_trainer_updates(f->trainer, &updates));
  CHECK_EQUAL(updates, 0);
  fixture_free(f);
}

static void accumulation_and_clipping(void) {
  group("accumulated estimates are their mean");
  fixture *single = with_estimator(0, ""), *both = with_estimator(0, "accumulate=2");
  float *gradients[2];
  for (int draw = 0; draw < 2; ++draw) {
    OK(rfgsnn_perturb(single->trainer, draw));
    loss_of(single);
    gradients[draw] = copy_gradient(single);
    OK(rfgsnn_perturb(both->trainer, draw));
    loss_of(both);
  }
  float *mean = copy_gradient(both);
  for (int64_t index = 0; index < parameter_count(both->network); ++index) {
    double expected = 0.5 * ((double)gradients[0][index] + (double)gradients[1][index]);
    CHECK(fabs((double)mean[index] - expected) < 1e-6);
  }
  for (int draw = 0; draw < 2; ++draw) free(gradients[draw]);
  free(mean);
  OK(rfgsnn_update(both->trainer));
  fixture_free(single);
  fixture_free(both);

  group("a gradient longer than clip_norm is shortened to it");
  fixture *clipped =
      with_estimator(0, "clip_norm=0.001 optimizer=sgd momentum=0 learning_rate=1 schedule=constant");
  float *before = copy_parameters(clipped->network), *after = parameters_of(clipped->network);
  loss_of(clipped);
  OK(rfgsnn_update(clipped->trainer));
  double squares = 0;
  for (int64_t index = 0; index < parameter_count(clipped->network); ++index) {
    squares += pow((double)after[index] - (double)before[index], 2);
  }
  CHECK(fabs(sqrt(squares) - 0.001) < 1e-6);
  free(before);
  fixture_free(clipped);
}

static void overflowing_update(void) {
  group("an update that overflows is refused, and training goes on from where it was");
  const char *optimizers[] = {"optimizer=sgd momentum=0.9", "optimizer=adam"};
  for (int which = 0; which < 2; ++which) {
    char words[200] = "learning_rate=1000 schedule=constant ";
    fixture *f = with_estimator(0, strcat(words, optimizers[which]));
    fixture *untroubled = with_estimator(0, words);
    watch(f->network);
    double enormous[SAMPLES][OUTPUTS];
    for (int sample = 0; sample < SAMPLES; ++sample) enormous[sample][0] = enormous[sample][1] = 1e36;
    rfgsnn_array output_gradient = DOUBLES(enormous, SAMPLES, OUTPUTS);
    OK(rfgsnn_perturb(f->trainer, 0));
    OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
    rfgsnn_status status = rfgsnn_estimate_gradient_from_output_gradient(f->trainer, &output_gradient);
    CHECK(status == RFGSNN_OK || status == RFGSNN_ERROR_NOT_FINITE);
    if (status == RFGSNN_OK) REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_update(f->trainer), "clip_norm");
    fixture *both[] = {f, untroubled};
    for (int index = 0; index < 2; ++index) {
      OK(rfgsnn_perturb(both[index]->trainer, 1));
      loss_of(both[index]);
      OK(rfgsnn_update(both[index]->trainer));
    }
    CHECK(memcmp(parameters_of(f->network), parameters_of(untroubled->network), bytes_of(f)) == 0);
    watch(NULL);
    fixture_free(f);
    fixture_free(untroubled);
  }
}

int main(void) {
  five_verbs();
  stepping_is_forward();
  directions();
  own_loss();
  own_optimizer();
  accumulation_and_clipping();
  overflowing_update();
  return summary();
}
