/* The largest and the smallest: one neuron, a million time steps, a million samples, and, in the long form, a hundred
 * million weights. */
#include <math.h>
#include <stdlib.h>

#include "calls.h"
#include "check.h"
#include "fixture.h"

static void one_neuron(void) {
  group("one neuron, one input, one output, one sample, one time step: trains and predicts");
  static const char *const estimators[] = {"rfg_activity", "rfg_per_step",  "rfg_global", "rfg_layerwise", "rfg_tensorwise",
                                           "black_box",    "exact_forward", "opzo",       "spatial_bp",    "bptt",
                                           "weight_mirror", "fdfa",         "random_feedback"};
  for (int steps = 1; steps <= 2; ++steps) {
    for (size_t index = 0; index < sizeof estimators / sizeof *estimators; ++index) {
      rfgsnn_options *options = options_of("inputs=1 outputs=1 hidden=1 steps=20");
      rfgsnn_network *network;
      rfgsnn_trainer *trainer;
      double x = 0.5, y = 0.25, result = NAN;
      rfgsnn_array input = DOUBLES(&x, 1, 1), target = DOUBLES(&y, 1, 1), output = DOUBLES(&result, 1, 1);
      OK(rfgsnn_options_set_int(options, "time_steps", steps));
      OK(rfgsnn_options_set_string(options, "estimator", estimators[index]));
      OK(rfgsnn_network_create(options, &network));
      OK(rfgsnn_trainer_create(network, options, &trainer));
      CHECK_EQUAL(rfgsnn_fit(trainer, &input, 1, &target, NULL, 0, NULL, NULL, NULL), RFGSNN_STOPPED_STEPS);
      OK(rfgsnn_network_predict(network, &input, 1, &output));
      CHECK(isfinite(result));
      OK(rfgsnn_trainer_free(trainer));
      OK(rfgsnn_network_free(network));
      OK(rfgsnn_options_free(options));
    }
  }
}

static void many_time_steps(const char *words) {
  fixture *f = fixture_make(words);
  double results[SAMPLES][OUTPUTS], loss = NAN;
  rfgsnn_array outputs = DOUBLES(results, SAMPLES, OUTPUTS);
  OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
  OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss));
  CHECK(isfinite(loss));
  OK(rfgsnn_update(f->trainer));
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs));
  for (int sample = 0; sample < SAMPLES; ++sample) CHECK(isfinite(results[sample][0]));
  fixture_free(f);
}

static void many_samples(void) {
  enum { MANY = 1000000 };
  group("a million samples: fit, predict, activity, the scaling and the readout's solution");
  double *x = malloc(MANY * INPUTS * sizeof *x), *y = malloc(MANY * OUTPUTS * sizeof *y);
  if (!x || !y) exit(1);
  for (int64_t index = 0; index < MANY * INPUTS; ++index) x[index] = (double)(index * 37 % 64 - 32) / 32;
  for (int64_t index = 0; index < MANY * OUTPUTS; ++index) y[index] = x[index] * x[index];
  rfgsnn_array inputs = DOUBLES(x, MANY, INPUTS), targets = DOUBLES(y, MANY, OUTPUTS);
  fixture *f = fixture_make("time_steps=2 batch_size=1000000 steps=2 threads=2");
  double loss, rates[2];
  OK(rfgsnn_network_fit_scaling(f->network, "minmax", &inputs, 1, &targets));
  CHECK_EQUAL(rfgsnn_fit(f->trainer, &inputs, 1, &targets, &inputs, 1, &targets, NULL, NULL), RFGSNN_STOPPED_STEPS);
  OK(rfgsnn_network_solve_readout(f->network, &inputs, 1, &targets, 0, &loss, NULL));
  CHECK(isfinite(loss));
  OK(rfgsnn_network_firing_rates(f->network, &inputs, 1, rates, 2));
  OK(rfgsnn_network_predict(f->network, &inputs, 1, &targets));
  fixture_free(f);
  free(x);
  free(y);
}

static void many_weights(void) {
  group("a hundred million weights: a step, and a prediction");
  double loss = NAN;
  fixture *f = fixture_make("hidden=10000,10000 time_steps=2 threads=2");
  CHECK(parameter_count(f->network) > 100000000);
  OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
  OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss));
  CHECK(isfinite(loss));
  OK(rfgsnn_update(f->trainer));
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &f->targets));
  fixture_free(f);
}

int main(int argc, char **argv) {
  int64_t before = memory_held();
  one_neuron();
  group("a million time steps");
  many_time_steps("hidden=1 time_steps=1000000");
  many_samples();
  if (is_long(argc, argv)) {
    group("a million time steps of every readout and tangent");
    many_time_steps("time_steps=1000000 threads=2");
    many_time_steps("time_steps=1000000 readout=tapered");
    many_time_steps("time_steps=1000000 readout=leaky");
    many_time_steps("time_steps=1000000 tangent=full");
    many_weights();
  }
  CHECK_EQUAL(memory_held(), before);
  return summary();
}
