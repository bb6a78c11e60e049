/* Operator networks: the shapes of their arrays, what they refuse, layouts, scaling. */
#include <math.h>
#include <stddef.h>

#include "check.h"
#include "fixture.h"
#include "operator_fixture.h"

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

int main(void) {
  int64_t before = memory_held();
  make_data();
  sizes();
  refusals();
  layouts();
  scaling();
  group("nothing is held when everything is freed");
  CHECK_EQUAL(memory_held(), before);
  return summary();
}
