/* Memory layouts: the same numbers give the same results, wherever and however they lie. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

enum { TIME_STEPS = 6 };

static fixture *f;
static double reference[SAMPLES][OUTPUTS];

static void same_prediction(rfgsnn_array inputs) {
  double outputs[SAMPLES][OUTPUTS];
  rfgsnn_array places = DOUBLES(outputs, SAMPLES, OUTPUTS);
  memset(outputs, 0, sizeof outputs);
  OK(rfgsnn_network_predict(f->network, &inputs, 1, &places));
  CHECK(memcmp(outputs, reference, sizeof outputs) == 0);
}

static void layouts_of_inputs(void) {
  group("inputs of any type and strides give the same outputs to the bit");
  float single[SAMPLES][INPUTS], spread[SAMPLES][3 * INPUTS];
  double columns[INPUTS][SAMPLES], backwards[SAMPLES][INPUTS], in_time[TIME_STEPS][SAMPLES][INPUTS];
  char bytes[sizeof(double) * (1 + SAMPLES * INPUTS)];
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int input = 0; input < INPUTS; ++input) {
      double x = f->x[sample][input];
      single[sample][input] = (float)x;
      spread[sample][3 * input] = (float)x;
      spread[sample][3 * input + 1] = spread[sample][3 * input + 2] = NAN; /* never looked at */
      columns[input][sample] = x;
      backwards[SAMPLES - 1 - sample][INPUTS - 1 - input] = x;
      for (int time = 0; time < TIME_STEPS; ++time) in_time[time][sample][input] = x;
    }
  }
  memcpy(bytes + sizeof(double), f->x, sizeof f->x);

  same_prediction(DOUBLES(f->x, SAMPLES, INPUTS));
  same_prediction(FLOATS(single, SAMPLES, INPUTS));
  rfgsnn_array array = FLOATS(spread, SAMPLES, INPUTS);
  array.strides = SHAPE(3 * INPUTS, 3);
  same_prediction(array);
  array = DOUBLES(columns, SAMPLES, INPUTS);
  array.strides = SHAPE(1, SAMPLES); /* Fortran order */
  same_prediction(array);
  array = DOUBLES(&backwards[SAMPLES - 1][INPUTS - 1], SAMPLES, INPUTS);
  array.strides = SHAPE(-INPUTS, -1);
  same_prediction(array);
  double *aligned = malloc(sizeof bytes);
  memcpy(aligned, bytes, sizeof bytes);
  array = DOUBLES(aligned, SAMPLES, INPUTS);
  array.byte_offset = sizeof(double);
  same_prediction(array);
  free(aligned);

  group("a constant input is one that is the same at every time step");
  same_prediction(DOUBLES(in_time, TIME_STEPS, SAMPLES, INPUTS));
  array = DOUBLES(f->x, TIME_STEPS, SAMPLES, INPUTS);
  array.strides = SHAPE(0, INPUTS, 1); /* the same memory again and again */
  same_prediction(array);

  group("a stride of 0 repeats a sample, and strides where there is one element do not matter");
  double repeated[SAMPLES][OUTPUTS];
  rfgsnn_array outputs = DOUBLES(repeated, SAMPLES, OUTPUTS), one_output = DOUBLES(repeated, 1, OUTPUTS);
  array = DOUBLES(f->x, SAMPLES, INPUTS);
  array.strides = SHAPE(0, 1);
  OK(rfgsnn_network_predict(f->network, &array, 1, &outputs));
  for (int sample = 0; sample < SAMPLES; ++sample) {
    CHECK(memcmp(repeated[sample], reference[0], sizeof reference[0]) == 0);
  }
  array = DOUBLES(f->x, 1, INPUTS);
  array.strides = SHAPE(INT64_MAX, 1);
  OK(rfgsnn_network_predict(f->network, &array, 1, &one_output));
  CHECK(memcmp(repeated[0], reference[0], sizeof reference[0]) == 0);
}

static void layouts_of_outputs(void) {
  group("outputs go where their strides say, and nowhere else");
  float single[SAMPLES][OUTPUTS];
  double columns[OUTPUTS][SAMPLES], backwards[SAMPLES][OUTPUTS], spread[SAMPLES][4 * OUTPUTS];
  rfgsnn_array array = FLOATS(single, SAMPLES, OUTPUTS);
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &array));
  array = DOUBLES(columns, SAMPLES, OUTPUTS);
  array.strides = SHAPE(1, SAMPLES);
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &array));
  array = DOUBLES(&backwards[SAMPLES - 1][OUTPUTS - 1], SAMPLES, OUTPUTS);
  array.strides = SHAPE(-OUTPUTS, -1);
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &array));
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int place = 0; place < 4 * OUTPUTS; ++place) spread[sample][place] = -77;
  }
  array = DOUBLES(spread, SAMPLES, OUTPUTS);
  array.strides = SHAPE(4 * OUTPUTS, 4);
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &array));
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int output = 0; output < OUTPUTS; ++output) {
      double expected = reference[sample][output];
      CHECK_EQUAL(single[sample][output], (float)expected);
      CHECK_EQUAL(columns[output][sample], expected);
      CHECK_EQUAL(backwards[SAMPLES - 1 - sample][OUTPUTS - 1 - output], expected);
      for (int gap = 0; gap < 4; ++gap)
        CHECK_EQUAL(spread[sample][4 * output + gap], gap == 0 ? expected : -77);
    }
  }
}

static void vectors(void) {
  group("a network of one input and one output takes vectors");
  rfgsnn_options *options = options_of("inputs=1 outputs=1 hidden=6 time_steps=5 threads=1");
  rfgsnn_network *network;
  double x[SAMPLES], as_matrix[SAMPLES], as_vector[SAMPLES];
  for (int sample = 0; sample < SAMPLES; ++sample) x[sample] = f->x[sample][0];
  rfgsnn_array matrix = DOUBLES(x, SAMPLES, 1), vector = DOUBLES(x, SAMPLES);
  rfgsnn_array matrix_out = DOUBLES(as_matrix, SAMPLES, 1), vector_out = DOUBLES(as_vector, SAMPLES);
  OK(rfgsnn_network_create(options, &network));
  OK(rfgsnn_network_predict(network, &matrix, 1, &matrix_out));
  OK(rfgsnn_network_predict(network, &vector, 1, &vector_out));
  CHECK(memcmp(as_matrix, as_vector, sizeof as_matrix) == 0);
  rfgsnn_array of_two = DOUBLES(f->x, INPUTS);
  rfgsnn_array two_outputs = DOUBLES(reference, SAMPLES, OUTPUTS);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(f->network, &of_two, 1, &two_outputs), "inputs",
          "shape [2]");
  OK(rfgsnn_network_free(network));
  OK(rfgsnn_options_free(options));
}

/* The parameters after training from the start on these arrays. */
static float *trained(rfgsnn_array inputs, rfgsnn_array targets) {
  fixture *other = fixture_make("batch_size=16 report_interval=5");
  CHECK_EQUAL(rfgsnn_fit(other->trainer, &inputs, 1, &targets, &inputs, 1, &targets, NULL, NULL),
              RFGSNN_STOPPED_STEPS);
  float *parameters = copy_parameters(other->network);
  fixture_free(other);
  return parameters;
}

static void layouts_in_training(void) {
  group("training gives the same parameters to the bit for float, double and Fortran arrays");
  float x_single[SAMPLES][INPUTS], y_single[SAMPLES][OUTPUTS];
  double x_columns[INPUTS][SAMPLES], y_columns[OUTPUTS][SAMPLES];
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int j = 0; j < INPUTS; ++j) x_columns[j][sample] = x_single[sample][j] = (float)f->x[sample][j];
    for (int j = 0; j < OUTPUTS; ++j) y_columns[j][sample] = y_single[sample][j] = (float)f->y[sample][j];
  }
  size_t bytes = (size_t)parameter_count(f->network) * sizeof(float);
  float *in_double = trained(f->inputs, f->targets);
  float *in_float = trained(FLOATS(x_single, SAMPLES, INPUTS), FLOATS(y_single, SAMPLES, OUTPUTS));
  rfgsnn_array x = DOUBLES(x_columns, SAMPLES, INPUTS), y = DOUBLES(y_columns, SAMPLES, OUTPUTS);
  x.strides = y.strides = SHAPE(1, SAMPLES);
  float *in_fortran = trained(x, y);
  CHECK(memcmp(in_double, parameters_of(f->network), bytes) != 0); /* it has learnt something */
  CHECK(memcmp(in_double, in_float, bytes) == 0);
  CHECK(memcmp(in_double, in_fortran, bytes) == 0);
  free(in_double);
  free(in_float);
  free(in_fortran);
}

int main(void) {
  group("a network predicts");
  f = fixture_make("");
  rfgsnn_array outputs = DOUBLES(reference, SAMPLES, OUTPUTS);
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs));
  CHECK(reference[0][0] != reference[1][0]);
  layouts_of_inputs();
  layouts_of_outputs();
  vectors();
  layouts_in_training();
  fixture_free(f);
  return summary();
}
