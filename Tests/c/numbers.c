/* Numbers that cannot be right: counts, indices, NaN, and finite ones that overflow. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

static fixture *f;
static rfgsnn_state *state;
static double results[SAMPLES * 8], rates[2];

/* Calls with one array of the test's, and everything else right. */
static rfgsnn_status firing_rates(rfgsnn_array *array) {
  return rfgsnn_network_firing_rates(f->network, array, 1, rates, 2);
}
static rfgsnn_status solve_inputs(rfgsnn_array *array) {
  return rfgsnn_network_solve_readout(f->network, array, 1, &f->targets, 1e-3, NULL, NULL);
}
static rfgsnn_status solve_targets(rfgsnn_array *array) {
  return rfgsnn_network_solve_readout(f->network, &f->inputs, 1, array, 1e-3, NULL, NULL);
}
static rfgsnn_status predict_outputs(rfgsnn_array *array) {
  return rfgsnn_network_predict(f->network, &f->inputs, 1, array);
}
static rfgsnn_status state_input(rfgsnn_array *array) { return rfgsnn_state_step(state, array, NULL); }
static rfgsnn_status state_output(rfgsnn_array *array) { return rfgsnn_state_step(state, &f->inputs, array); }
static rfgsnn_status step_input(rfgsnn_array *array) { return rfgsnn_step(f->trainer, array, NULL); }
static rfgsnn_status step_output(rfgsnn_array *array) { return rfgsnn_step(f->trainer, &f->inputs, array); }
static rfgsnn_status forward_inputs(rfgsnn_array *array) {
  return rfgsnn_forward(f->trainer, array, 1, NULL);
}
static rfgsnn_status forward_outputs(rfgsnn_array *array) {
  return rfgsnn_forward(f->trainer, &f->inputs, 1, array);
}
static rfgsnn_status fit_inputs(rfgsnn_array *array) {
  return rfgsnn_fit(f->trainer, array, 1, &f->targets, NULL, 0, NULL, NULL, NULL);
}
static rfgsnn_status fit_targets(rfgsnn_array *array) {
  return rfgsnn_fit(f->trainer, &f->inputs, 1, array, NULL, 0, NULL, NULL, NULL);
}
static rfgsnn_status estimate_targets(rfgsnn_array *array) {
  rfgsnn_forward(f->trainer, &f->inputs, 1, NULL);
  return rfgsnn_estimate_gradient(f->trainer, array, NULL);
}

static void counts_of_numbers(void) {
  group("plain numbers must be as many as said, and finite");
  float parameters[200];
  double losses[2] = {1, 2}, two[2] = {1, 1}, bad[2] = {1, NAN};
  int64_t count = parameter_count(f->network);
  memcpy(parameters, parameters_of(f->network), (size_t)count * sizeof(float));
  int64_t wrong[] = {0, -1, count - 1, count + 1, INT64_MAX, INT64_MIN};
  for (size_t index = 0; index < sizeof wrong / sizeof *wrong; ++index) {
    int64_t n = wrong[index];
    REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_set_parameters(f->network, parameters, n), "count",
            "parameters");
    REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_firing_rates(f->network, &f->inputs, 1, rates, n), "count",
            "layers");
    REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_set_scaling(f->network, two, NULL, n, NULL, NULL, 0),
            "input_count");
    REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_set_scaling(f->network, NULL, NULL, 0, NULL, two, n),
            "output_count");
    REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_scaling(f->network, NULL, two, n, NULL, NULL, 0),
            "input_count");
  }
  parameters[count - 1] = INFINITY;
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_set_parameters(f->network, parameters, count), "values",
          "element");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_set_scaling(f->network, bad, NULL, 2, NULL, NULL, 0),
          "input_shift", "element 1", "finite");
  bad[1] = 0;
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_network_set_scaling(f->network, two, NULL, 2, NULL, bad, 2),
          "output_scale", "element 1", "not zero");
  double shift[2] = {-1, -1};
  OK(rfgsnn_network_scaling(f->network, shift, NULL, 2, NULL, NULL, 0));
  CHECK(shift[0] == 0 && shift[1] == 0); /* nothing of a refused call was kept */
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_network_fit_scaling(f->network, "minmaks", &f->inputs, 1, NULL),
          "kind", "none | minmax | standard");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE,
          rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, -1e-9, NULL, NULL), "lambda",
          "negative");
  REFUSED(RFGSNN_ERROR_NOT_FINITE,
          rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, NAN, NULL, NULL), "lambda", "use");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_perturb(f->trainer, -2), "draw", "-1");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_state_create(f->network, INT64_MAX, &(rfgsnn_state *){NULL}),
          "samples");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_trainer_history(f->trainer, -1, 0, NULL, NULL, NULL, NULL),
          "first");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_trainer_history(f->trainer, 0, -1, NULL, NULL, NULL, NULL),
          "capacity");
  rfgsnn_array room = DOUBLES(results, SAMPLES, 5);
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_state_spikes(state, 2, &room), "layer", "between 0 and 1");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_state_membrane(state, INT32_MIN, &room), "layer");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_network_tensor(f->network, 6, NULL, NULL, NULL, NULL), "index",
          "5");
  REFUSED(RFGSNN_ERROR_UNSUPPORTED, rfgsnn_perturbed_parameters(f->trainer, 0, parameters, count),
          "black_box");
  REFUSED(RFGSNN_ERROR_UNSUPPORTED, rfgsnn_estimate_gradient_from_losses(f->trainer, losses, 2), "black_box");
}

static void poisoned_parameters(void) {
  group("parameters that the host has poisoned are refused by every pass");
  rfgsnn_array outputs = DOUBLES(results, SAMPLES, OUTPUTS);
  float *values = parameters_of(f->network), saved = values[9];
  values[9] = NAN;
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs), "parameters",
          "element 9");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, firing_rates(&f->inputs), "parameters", "element 9");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, solve_inputs(&f->inputs), "parameters", "element 9");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, forward_inputs(&f->inputs), "parameters", "element 9");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, step_input(&f->inputs), "parameters", "element 9");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, state_input(&f->inputs), "parameters", "element 9");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, fit_inputs(&f->inputs), "parameters", "element 9");
  values[9] = saved;
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs));
}

static void enormous_numbers(void) {
  group("finite numbers too large for single precision never become NaN in silence");
  rfgsnn_array outputs = DOUBLES(results, SAMPLES, OUTPUTS);
  double saved = f->x[5][1];
  f->x[5][1] = 1e300;
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs), "inputs",
          "element [5, 1]", "too large");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, state_input(&f->inputs), "input", "too large");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, fit_inputs(&f->inputs), "inputs", "element [5, 1]", "too large");
  f->x[5][1] = saved;

  double shift[2], scale[2];
  double extreme[2][2] = {{1e308, -1e308}, {1.5e308, 1e308}};
  rfgsnn_array large = DOUBLES(extreme, 2, 2);
  const char *kinds[] = {"minmax", "standard"};
  for (int kind = 0; kind < 2; ++kind) {
    rfgsnn_status status = rfgsnn_network_fit_scaling(f->network, kinds[kind], &large, 1, NULL);
    CHECK(status == RFGSNN_OK || status == RFGSNN_ERROR_NOT_FINITE);
    OK(rfgsnn_network_scaling(f->network, shift, scale, 2, NULL, NULL, 0));
    for (int input = 0; input < 2; ++input) {
      CHECK(isfinite(shift[input]) && isfinite(scale[input]) && scale[input] != 0);
    }
  }
  OK(rfgsnn_network_fit_scaling(f->network, "none", &f->inputs, 1, &f->targets));

  double saved_target = f->y[5][1];
  f->y[5][1] = 1e300;
  REFUSED(RFGSNN_ERROR_NOT_FINITE, estimate_targets(&f->targets), "targets");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, fit_targets(&f->targets), "targets");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, solve_targets(&f->targets), "overflows");
  f->y[5][1] = saved_target;
}

static void overflowing_outputs(void) {
  group("outputs that overflow are refused before any is written");
  enum { MANY = 3000 };
  static double x[MANY * INPUTS], y[MANY * OUTPUTS];
  static float single[SAMPLES * OUTPUTS];
  double one[OUTPUTS] = {1, 1}, large[OUTPUTS] = {1, 1e300};
  rfgsnn_array in_single = FLOATS(single, SAMPLES, OUTPUTS);
  OK(rfgsnn_network_set_scaling(f->network, NULL, NULL, 0, NULL, large, OUTPUTS));
  rfgsnn_status (*const calls[])(rfgsnn_array *) = {predict_outputs, forward_outputs, step_output,
                                                    state_output};
  for (int call = 0; call < 4; ++call) REFUSED(RFGSNN_ERROR_NOT_FINITE, calls[call](&in_single), "output");
  bool untouched = true;
  for (int index = 0; index < SAMPLES * OUTPUTS; ++index) untouched = untouched && single[index] == 0;
  CHECK(untouched);
  OK(rfgsnn_network_set_scaling(f->network, NULL, NULL, 0, NULL, one, OUTPUTS));

  /* Only the last samples make the network spike. */
  int64_t count = parameter_count(f->network), place = 0;
  float *saved = malloc((size_t)count * sizeof *saved), *values = parameters_of(f->network);
  memcpy(saved, values, (size_t)count * sizeof *saved);
  for (int32_t tensor = 0; tensor < 6; ++tensor) {
    int64_t shape[4];
    OK(rfgsnn_network_tensor(f->network, tensor, NULL, NULL, shape, &place));
    for (int64_t index = 0; index < shape[0] * shape[1]; ++index) {
      values[place + index] = tensor % 2 ? 0 : tensor == 4 ? 3e38f : 2; /* no biases, an enormous readout */
    }
  }
  for (int sample = 0; sample < MANY; ++sample) x[INPUTS * sample] = sample < MANY - 10 ? 0 : 1;
  for (int index = 0; index < MANY * OUTPUTS; ++index) y[index] = -77;
  rfgsnn_array inputs = DOUBLES(x, MANY, INPUTS), outputs = DOUBLES(y, MANY, OUTPUTS);
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_predict(f->network, &inputs, 1, &outputs), "outputs",
          "parameters");
  untouched = true;
  for (int index = 0; index < MANY * OUTPUTS; ++index) untouched = untouched && y[index] == -77;
  CHECK(untouched);
  OK(rfgsnn_network_set_parameters(f->network, saved, count));
  free(saved);
}

int main(void) {
  group("a network, a trainer and a state are made");
  f = fixture_make("");
  if (!OK(rfgsnn_state_create(f->network, SAMPLES, &state))) return 1;
  watch(f->network);
  counts_of_numbers();
  poisoned_parameters();
  enormous_numbers();
  overflowing_outputs();
  watch(NULL);
  OK(rfgsnn_state_free(state));
  fixture_free(f);
  return summary();
}
