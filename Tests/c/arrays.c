/* Arrays that cannot be right: every defect, in every place where an array goes. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

static fixture *f;
static rfgsnn_state *state;

static double numbers[SAMPLES * 8], results[SAMPLES * 8];
static double rates[2];

/* Calls with one array of the test's, and everything else right. */
static rfgsnn_status predict_inputs(rfgsnn_array *array) {
  rfgsnn_array outputs = DOUBLES(results, SAMPLES, OUTPUTS);
  return rfgsnn_network_predict(f->network, array, 1, &outputs);
}
static rfgsnn_status predict_outputs(rfgsnn_array *array) {
  return rfgsnn_network_predict(f->network, &f->inputs, 1, array);
}
static rfgsnn_status firing_rates(rfgsnn_array *array) {
  return rfgsnn_network_firing_rates(f->network, array, 1, rates, 2);
}
static rfgsnn_status scaling_inputs(rfgsnn_array *array) {
  return rfgsnn_network_fit_scaling(f->network, "none", array, 1, &f->targets);
}
static rfgsnn_status scaling_targets(rfgsnn_array *array) {
  return rfgsnn_network_fit_scaling(f->network, "none", &f->inputs, 1, array);
}
static rfgsnn_status calibrate_inputs(rfgsnn_array *array) {
  return rfgsnn_network_calibrate(f->network, array, 1);
}
static rfgsnn_status solve_inputs(rfgsnn_array *array) {
  return rfgsnn_network_solve_readout(f->network, array, 1, &f->targets, 1e-3, NULL, NULL);
}
static rfgsnn_status solve_targets(rfgsnn_array *array) {
  return rfgsnn_network_solve_readout(f->network, &f->inputs, 1, array, 1e-3, NULL, NULL);
}
static rfgsnn_status state_input(rfgsnn_array *array) { return rfgsnn_state_step(state, array, NULL); }
static rfgsnn_status state_output(rfgsnn_array *array) { return rfgsnn_state_step(state, &f->inputs, array); }
static rfgsnn_status state_spikes(rfgsnn_array *array) { return rfgsnn_state_spikes(state, 1, array); }
static rfgsnn_status state_membrane(rfgsnn_array *array) { return rfgsnn_state_membrane(state, 1, array); }
static rfgsnn_status step_input(rfgsnn_array *array) {
  rfgsnn_perturb(f->trainer, -1);
  return rfgsnn_step(f->trainer, array, NULL);
}
static rfgsnn_status step_output(rfgsnn_array *array) {
  rfgsnn_perturb(f->trainer, -1);
  return rfgsnn_step(f->trainer, &f->inputs, array);
}
static rfgsnn_status forward_inputs(rfgsnn_array *array) {
  return rfgsnn_forward(f->trainer, array, 1, NULL);
}
static rfgsnn_status forward_outputs(rfgsnn_array *array) {
  return rfgsnn_forward(f->trainer, &f->inputs, 1, array);
}
static rfgsnn_status estimate_targets(rfgsnn_array *array) {
  rfgsnn_forward(f->trainer, &f->inputs, 1, NULL);
  return rfgsnn_estimate_gradient(f->trainer, array, NULL);
}
static rfgsnn_status estimate_output_gradient(rfgsnn_array *array) {
  rfgsnn_forward(f->trainer, &f->inputs, 1, NULL);
  return rfgsnn_estimate_gradient_from_output_gradient(f->trainer, array);
}
static rfgsnn_status fit_inputs(rfgsnn_array *array) {
  return rfgsnn_fit(f->trainer, array, 1, &f->targets, NULL, 0, NULL, NULL, NULL);
}
static rfgsnn_status fit_targets(rfgsnn_array *array) {
  return rfgsnn_fit(f->trainer, &f->inputs, 1, array, NULL, 0, NULL, NULL, NULL);
}
static rfgsnn_status fit_validation_inputs(rfgsnn_array *array) {
  return rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, array, 1, &f->targets, NULL, NULL);
}
static rfgsnn_status fit_validation_targets(rfgsnn_array *array) {
  return rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, &f->inputs, 1, array, NULL, NULL);
}

enum { FEATURES_OF_LAYER = 5 };

/* Where an array goes. */
static const struct place {
  const char *call, *argument;
  rfgsnn_status (*pass)(rfgsnn_array *);
  int features;
  bool written, may_be_null;
} places[] = {
    {"rfgsnn_network_predict", "inputs", predict_inputs, INPUTS, false, false},
    {"rfgsnn_network_predict", "outputs", predict_outputs, OUTPUTS, true, false},
    {"rfgsnn_network_firing_rates", "inputs", firing_rates, INPUTS, false, false},
    {"rfgsnn_network_fit_scaling", "inputs", scaling_inputs, INPUTS, false, false},
    {"rfgsnn_network_fit_scaling", "targets", scaling_targets, OUTPUTS, false, true},
    {"rfgsnn_network_calibrate", "inputs", calibrate_inputs, INPUTS, false, false},
    {"rfgsnn_network_solve_readout", "inputs", solve_inputs, INPUTS, false, false},
    {"rfgsnn_network_solve_readout", "targets", solve_targets, OUTPUTS, false, false},
    {"rfgsnn_state_step", "input", state_input, INPUTS, false, false},
    {"rfgsnn_state_step", "output", state_output, OUTPUTS, true, true},
    {"rfgsnn_state_spikes", "spikes", state_spikes, FEATURES_OF_LAYER, true, false},
    {"rfgsnn_state_membrane", "membrane", state_membrane, FEATURES_OF_LAYER, true, false},
    {"rfgsnn_step", "input", step_input, INPUTS, false, false},
    {"rfgsnn_step", "output", step_output, OUTPUTS, true, true},
    {"rfgsnn_forward", "inputs", forward_inputs, INPUTS, false, false},
    {"rfgsnn_forward", "outputs", forward_outputs, OUTPUTS, true, true},
    {"rfgsnn_estimate_gradient", "targets", estimate_targets, OUTPUTS, false, false},
    {"rfgsnn_estimate_gradient_from_output_gradient", "output_gradient", estimate_output_gradient, OUTPUTS,
     false, false},
    {"rfgsnn_fit", "inputs", fit_inputs, INPUTS, false, false},
    {"rfgsnn_fit", "targets", fit_targets, OUTPUTS, false, false},
    {"rfgsnn_fit", "validation_inputs", fit_validation_inputs, INPUTS, false, false},
    {"rfgsnn_fit", "validation_targets", fit_validation_targets, OUTPUTS, false, false},
};

/* What is wrong with an array, and what the sentence must say besides the argument's name. */
static void no_data(rfgsnn_array *array) { array->data = NULL; }
static void on_gpu(rfgsnn_array *array) { array->device.device_type = 2; }
static void on_nothing(rfgsnn_array *array) { array->device.device_type = 0; }
static void of_int(rfgsnn_array *array) { array->dtype.code = 0; }
static void of_bfloat(rfgsnn_array *array) { array->dtype = (rfgsnn_dtype){4, 16, 1}; }
static void of_half(rfgsnn_array *array) { array->dtype.bits = 16; }
static void of_lanes(rfgsnn_array *array) { array->dtype.lanes = 4; }
static void of_nothing(rfgsnn_array *array) { array->dtype = (rfgsnn_dtype){255, 255, 65535}; }
static void rank_0(rfgsnn_array *array) { array->ndim = 0; }
static void rank_negative(rfgsnn_array *array) { array->ndim = -1; }
static void rank_4(rfgsnn_array *array) { array->ndim = 4; }
static void rank_huge(rfgsnn_array *array) { array->ndim = INT32_MAX; }
static void rank_lowest(rfgsnn_array *array) { array->ndim = INT32_MIN; }
static void no_shape(rfgsnn_array *array) { array->shape = NULL; }
static void empty(rfgsnn_array *array) { array->shape[0] = 0; }
static void no_features(rfgsnn_array *array) { array->shape[1] = 0; }
static void negative(rfgsnn_array *array) { array->shape[0] = -SAMPLES; }
static void lowest(rfgsnn_array *array) { array->shape[0] = INT64_MIN; }
static void too_many(rfgsnn_array *array) { array->shape[0] = (int64_t)1 << 31; }
static void far_too_many(rfgsnn_array *array) { array->shape[0] = INT64_MAX; }
static void overflowing(rfgsnn_array *array) { array->shape[0] = array->shape[1] = INT32_MAX; }
static void one_feature_more(rfgsnn_array *array) { ++array->shape[1]; }
static void one_feature_less(rfgsnn_array *array) { --array->shape[1]; }
static void transposed(rfgsnn_array *array) {
  array->shape[0] = array->shape[1];
  array->shape[1] = SAMPLES;
}
static void stride_overflow(rfgsnn_array *array) { array->strides[0] = INT64_MAX; }
static void stride_lowest(rfgsnn_array *array) { array->strides[1] = INT64_MIN; }
static void stride_in_bytes_overflow(rfgsnn_array *array) { array->strides[0] = INT64_MAX / 64; }
static void stride_below_memory(rfgsnn_array *array) { array->strides[0] = -((int64_t)1 << 57); }
static void offset_overflow(rfgsnn_array *array) { array->byte_offset = UINT64_MAX; }
static void misaligned(rfgsnn_array *array) { array->data = (char *)array->data + 1; }
static void misaligned_offset(rfgsnn_array *array) { array->byte_offset = 4; }
static void with_nan(rfgsnn_array *array) { ((double *)array->data)[3] = NAN; }
static void with_infinity(rfgsnn_array *array) { ((double *)array->data)[3] = -INFINITY; }
static void stride_zero(rfgsnn_array *array) { array->strides[0] = 0; }
static void strides_equal(rfgsnn_array *array) { array->strides[0] = array->strides[1]; }

static const struct defect {
  void (*make)(rfgsnn_array *);
  rfgsnn_status status;
  const char *word, *remedy;
  enum { ANYWHERE, ONLY_READ, ONLY_WRITTEN } where;
} defects[] = {
    {no_data, RFGSNN_ERROR_NULL_POINTER, "data is NULL", "must point to", ANYWHERE},
    {on_gpu, RFGSNN_ERROR_DTYPE, "device_type is 2", "copy the array", ANYWHERE},
    {on_nothing, RFGSNN_ERROR_DTYPE, "device_type is 0", "CPU", ANYWHERE},
    {of_int, RFGSNN_ERROR_DTYPE, "int64", "float32", ANYWHERE},
    {of_bfloat, RFGSNN_ERROR_DTYPE, "bfloat16", "float32", ANYWHERE},
    {of_half, RFGSNN_ERROR_DTYPE, "float16", "float32", ANYWHERE},
    {of_lanes, RFGSNN_ERROR_DTYPE, "lanes 4", "lanes 1", ANYWHERE},
    {of_nothing, RFGSNN_ERROR_DTYPE, "code 255", "float32", ANYWHERE},
    {rank_0, RFGSNN_ERROR_SHAPE, "rank 0", "expected [", ANYWHERE},
    {rank_negative, RFGSNN_ERROR_SHAPE, "rank -1", "expected [", ANYWHERE},
    {rank_4, RFGSNN_ERROR_SHAPE, "[", "expected [", ANYWHERE},
    {rank_huge, RFGSNN_ERROR_SHAPE, "rank 2147483647", "expected [", ANYWHERE},
    {rank_lowest, RFGSNN_ERROR_SHAPE, "rank -2147483648", "expected [", ANYWHERE},
    {no_shape, RFGSNN_ERROR_SHAPE, "shape NULL", "expected [", ANYWHERE},
    {empty, RFGSNN_ERROR_SHAPE, "shape [0, ", "without elements", ANYWHERE},
    {no_features, RFGSNN_ERROR_SHAPE, ", 0]", "without elements", ANYWHERE},
    {negative, RFGSNN_ERROR_SHAPE, "shape [-40, ", "extents go from 1", ANYWHERE},
    {lowest, RFGSNN_ERROR_SHAPE, "shape [-9223372036854775808, ", "extents go from 1", ANYWHERE},
    {too_many, RFGSNN_ERROR_SHAPE, "shape [2147483648, ", "extents go from 1", ANYWHERE},
    {far_too_many, RFGSNN_ERROR_SHAPE, "shape [9223372036854775807, ", "extents go from 1", ANYWHERE},
    {overflowing, RFGSNN_ERROR_SHAPE, "shape [2147483647, 2147483647]", "expected [", ANYWHERE},
    {one_feature_more, RFGSNN_ERROR_SHAPE, "shape [40, ", "expected [", ANYWHERE},
    {one_feature_less, RFGSNN_ERROR_SHAPE, "shape [40, ", "expected [", ANYWHERE},
    {transposed, RFGSNN_ERROR_SHAPE, ", 40]", "expected [", ANYWHERE},
    {stride_overflow, RFGSNN_ERROR_SHAPE, "strides", "elements, not bytes", ANYWHERE},
    {stride_lowest, RFGSNN_ERROR_SHAPE, "strides", "elements, not bytes", ANYWHERE},
    {stride_in_bytes_overflow, RFGSNN_ERROR_SHAPE, "strides", "elements, not bytes", ANYWHERE},
    {stride_below_memory, RFGSNN_ERROR_SHAPE, "strides", "elements, not bytes", ANYWHERE},
    {offset_overflow, RFGSNN_ERROR_SHAPE, "byte_offset", "outside of memory", ANYWHERE},
    {misaligned, RFGSNN_ERROR_DTYPE, "multiple of 8 bytes", "copy it", ANYWHERE},
    {misaligned_offset, RFGSNN_ERROR_DTYPE, "multiple of 8 bytes", "copy it", ANYWHERE},
    {with_nan, RFGSNN_ERROR_NOT_FINITE, "element [1, 1]", "replace it", ONLY_READ},
    {with_infinity, RFGSNN_ERROR_NOT_FINITE, "element [1, 1]", "replace it", ONLY_READ},
    {stride_zero, RFGSNN_ERROR_SHAPE, "strides", "each element its own", ONLY_WRITTEN},
    {strides_equal, RFGSNN_ERROR_SHAPE, "strides", "each element its own", ONLY_WRITTEN},
};

static void every_defect(const struct place *place) {
  static double before[SAMPLES * 8];
  for (const struct defect *defect = defects; defect < defects + sizeof defects / sizeof *defects; ++defect) {
    if (defect->where == (place->written ? ONLY_READ : ONLY_WRITTEN)) continue;
    for (int index = 0; index < SAMPLES * 8; ++index) numbers[index] = 0.25 * (index % 5);
    int64_t shape[4] = {SAMPLES, place->features, 1, 1}, strides[4] = {place->features, 1, 0, 0};
    rfgsnn_array array = view(numbers, 64, 2, shape);
    array.strides = strides;
    defect->make(&array);
    memcpy(before, numbers, sizeof before);
    REFUSED(defect->status, place->pass(&array), place->argument, defect->word, defect->remedy);
    CHECK(memcmp(before, numbers, sizeof before) == 0);
  }
  if (!place->may_be_null) REFUSED(RFGSNN_ERROR_NULL_POINTER, place->pass(NULL), place->argument, "NULL");
}

static void counts_and_samples(void) {
  group("a wrong number of arrays or samples is refused");
  rfgsnn_array outputs = DOUBLES(results, SAMPLES, OUTPUTS), few = DOUBLES(f->y, SAMPLES - 1, OUTPUTS);
  int32_t wrong[] = {0, 2, -1, INT32_MAX, INT32_MIN};
  for (size_t index = 0; index < sizeof wrong / sizeof *wrong; ++index) {
    int32_t n = wrong[index];
    REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(f->network, &f->inputs, n, &outputs), "n_inputs",
            "expected 1");
    REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_forward(f->trainer, &f->inputs, n, NULL), "n_inputs", "expected 1");
    REFUSED(RFGSNN_ERROR_SHAPE,
            rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, &f->inputs, n, &f->targets, NULL, NULL),
            "n_validation_inputs", "expected 1");
  }
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(f->network, &f->inputs, 1, &few), "outputs", "[40, 2]");
  REFUSED(RFGSNN_ERROR_SHAPE, fit_targets(&few), "targets", "shape [39, 2]", "expected [40, 2]");
  REFUSED(RFGSNN_ERROR_SHAPE, fit_validation_targets(&few), "validation_targets", "expected [40, 2]");
  REFUSED(RFGSNN_ERROR_SHAPE, solve_targets(&few), "targets", "expected [40, 2]");
  REFUSED(RFGSNN_ERROR_SHAPE, scaling_targets(&few), "targets", "expected [40, 2]");
  OK(forward_inputs(&f->inputs));
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_estimate_gradient(f->trainer, &few, NULL), "targets",
          "expected [40, 2]");
  rfgsnn_array fewer_inputs = DOUBLES(f->x, SAMPLES - 1, INPUTS);
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_state_step(state, &fewer_inputs, NULL), "input", "expected [40, 2]");
  OK(rfgsnn_perturb(f->trainer, -1));
  OK(rfgsnn_step(f->trainer, &f->inputs, NULL));
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_step(f->trainer, &fewer_inputs, NULL), "input", "39", "40");

  group("inputs in time must have the network's time steps");
  static double in_time[7 * SAMPLES * INPUTS];
  rfgsnn_array six = DOUBLES(in_time, 6, SAMPLES, INPUTS), seven = DOUBLES(in_time, 7, SAMPLES, INPUTS);
  OK(rfgsnn_network_predict(f->network, &six, 1, &outputs));
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_network_predict(f->network, &seven, 1, &outputs), "inputs", "[7, 40, 2]",
          "[6, samples, 2]");
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_state_step(state, &six, NULL), "input", "[6, 40, 2]");
  in_time[6 * SAMPLES * INPUTS - 1] = NAN;
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_network_predict(f->network, &six, 1, &outputs), "inputs",
          "element [5, 39, 1]");
}

int main(void) {
  f = fixture_make("");
  if (!OK(rfgsnn_state_create(f->network, SAMPLES, &state))) return 1;
  watch(f->network);
  for (const struct place *place = places; place < places + sizeof places / sizeof *places; ++place) {
    char sentence[160];
    snprintf(sentence, sizeof sentence, "%s refuses bad %s", place->call, place->argument);
    group(sentence);
    every_defect(place);
  }
  counts_and_samples();
  watch(NULL);
  OK(rfgsnn_state_free(state));
  fixture_free(f);
  return summary();
}
