/* Whatever succeeds gives finite numbers and leaves finite parameters; whatever fails has changed and written
 * nothing. The numbers are as large as single precision, or double, can hold. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"
#include "operator_fixture.h"

static const double UNWRITTEN = -77;

static bool finite_parameters(rfgsnn_network *network) {
  const float *values = parameters_of(network);
  for (int64_t index = 0; index < parameter_count(network); ++index) {
    if (!isfinite(values[index])) return false;
  }
  return true;
}

/* Writes to every element of the tensors whose names have both words in them. */
static void fill(rfgsnn_network *network, const char *word, const char *other, float value) {
  int32_t tensors;
  OK(rfgsnn_network_tensor_count(network, &tensors));
  for (int32_t tensor = 0; tensor < tensors; ++tensor) {
    const char *name;
    int64_t shape[4], offset;
    OK(rfgsnn_network_tensor(network, tensor, &name, NULL, shape, &offset));
    if (!strstr(name, word) || !strstr(name, other)) continue;
    for (int64_t index = 0; index < shape[0] * shape[1]; ++index) parameters_of(network)[offset + index] = value;
  }
}

static void products_of_features(void) {
  group("an operator network's outputs are refused where a product of features may overflow, whatever comes after");
  make_data();
  rfgsnn_network *network = network_of("architecture=seponet coordinates=2 latent=1");
  double outputs[FUNCTIONS][WIDE][HIGH] = {{{UNWRITTEN}}};
  rfgsnn_array in[3] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(axis_0, WIDE), DOUBLES(axis_1, HIGH)};
  rfgsnn_array out = DOUBLES(outputs, FUNCTIONS, WIDE, HIGH);
  rfgsnn_trainer *trainer = trainer_of(network, "");
  fill(network, "readout", "weight", 0);
  fill(network, "branch", "readout.bias", 0);
  fill(network, "trunk", "readout.bias", 1e25f); /* times each other infinite, times 0 no number */
  watch(network);
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_predict(network, in, 3, &out), "outputs", "overflow");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_forward(trainer, in, 3, &out), "outputs", "overflow");
  fill(network, "trunk0", "readout.bias", 0);
  fill(network, "trunk1", "readout", FLT_MAX); /* itself infinite */
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_predict(network, in, 3, &out), "outputs", "overflow");
  CHECK_EQUAL(outputs[0][0][0], UNWRITTEN);
  watch(NULL);
  fill(network, "trunk", "readout", 1e18f);
  OK(rfgsnn_network_predict(network, in, 3, &out));
  CHECK_EQUAL(outputs[0][0][0], 0);
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(network));
}

static void potentials(void) {
  group("a neuron whose potential overflows is no silent neuron");
  fixture *f = fixture_make("hidden=3 spikes=ternary");
  double outputs[SAMPLES][OUTPUTS];
  rfgsnn_array out = DOUBLES(outputs, SAMPLES, OUTPUTS);
  rfgsnn_state *state;
  OK(rfgsnn_state_create(f->network, SAMPLES, &state));
  for (int neuron = 0; neuron < 3; ++neuron) {
    parameters_of(f->network)[neuron] = 3e38f; /* of input 0, and of input 1 */
    parameters_of(f->network)[3 + neuron] = -3e38f;
  }
  for (int sample = 0; sample < SAMPLES; ++sample) f->x[sample][0] = f->x[sample][1] = 10;
  outputs[0][0] = UNWRITTEN;
  watch(f->network);
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_predict(f->network, &f->inputs, 1, &out), "potentials", "overflow");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_forward(f->trainer, &f->inputs, 1, &out), "potentials", "overflow");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_state_step(state, &f->inputs, &out), "potentials", "overflow");
  CHECK_EQUAL(outputs[0][0], UNWRITTEN);
  OK(rfgsnn_step(f->trainer, &f->inputs, NULL));
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL), "potentials");
  watch(NULL);
  OK(rfgsnn_state_free(state));
  fixture_free(f);
}

static void calibration(void) {
  group("a calibration whose weights or currents would overflow leaves the network as it was");
  fixture *f = fixture_make("hidden=3");
  fill(f->network, "layer0", "weight", 0.1f);
  for (int sample = 0; sample < SAMPLES; ++sample) f->x[sample][1] = 0;
  for (int neuron = 0; neuron < 3; ++neuron) parameters_of(f->network)[3 + neuron] = 3e38f; /* of input 1 */
  watch(f->network);
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_calibrate(f->network, &f->inputs, 1), "parameters", "overflow");
  watch(NULL);
  for (int sample = 0; sample < SAMPLES; ++sample) f->x[sample][1] = 100 * f->x[sample][0];
  watch(f->network);
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_calibrate(f->network, &f->inputs, 1), "potentials", "overflow");
  watch(NULL);
  fixture_free(f);
}

static void solved_readouts(void) {
  group("a readout whose loss overflows is not taken");
  fixture *f = fixture_make("hidden=3");
  double loss = UNWRITTEN, lambda = UNWRITTEN;
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int output = 0; output < OUTPUTS; ++output) f->y[sample][output] *= 1e200;
  }
  OK(rfgsnn_network_fit_scaling(f->network, "minmax", &f->inputs, 1, &f->targets));
  watch(f->network);
  double lambdas[] = {0, 1e-6};
  for (int index = 0; index < 2; ++index) {
    REFUSED(RFGSNN_ERROR_NOT_FINITE,
            rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, lambdas[index], &loss, &lambda),
            "targets", "overflows");
  }
  CHECK(loss == UNWRITTEN && lambda == UNWRITTEN);
  watch(NULL);
  fixture_free(f);

  rfgsnn_network *network = network_of("architecture=deeponet coordinates=1");
  static double targets[FUNCTIONS][POINTS];
  for (int function = 0; function < FUNCTIONS; ++function) {
    for (int point = 0; point < POINTS; ++point)
      targets[function][point] = 1e200 * integral(function, points[point]);
  }
  rfgsnn_array in[2] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(points, POINTS)};
  rfgsnn_array wanted = DOUBLES(targets, FUNCTIONS, POINTS);
  OK(rfgsnn_network_fit_scaling(network, "minmax", in, 2, &wanted));
  watch(network);
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_solve_readout(network, in, 2, &wanted, 1e-6, &loss, &lambda),
          "targets", "overflows");
  CHECK(loss == UNWRITTEN && lambda == UNWRITTEN);
  watch(NULL);
  OK(rfgsnn_network_free(network));
}

static void scalings(void) {
  group("a scaling of data whose range overflows is refused, and the old one stays");
  fixture *f = fixture_make("");
  double values[2][2] = {{-1.7e308, 0}, {1.7e308, 1}}, scale[2];
  rfgsnn_array data = DOUBLES(values, 2, 2);
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_fit_scaling(f->network, "minmax", &data, 1, NULL), "inputs",
          "feature 0", "overflows");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_fit_scaling(f->network, "standard", &data, 1, NULL), "inputs",
          "feature 0", "overflows");
  OK(rfgsnn_network_scaling(f->network, NULL, scale, 2, NULL, NULL, 0));
  CHECK(scale[0] == 1 && scale[1] == 1);
  fixture_free(f);
}

static void membranes(void) {
  group("membrane potentials that have overflowed are not given out");
  fixture *f = fixture_make("hidden=3");
  rfgsnn_state *state;
  double potentials[SAMPLES][3] = {{UNWRITTEN}};
  rfgsnn_array out = DOUBLES(potentials, SAMPLES, 3);
  OK(rfgsnn_state_create(f->network, SAMPLES, &state));
  fill(f->network, "layer0", "", 3e38f);
  for (int step = 0; step < 6; ++step) OK(rfgsnn_state_step(state, &f->inputs, NULL));
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_state_membrane(state, 0, &out), "state", "overflowed", "reset");
  CHECK_EQUAL(potentials[0][0], UNWRITTEN);
  OK(rfgsnn_state_reset(state));
  OK(rfgsnn_state_membrane(state, 0, &out));
  CHECK_EQUAL(potentials[0][0], 0);
  OK(rfgsnn_state_free(state));
  fixture_free(f);
}

static void shifted_biases(void) {
  group("an update whose biases overflow moves neither parameters nor widths, in a fit neither");
  fixture *f = fixture_make("hidden=3 bias_shift=1 surrogate_adaptation=statistic");
  double widths[2], before[2];
  fill(f->network, "layer0.weight", "", 0);
  fill(f->network, "layer0.bias", "", -1e37f);
  OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
  OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL));
  OK(rfgsnn_network_surrogate_widths(f->network, before, 1));
  fill(f->network, "layer0.bias", "", FLT_MAX);
  watch(f->network);
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_update(f->trainer), "bias_shift", "layer 0", "overflows");
  OK(rfgsnn_network_surrogate_widths(f->network, widths, 1));
  CHECK_EQUAL(widths[0], before[0]);
  watch(NULL);
  fill(f->network, "layer0.bias", "", -FLT_MAX / 8);
  rfgsnn_status status = RFGSNN_OK;
  for (int time = 0; time < 20 && status >= 0; ++time) {
    status = rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL);
    CHECK(finite_parameters(f->network));
    fill(f->network, "layer0.bias", "", time % 2 ? -FLT_MAX : FLT_MAX);
  }
  fixture_free(f);
}

static void enormous_clipping(void) {
  group("moments are not spoilt by gradients that are clipped to something enormous");
  fixture *f = fixture_make("clip_norm=1e30 optimizer=adabelief");
  double derivatives[SAMPLES * OUTPUTS];
  rfgsnn_array array = DOUBLES(derivatives, SAMPLES, OUTPUTS);
  for (int index = 0; index < SAMPLES * OUTPUTS; ++index) derivatives[index] = 1e30;
  OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
  OK(rfgsnn_estimate_gradient_from_output_gradient(f->trainer, &array));
  watch(f->network);
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_update(f->trainer), "gradient", "clip_norm");
  watch(NULL);
  float *before = copy_parameters(f->network);
  OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
  OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL));
  OK(rfgsnn_update(f->trainer));
  CHECK(memcmp(before, parameters_of(f->network), (size_t)parameter_count(f->network) * sizeof(float)) != 0);
  free(before);
  fixture_free(f);
}

static int32_t note_losses(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                           double seconds_left) {
  (void)step, (void)steps;
  *(bool *)context = *(bool *)context && isfinite(loss) && !isinf(validation_loss) && isfinite(seconds_left);
  return 0;
}

static void losses_of_a_fit(void) {
  group("a fit whose losses, or whose validation loss, are not finite says so and reports none of them");
  fixture *f = fixture_make("loss=relative_l2 steps=4 report_interval=2");
  static double nothing[SAMPLES][OUTPUTS];
  rfgsnn_array zeros = DOUBLES(nothing, SAMPLES, OUTPUTS);
  bool finite = true;
  int64_t records = -1;
  CHECK_EQUAL(rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, &f->inputs, 1, &zeros, note_losses, &finite),
              RFGSNN_ERROR_NOT_FINITE);
  CHECK(strstr(rfgsnn_last_error(), "validation_targets") && strstr(rfgsnn_last_error(), "zero"));
  CHECK(finite && finite_parameters(f->network));
  OK(rfgsnn_trainer_history(f->trainer, 0, 0, NULL, NULL, NULL, &records));
  CHECK_EQUAL(records, 0);
  fixture_free(f);

  /* Each loss fits a double; their sum between two reports does not. */
  f = fixture_make("steps=50 report_interval=50 estimator=black_box");
  double scale[2] = {1e153, 1e153}, shift[2] = {0, 0}, loss = 0;
  OK(rfgsnn_network_set_scaling(f->network, NULL, NULL, 0, shift, scale, 2));
  for (int sample = 0; sample < SAMPLES; ++sample) f->y[sample][0] = f->y[sample][1] = 1e154;
  rfgsnn_status status =
    rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, note_losses, &finite);
  OK(rfgsnn_trainer_history(f->trainer, 0, 1, NULL, &loss, NULL, NULL));
  CHECK(finite && isfinite(loss) && (status == RFGSNN_STOPPED_STEPS || status == RFGSNN_ERROR_NOT_FINITE));
  fixture_free(f);
}

static bool all_zero(const float *values, int64_t count) {
  for (int64_t index = 0; index < count; ++index) {
    if (values[index] != 0) return false;
  }
  return true;
}

static void gradients(void) {
  group("after an estimate that was not finite there is no gradient to read, and none in the view");
  const char *words[] = {"hidden=3", "hidden=3 accumulate=2"};
  for (int accumulates = 0; accumulates < 2; ++accumulates) {
    fixture *f = fixture_make(words[accumulates]);
    const float *gradient, *again;
    int64_t count;
    double enormous[SAMPLES * OUTPUTS], loss = UNWRITTEN;
    rfgsnn_array derivatives = DOUBLES(enormous, SAMPLES, OUTPUTS);
    for (int index = 0; index < SAMPLES * OUTPUTS; ++index) enormous[index] = 1e308;
    OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
    OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL));
    OK(rfgsnn_gradient(f->trainer, &gradient, &count));
    float *kept = malloc((size_t)count * sizeof *kept);
    memcpy(kept, gradient, (size_t)count * sizeof *kept);
    double saved = f->y[0][0];
    f->y[0][0] = NAN; /* refused before anything is estimated: the last estimate stays */
    REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss), "targets");
    f->y[0][0] = saved;
    OK(rfgsnn_gradient(f->trainer, &again, &count));
    CHECK(memcmp(kept, again, (size_t)count * sizeof *kept) == 0);
    REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_estimate_gradient_from_output_gradient(f->trainer, &derivatives),
            "output_gradient");
    if (accumulates) {
      OK(rfgsnn_gradient(f->trainer, &again, &count));
      CHECK(memcmp(kept, gradient, (size_t)count * sizeof *kept) == 0);
    } else {
      REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_gradient(f->trainer, &again, &count), "last estimate", "failed");
      REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_update(f->trainer), "estimate");
      CHECK(all_zero(gradient, count));
    }
    OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL)); /* the pass stays */
    OK(rfgsnn_gradient(f->trainer, &again, &count));
    CHECK(!all_zero(gradient, count));
    CHECK_EQUAL(loss, UNWRITTEN);
    free(kept);
    fixture_free(f);
  }
}

int main(void) {
  products_of_features();
  potentials();
  calibration();
  solved_readouts();
  scalings();
  membranes();
  shifted_biases();
  enormous_clipping();
  losses_of_a_fit();
  gradients();
  return summary();
}
