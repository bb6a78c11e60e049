/* Operator networks: the shapes of their arrays, layouts, training, and what they refuse. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

enum { FUNCTIONS = 24, SENSORS = 5, POINTS = 6, WIDE = 4, HIGH = 3, FIELDS = 2 };

static double sensors[FUNCTIONS][SENSORS];
static double points[POINTS], own_points[FUNCTIONS][POINTS];
static double axis_0[WIDE], axis_1[HIGH];

/* Functions a + b x, and the integral and the square of each. */
static double slope(int f) { return sin(7.0 * f); }
static double offset(int f) { return cos(5.0 * f); }
static double integral(int f, double x) { return offset(f) * x + slope(f) * x * x / 2; }

static void make_data(void) {
  for (int f = 0; f < FUNCTIONS; ++f) {
    for (int s = 0; s < SENSORS; ++s) sensors[f][s] = offset(f) + slope(f) * s / (SENSORS - 1.0);
    for (int p = 0; p < POINTS; ++p) own_points[f][p] = fmod(0.37 * f + 0.21 * p, 1.0);
  }
  for (int p = 0; p < POINTS; ++p) points[p] = p / (POINTS - 1.0);
  for (int i = 0; i < WIDE; ++i) axis_0[i] = i / (WIDE - 1.0);
  for (int j = 0; j < HIGH; ++j) axis_1[j] = j / (HIGH - 1.0);
}

static rfgsnn_network *network_of(const char *words) {
  rfgsnn_options *options = options_of("inputs=5 outputs=1 hidden=12 trunk_hidden=10 latent=6 time_steps=8 threads=1");
  rfgsnn_network *network = NULL;
  set_options(options, words);
  OK(rfgsnn_network_create(options, &network));
  OK(rfgsnn_options_free(options));
  return network;
}

static rfgsnn_trainer *trainer_of(rfgsnn_network *network, const char *words) {
  rfgsnn_options *options = options_of(words);
  rfgsnn_trainer *trainer = NULL;
  OK(rfgsnn_trainer_create(network, options, &trainer));
  OK(rfgsnn_options_free(options));
  return trainer;
}

static void sizes(void) {
  group("sizes and tensors cover all stacks, branch first");
  rfgsnn_network *network = network_of("architecture=seponet coordinates=2 outputs=2");
  int64_t inputs, outputs, neurons;
  int32_t layers, tensors, rank;
  const char *name = "";
  int64_t shape[4];
  OK(rfgsnn_network_shape(network, &inputs, &outputs, NULL, &layers, &neurons));
  CHECK_EQUAL(inputs, SENSORS);
  CHECK_EQUAL(outputs, FIELDS);
  CHECK_EQUAL(layers, 3);
  CHECK_EQUAL(neurons, 12 + 10 + 10);
  OK(rfgsnn_network_tensor_count(network, &tensors));
  CHECK_EQUAL(tensors, 3 * 4);
  OK(rfgsnn_network_tensor(network, 0, &name, NULL, NULL, NULL));
  CHECK_TEXT(name, "branch.layer0.weight");
  OK(rfgsnn_network_tensor(network, 10, &name, &rank, shape, NULL));
  CHECK_TEXT(name, "trunk1.readout.weight");
  CHECK_EQUAL(rank, 2);
  CHECK_EQUAL(shape[1], 6 * FIELDS);
  OK(rfgsnn_network_free(network));
}

/* Errors of the shapes of what a network takes; every accepted array is one of those in rfgsnn.h. */
static void refusals(void) {
  double fields[FUNCTIONS * POINTS * FIELDS] = {0}, grid[FUNCTIONS * WIDE * HIGH] = {0};
  rfgsnn_network *deeponet = network_of("architecture=deeponet outputs=2");
  rfgsnn_network *seponet = network_of("architecture=seponet coordinates=2");
  rfgsnn_array in[3] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(points, POINTS)};
  rfgsnn_array out = DOUBLES(fields, FUNCTIONS, POINTS, FIELDS);
  group("a deeponet takes functions and points, and says what it takes");
  OK(rfgsnn_network_predict(deeponet, in, 2, &out));
  in[1] = DOUBLES(points, POINTS, 1);
  OK(rfgsnn_network_predict(deeponet, in, 2, &out));
  in[1] = DOUBLES(own_points, FUNCTIONS, POINTS, 1);
  OK(rfgsnn_network_predict(deeponet, in, 2, &out));
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(deeponet, in, 1, &out), "n_inputs", "expected 2");
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(deeponet, in, 3, &out), "n_inputs", "expected 2");
  in[1] = DOUBLES(own_points, FUNCTIONS - 1, POINTS, 1);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(deeponet, in, 2, &out), "inputs[1]", "[24, points, 1]");
  in[1] = DOUBLES(own_points, FUNCTIONS, POINTS);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(deeponet, in, 2, &out), "inputs[1]", "[points, 1]");
  in[1] = DOUBLES(points, POINTS);
  in[0] = DOUBLES(sensors, FUNCTIONS, SENSORS - 1);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(deeponet, in, 2, &out), "inputs[0]", "[functions, 5]");
  in[0] = DOUBLES(sensors, 2, FUNCTIONS / 2, SENSORS);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(deeponet, in, 2, &out), "inputs[0]", "[functions, 5]");
  in[0] = DOUBLES(sensors, FUNCTIONS, SENSORS);
  out = DOUBLES(fields, FUNCTIONS, FIELDS, POINTS);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(deeponet, in, 2, &out), "outputs", "[24, 6, 2]");
  out = DOUBLES(fields, FUNCTIONS, POINTS);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(deeponet, in, 2, &out), "outputs", "[24, 6, 2]");

  group("a seponet takes functions and axes, and says what it takes");
  in[1] = DOUBLES(axis_0, WIDE);
  in[2] = DOUBLES(axis_1, HIGH, 1);
  out = DOUBLES(grid, FUNCTIONS, WIDE, HIGH);
  OK(rfgsnn_network_predict(seponet, in, 3, &out));
  out = DOUBLES(grid, FUNCTIONS, WIDE, HIGH, 1);
  OK(rfgsnn_network_predict(seponet, in, 3, &out));
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(seponet, in, 2, &out), "n_inputs", "expected 3");
  out = DOUBLES(grid, FUNCTIONS, HIGH, WIDE);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(seponet, in, 3, &out), "outputs", "[24, 4, 3, 1] or [24, 4, 3]");
  out = DOUBLES(grid, FUNCTIONS, WIDE, HIGH);
  out.strides = SHAPE(WIDE * HIGH, 0, 1);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(seponet, in, 3, &out), "outputs", "strides");
  in[2] = DOUBLES(axis_1, 1, HIGH);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(seponet, in, 3, &out), "inputs[2]", "[points, 1]");
  rfgsnn_array many = DOUBLES(points, INT32_MAX);
  double rates[3];
  many.strides = SHAPE(0);
  in[1] = in[2] = many;
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_firing_rates(seponet, in, 3, rates, 3), "inputs", "points");

  group("what is not finite is named, and operator networks are not stepped");
  double spoiled = NAN;
  in[1] = DOUBLES(axis_0, WIDE);
  in[2] = DOUBLES(&spoiled, 1);
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_firing_rates(seponet, in, 3, rates, 3), "inputs[2]");
  rfgsnn_state *state = NULL;
  rfgsnn_trainer *trainer = trainer_of(seponet, "");
  REFUSED(RFGSNN_ERROR_UNSUPPORTED, rfgsnn_state_create(seponet, 3, &state), "operator");
  REFUSED(RFGSNN_ERROR_UNSUPPORTED, rfgsnn_step(trainer, in, NULL), "operator");
  CHECK(state == NULL);
  rfgsnn_array targets = DOUBLES(grid, FUNCTIONS, WIDE, HIGH);
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient(trainer, &targets, NULL), "forward");
  in[2] = DOUBLES(axis_1, HIGH);
  OK(rfgsnn_forward(trainer, in, 3, NULL));
  OK(rfgsnn_estimate_gradient(trainer, &targets, NULL));
  targets = DOUBLES(grid, FUNCTIONS, HIGH, WIDE);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_estimate_gradient(trainer, &targets, NULL), "targets", "[24, 4, 3, 1]");
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(deeponet));
  OK(rfgsnn_network_free(seponet));
}

static void layouts(void) {
  group("outputs on a grid go where their strides say, to the bit");
  static double plain[FUNCTIONS][WIDE][HIGH][FIELDS], turned[FIELDS][HIGH][WIDE][FUNCTIONS], one;
  rfgsnn_network *network = network_of("architecture=seponet coordinates=2 outputs=2");
  rfgsnn_array in[3] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(axis_0, WIDE), DOUBLES(axis_1, HIGH)};
  rfgsnn_array out = DOUBLES(plain, FUNCTIONS, WIDE, HIGH, FIELDS);
  OK(rfgsnn_network_predict(network, in, 3, &out));
  out = DOUBLES(turned, FUNCTIONS, WIDE, HIGH, FIELDS);
  out.strides = SHAPE(1, FUNCTIONS, FUNCTIONS * WIDE, FUNCTIONS * WIDE * HIGH);
  OK(rfgsnn_network_predict(network, in, 3, &out));
  double greatest = 0;
  for (int f = 0; f < FUNCTIONS; ++f) {
    for (int i = 0; i < WIDE; ++i) {
      for (int j = 0; j < HIGH; ++j) {
        for (int k = 0; k < FIELDS; ++k) {
          CHECK(plain[f][i][j][k] == turned[k][j][i][f]);
          greatest = fmax(greatest, fabs(plain[f][i][j][k] - plain[0][0][0][k]));
        }
      }
    }
  }
  CHECK(greatest > 0.01); /* functions and points matter */
  OK(rfgsnn_network_free(network));

  group("points that all functions share give what the same points do that each has by itself");
  double shared[FUNCTIONS][POINTS], single[FUNCTIONS][POINTS];
  network = network_of("architecture=deeponet");
  rfgsnn_array deep[2] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(points, POINTS)};
  rfgsnn_array shared_out = DOUBLES(shared, FUNCTIONS, POINTS), single_out = DOUBLES(single, FUNCTIONS, POINTS);
  OK(rfgsnn_network_predict(network, deep, 2, &shared_out));
  deep[1] = DOUBLES(points, FUNCTIONS, POINTS, 1);
  deep[1].strides = SHAPE(0, 1, 1);
  OK(rfgsnn_network_predict(network, deep, 2, &single_out));
  for (int f = 0; f < FUNCTIONS; ++f) {
    for (int p = 0; p < POINTS; ++p) CHECK(fabs(shared[f][p] - single[f][p]) < 1e-5);
  }
  deep[0] = DOUBLES(sensors[9], 1, SENSORS);
  deep[1] = DOUBLES(&points[4], 1);
  rfgsnn_array one_out = DOUBLES(&one, 1, 1);
  OK(rfgsnn_network_predict(network, deep, 2, &one_out));
  CHECK(fabs(one - shared[9][4]) < 1e-5);
  OK(rfgsnn_network_free(network));
}

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

static void scaling(void) {
  group("scaling covers the inputs of all stacks, and has one scale for each field");
  static double targets[FUNCTIONS][POINTS][FIELDS];
  double shift[SENSORS + 1], scale[SENSORS + 1], output_shift[FIELDS], output_scale[FIELDS];
  for (int f = 0; f < FUNCTIONS; ++f) {
    for (int p = 0; p < POINTS; ++p) {
      targets[f][p][0] = f;
      targets[f][p][1] = 100 + p;
    }
  }
  rfgsnn_network *network = network_of("architecture=deeponet outputs=2");
  rfgsnn_array in[2] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(points, POINTS)};
  rfgsnn_array wanted = DOUBLES(targets, FUNCTIONS, POINTS, FIELDS);
  OK(rfgsnn_network_fit_scaling(network, "minmax", in, 2, &wanted));
  OK(rfgsnn_network_scaling(network, shift, scale, SENSORS + 1, output_shift, output_scale, FIELDS));
  CHECK_EQUAL(shift[SENSORS], 0.5);
  CHECK_EQUAL(scale[SENSORS], 0.5);
  CHECK_EQUAL(output_shift[0], (FUNCTIONS - 1) / 2.0);
  CHECK_EQUAL(output_scale[0], (FUNCTIONS - 1) / 2.0);
  CHECK_EQUAL(output_shift[1], 100 + (POINTS - 1) / 2.0);
  shift[SENSORS] = 3;
  OK(rfgsnn_network_set_scaling(network, shift, NULL, SENSORS + 1, NULL, NULL, 0));
  OK(rfgsnn_network_scaling(network, shift, scale, SENSORS + 1, NULL, NULL, 0));
  CHECK_EQUAL(shift[SENSORS], 3);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_scaling(network, shift, NULL, SENSORS, NULL, NULL, 0), "input_count", "6");
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
  sizes();
  refusals();
  layouts();
  training();
  closed_form();
  scaling();
  held_trunks();
  group("nothing is held when everything is freed");
  CHECK_EQUAL(memory_held(), before);
  return summary();
}
