/* Operator networks: training, the closed form, trunks that are held. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"
#include "operator_fixture.h"

/* The relative error after training on functions at points of their own, or shared ones. */
static double error_after_training(bool own) {
  static double targets[FUNCTIONS][POINTS];
  double outputs[FUNCTIONS][POINTS], error = 0, norm = 0;
  for (int f = 0; f < FUNCTIONS; ++f) {
    for (int p = 0; p < POINTS; ++p) targets[f][p] = integral(f, own ? own_points[f][p] : points[p]);
  }
  rfgsnn_network *network = network_of("architecture=deeponet hidden=32 trunk_hidden=32 latent=8 time_steps=16");
  rfgsnn_trainer *trainer = trainer_of(network, "steps=600 batch_size=12 directions=2");
  rfgsnn_array in[2] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(points, POINTS)};
  if (own) in[1] = DOUBLES(own_points, FUNCTIONS, POINTS, 1);
  rfgsnn_array wanted = DOUBLES(targets, FUNCTIONS, POINTS), out = DOUBLES(outputs, FUNCTIONS, POINTS);
  OK(rfgsnn_network_fit_scaling(network, "minmax", in, 2, &wanted));
  CHECK_EQUAL(rfgsnn_fit(trainer, in, 2, &wanted, in, 2, &wanted, NULL, NULL), RFGSNN_STOPPED_STEPS);
  OK(rfgsnn_network_predict(network, in, 2, &out));
  for (int f = 0; f < FUNCTIONS; ++f) {
    for (int p = 0; p < POINTS; ++p) {
      error += (outputs[f][p] - targets[f][p]) * (outputs[f][p] - targets[f][p]);
      norm += targets[f][p] * targets[f][p];
    }
  }
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(network));
  return sqrt(error / norm);
}

static void training(void) {
  group("training finds the antiderivative of a line, at shared points and at each function's own");
  CHECK(error_after_training(false) < 0.2);
  CHECK(error_after_training(true) < 0.2);

  group("the outputs of the pass are those of a prediction, with every estimator");
  static const char *const estimators[] = {"rfg_activity", "rfg_global",    "rfg_layerwise",
                                           "black_box",    "exact_forward", "opzo",
                                           "fdfa",         "random_feedback", "bptt",
                                           "rfg_per_step"};
  for (size_t index = 0; index < sizeof estimators / sizeof *estimators; ++index) {
    double passed[FUNCTIONS * WIDE * HIGH], predicted[FUNCTIONS * WIDE * HIGH], sum = 0, loss;
    char words[64] = "estimator=";
    strcat(words, estimators[index]);
    rfgsnn_network *network = network_of("architecture=seponet coordinates=2");
    rfgsnn_trainer *trainer = trainer_of(network, words);
    float *before = copy_parameters(network);
    rfgsnn_array in[3] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(axis_0, WIDE), DOUBLES(axis_1, HIGH)};
    rfgsnn_array out = DOUBLES(passed, FUNCTIONS, WIDE, HIGH), again = DOUBLES(predicted, FUNCTIONS, WIDE, HIGH);
    static double zeros[FUNCTIONS][WIDE][HIGH];
    rfgsnn_array targets = DOUBLES(zeros, FUNCTIONS, WIDE, HIGH);
    OK(rfgsnn_forward(trainer, in, 3, &out));
    OK(rfgsnn_network_predict(network, in, 3, &again));
    CHECK(memcmp(passed, predicted, sizeof passed) == 0);
    OK(rfgsnn_estimate_gradient(trainer, &targets, &loss));
    for (int k = 0; k < FUNCTIONS * WIDE * HIGH; ++k) sum += passed[k] * passed[k];
    CHECK(fabs(loss - sum / (FUNCTIONS * WIDE * HIGH)) < 1e-9);
    OK(rfgsnn_update(trainer));
    CHECK(memcmp(before, parameters_of(network), (size_t)parameter_count(network) * sizeof(float)) != 0);
    free(before);
    OK(rfgsnn_trainer_free(trainer));
    OK(rfgsnn_network_free(network));
  }
}

static void closed_form(void) {
  group("the closed form finds the antiderivative of a line, but not at points of each function's own");
  double targets[FUNCTIONS][POINTS], loss, lambda, norm = 0;
  for (int f = 0; f < FUNCTIONS; ++f) {
    for (int p = 0; p < POINTS; ++p) {
      targets[f][p] = integral(f, points[p]);
      norm += targets[f][p] * targets[f][p] / (FUNCTIONS * POINTS);
    }
  }
  rfgsnn_network *network = network_of("architecture=deeponet");
  rfgsnn_array in[2] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(points, POINTS)};
  rfgsnn_array wanted = DOUBLES(targets, FUNCTIONS, POINTS);
  OK(rfgsnn_network_solve_readout(network, in, 2, &wanted, 0, &loss, &lambda));
  CHECK(loss < 0.02 * norm);
  CHECK(lambda >= 1e-9 && lambda <= 1e-2);
  in[1] = DOUBLES(own_points, FUNCTIONS, POINTS, 1);
  REFUSED(RFGSNN_ERROR_UNSUPPORTED, rfgsnn_network_solve_readout(network, in, 2, &wanted, 0, NULL, NULL), "inputs",
          "points that all functions share");
  rfgsnn_trainer *trainer = trainer_of(network, "points_per_batch=2 steps=3");
  REFUSED(RFGSNN_ERROR_UNSUPPORTED, rfgsnn_fit(trainer, in, 2, &wanted, NULL, 0, NULL, NULL, NULL), "points_per_batch");
  in[1] = DOUBLES(points, POINTS);
  CHECK_EQUAL(rfgsnn_fit(trainer, in, 2, &wanted, NULL, 0, NULL, NULL, NULL), RFGSNN_STOPPED_STEPS);
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(network));
}

/* Where the trunk's parameters begin: behind those of the branch, which has one hidden layer. */
static int64_t trunk_offset(rfgsnn_network *network) {
  const char *name = "";
  int64_t offset = 0;
  OK(rfgsnn_network_tensor(network, 4, &name, NULL, NULL, &offset));
  CHECK_TEXT(name, "trunk.layer0.weight");
  return offset;
}

static void held_trunks(void) {
  static double targets[FUNCTIONS][POINTS];
  for (int f = 0; f < FUNCTIONS; ++f) {
    for (int p = 0; p < POINTS; ++p) targets[f][p] = integral(f, points[p]);
  }
  rfgsnn_array in[2] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(points, POINTS)};
  rfgsnn_array wanted = DOUBLES(targets, FUNCTIONS, POINTS);
  rfgsnn_network *network = network_of("architecture=deeponet");
  OK(rfgsnn_network_fit_scaling(network, "minmax", in, 2, &wanted));
  size_t bytes = (size_t)parameter_count(network) * sizeof(float);
  int64_t trunk = trunk_offset(network), count = parameter_count(network);

  group("a calibration moves the hidden layers of all stacks and leaves the readouts");
  float *before = copy_parameters(network);
  OK(rfgsnn_network_calibrate(network, in, 2));
  float *live = parameters_of(network);
  int32_t tensors;
  OK(rfgsnn_network_tensor_count(network, &tensors));
  for (int32_t index = 0; index < tensors; ++index) {
    const char *name;
    int64_t offset;
    OK(rfgsnn_network_tensor(network, index, &name, NULL, NULL, &offset));
    CHECK((live[offset] == before[offset]) == (strstr(name, "readout") != NULL));
  }
  watch(network);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_calibrate(network, in, 1), "n_inputs", "expected 2");
  watch(NULL);

  group("held trunks: the loss falls by the branch alone, to the bit");
  rfgsnn_trainer *trainer = trainer_of(network, "trunks=held estimator=weight_mirror steps=300 batch_size=12");
  double first, last;
  OK(rfgsnn_network_solve_readout(network, in, 2, &wanted, 1e-2, &first, NULL));
  float *solved = copy_parameters(network);
  CHECK_EQUAL(rfgsnn_fit(trainer, in, 2, &wanted, NULL, 0, NULL, NULL, NULL), RFGSNN_STOPPED_STEPS);
  CHECK(memcmp(live + trunk, solved + trunk, (size_t)(count - trunk) * sizeof(float)) == 0);
  CHECK(memcmp(live, solved, (size_t)trunk * sizeof(float)) != 0);
  OK(rfgsnn_forward(trainer, in, 2, NULL));
  OK(rfgsnn_estimate_gradient(trainer, &wanted, &last));
  CHECK(last < 0.8 * first);
  double cosine;
  OK(rfgsnn_trainer_diagnose(trainer, in, 2, &wanted, 4, NULL, &cosine, NULL, NULL, NULL));
  CHECK(cosine > 0.5 && cosine <= 1 + 1e-9);
  OK(rfgsnn_trainer_free(trainer));

  group("a black box asks with whole parameter sets, of which the branch's part is perturbed");
  trainer = trainer_of(network, "trunks=held estimator=black_box");
  float *asked = malloc(bytes);
  if (!asked) exit(1);
  OK(rfgsnn_perturbed_parameters(trainer, 0, asked, count));
  CHECK(memcmp(asked + trunk, live + trunk, (size_t)(count - trunk) * sizeof(float)) == 0);
  for (int64_t index = 0; index < trunk; ++index) CHECK(asked[index] != live[index]);
  OK(rfgsnn_trainer_free(trainer));

  group("a branch whose start is kept has the readout that it had");
  rfgsnn_network *other = network_of("architecture=deeponet readout_gain=0.1");
  const char *name = "";
  int64_t readout;
  OK(rfgsnn_network_tensor(other, 2, &name, NULL, NULL, &readout));
  CHECK_TEXT(name, "branch.readout.weight");
  trainer = trainer_of(other, "trunks=held readout_solve=start branch_start=kept steps=1 learning_rate=1e-30");
  float *start = copy_parameters(other), *now = parameters_of(other);
  CHECK_EQUAL(rfgsnn_fit(trainer, in, 2, &wanted, NULL, 0, NULL, NULL, NULL), RFGSNN_STOPPED_STEPS);
  CHECK(memcmp(now + readout, start + readout, 12 * 6 * sizeof(float)) == 0);
  CHECK(memcmp(now + trunk, start + trunk, (size_t)(count - trunk) * sizeof(float)) != 0);
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(other));
  OK(rfgsnn_network_free(network));
  free(start);
  free(asked);
  free(solved);
  free(before);
}

int main(void) {
  int64_t before = memory_held();
  make_data();
  training();
  closed_form();
  held_trunks();
  group("nothing is held when everything is freed");
  CHECK_EQUAL(memory_held(), before);
  return summary();
}
