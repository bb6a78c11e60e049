/* Networks at rest: tensors, scaling, states, firing rates, clones, the closed-form readout. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

enum { TIME_STEPS = 6, LAYERS = 2 };
static const int64_t neurons[LAYERS] = {7, 5};

static fixture *f;
static double predicted[SAMPLES][OUTPUTS];

static void predict(rfgsnn_network *network, double outputs[SAMPLES][OUTPUTS]) {
  rfgsnn_array places = DOUBLES(outputs, SAMPLES, OUTPUTS);
  OK(rfgsnn_network_predict(network, &f->inputs, 1, &places));
}

static double mean_squared_error(rfgsnn_network *network) {
  double outputs[SAMPLES][OUTPUTS], sum = 0;
  predict(network, outputs);
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int output = 0; output < OUTPUTS; ++output)
      sum += pow(outputs[sample][output] - f->y[sample][output], 2);
  }
  return sum / (SAMPLES * OUTPUTS);
}

static void tensors(void) {
  group("sizes and named tensors tile the parameter buffer");
  int64_t inputs, outputs, time_steps, all_neurons, end = 0;
  int32_t layers, count, rank;
  OK(rfgsnn_network_shape(f->network, &inputs, &outputs, &time_steps, &layers, &all_neurons));
  CHECK(inputs == INPUTS && outputs == OUTPUTS && time_steps == TIME_STEPS && layers == LAYERS &&
        all_neurons == 12);
  static const char *const names[] = {"layer0.weight", "layer0.bias",    "layer1.weight",
                                      "layer1.bias",   "readout.weight", "readout.bias"};
  static const int64_t shapes[][4] = {{2, 7, 1, 1}, {7, 1, 1, 1}, {7, 5, 1, 1},
                                      {5, 1, 1, 1}, {5, 2, 1, 1}, {2, 1, 1, 1}};
  OK(rfgsnn_network_tensor_count(f->network, &count));
  CHECK_EQUAL(count, 6);
  for (int32_t index = 0; index < count; ++index) {
    const char *name;
    int64_t shape[4], offset;
    OK(rfgsnn_network_tensor(f->network, index, &name, &rank, shape, &offset));
    CHECK_TEXT(name, names[index]);
    CHECK_EQUAL(rank, index % 2 ? 1 : 2);
    CHECK(memcmp(shape, shapes[index], sizeof shape) == 0);
    CHECK_EQUAL(offset, end);
    end = offset + shape[0] * shape[1];
  }
  CHECK_EQUAL(end, parameter_count(f->network));
}

static void parameters(void) {
  group("parameters written through the view or at once are those that predict");
  double zero[SAMPLES][OUTPUTS], again[SAMPLES][OUTPUTS];
  float *values = parameters_of(f->network), *saved = copy_parameters(f->network);
  int64_t count = parameter_count(f->network);
  memset(values, 0, (size_t)count * sizeof(float));
  values[count - 2] = 0.5f; /* the bias of output 0 */
  predict(f->network, zero);
  CHECK(zero[3][0] == 0.5 && zero[3][1] == 0);
  OK(rfgsnn_network_set_parameters(f->network, saved, count));
  CHECK(values == parameters_of(f->network)); /* the view stays in place */
  predict(f->network, again);
  CHECK(memcmp(again, predicted, sizeof again) == 0);
  free(saved);
}

static void states(void) {
  group("a state stepped through time ends at the prediction, to the bit");
  rfgsnn_state *state;
  double outputs[SAMPLES][OUTPUTS], spikes[SAMPLES * 7], membrane[SAMPLES * 7];
  double fired[LAYERS] = {0, 0}, rates[LAYERS];
  rfgsnn_array places = DOUBLES(outputs, SAMPLES, OUTPUTS);
  OK(rfgsnn_state_create(f->network, SAMPLES, &state));
  for (int round = 0; round < 2; ++round) {
    for (int time = 0; time < TIME_STEPS; ++time) {
      OK(rfgsnn_state_step(state, &f->inputs, time < TIME_STEPS - 1 ? NULL : &places));
      for (int32_t layer = 0; layer < LAYERS; ++layer) {
        int64_t shape[2] = {SAMPLES, neurons[layer]};
        rfgsnn_array spike_places = view(spikes, 64, 2, shape),
                     membrane_places = view(membrane, 64, 2, shape);
        OK(rfgsnn_state_spikes(state, layer, &spike_places));
        OK(rfgsnn_state_membrane(state, layer, &membrane_places));
        bool sound = true;
        for (int64_t place = 0; place < SAMPLES * neurons[layer]; ++place) {
          double spike = spikes[place];
          sound = sound && (spike == 0 || spike == 1 || spike == -1) && isfinite(membrane[place]);
          if (round == 0) fired[layer] += fabs(spike) / (double)(SAMPLES * neurons[layer] * TIME_STEPS);
        }
        CHECK(sound);
      }
    }
    CHECK(memcmp(outputs, predicted, sizeof outputs) == 0);
    OK(rfgsnn_state_reset(state));
  }

  group("a reset state is at rest");
  int64_t shape[2] = {SAMPLES, 7};
  rfgsnn_array spike_places = view(spikes, 64, 2, shape), membrane_places = view(membrane, 64, 2, shape);
  OK(rfgsnn_state_spikes(state, 0, &spike_places));
  OK(rfgsnn_state_membrane(state, 0, &membrane_places));
  for (int place = 0; place < SAMPLES * 7; ++place) CHECK(spikes[place] == 0 && membrane[place] == 0);

  group("firing rates are the mean of the spikes that a state shows");
  OK(rfgsnn_network_firing_rates(f->network, &f->inputs, 1, rates, LAYERS));
  for (int layer = 0; layer < LAYERS; ++layer) {
    CHECK(rates[layer] > 0 && rates[layer] < 1);
    CHECK(fabs(rates[layer] - fired[layer]) < 1e-12);
  }

  group("a state may go on beyond the network's time steps, and lives with changed parameters");
  for (int time = 0; time < 3 * TIME_STEPS; ++time) OK(rfgsnn_state_step(state, &f->inputs, &places));
  parameters_of(f->network)[0] += 0.5f;
  OK(rfgsnn_state_step(state, &f->inputs, &places));
  parameters_of(f->network)[0] -= 0.5f;
  OK(rfgsnn_state_free(state));
}

static void scaling(void) {
  group("scaling is read back as it was set, in parts");
  double shift[2] = {0.5, -0.25}, scale[2] = {2, -4}, read_shift[2], read_scale[2], out_shift[2],
         out_scale[2];
  OK(rfgsnn_network_set_scaling(f->network, shift, NULL, 2, NULL, scale, 2));
  OK(rfgsnn_network_scaling(f->network, read_shift, read_scale, 2, out_shift, out_scale, 2));
  CHECK(memcmp(read_shift, shift, sizeof shift) == 0 && memcmp(out_scale, scale, sizeof scale) == 0);
  CHECK(read_scale[0] == 1 && read_scale[1] == 1 && out_shift[0] == 0 && out_shift[1] == 0);

  group("scaled inputs and outputs are the host's units");
  double plain[SAMPLES][OUTPUTS], scaled[SAMPLES][OUTPUTS];
  double one[2] = {1, 1}, zero[2] = {0, 0};
  OK(rfgsnn_network_set_scaling(f->network, zero, one, 2, zero, one, 2));
  predict(f->network, plain);
  CHECK(memcmp(plain, predicted, sizeof plain) == 0);
  double shifts[2] = {3, -2}, scales[2] = {4, 0.5}, saved[SAMPLES][INPUTS];
  memcpy(saved, f->x, sizeof saved);
  OK(rfgsnn_network_set_scaling(f->network, shifts, scales, 2, shifts, scales, 2));
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int input = 0; input < INPUTS; ++input) {
      f->x[sample][input] = shifts[input] + scales[input] * saved[sample][input];
    }
  }
  predict(f->network, scaled);
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int output = 0; output < OUTPUTS; ++output) {
      double expected = shifts[output] + scales[output] * plain[sample][output];
      CHECK(fabs(scaled[sample][output] - expected) < 1e-5);
    }
  }

  group("scaling from data is what its name says");
  double column_min = INFINITY, column_max = -INFINITY, mean = 0, deviation = 0;
  for (int sample = 0; sample < SAMPLES; ++sample) {
    double x = f->x[sample][0];
    column_min = fmin(column_min, x);
    column_max = fmax(column_max, x);
    mean += x / SAMPLES;
  }
  for (int sample = 0; sample < SAMPLES; ++sample) deviation += pow(f->x[sample][0] - mean, 2) / SAMPLES;
  OK(rfgsnn_network_fit_scaling(f->network, "minmax", &f->inputs, 1, &f->targets));
  OK(rfgsnn_network_scaling(f->network, read_shift, read_scale, 2, NULL, NULL, 0));
  CHECK(fabs(read_shift[0] - (column_min + column_max) / 2) < 1e-12);
  CHECK(fabs(read_scale[0] - (column_max - column_min) / 2) < 1e-12);
  OK(rfgsnn_network_fit_scaling(f->network, "standard", &f->inputs, 1, NULL));
  OK(rfgsnn_network_scaling(f->network, read_shift, read_scale, 2, NULL, NULL, 0));
  CHECK(fabs(read_shift[0] - mean) < 1e-12 && fabs(read_scale[0] - sqrt(deviation)) < 1e-12);
  double constant[SAMPLES] = {0};
  for (int sample = 0; sample < SAMPLES; ++sample) constant[sample] = 7;
  rfgsnn_array same = DOUBLES(constant, SAMPLES, INPUTS);
  same.strides = SHAPE(1, 0);
  OK(rfgsnn_network_fit_scaling(f->network, "minmax", &same, 1, NULL));
  OK(rfgsnn_network_scaling(f->network, read_shift, read_scale, 2, NULL, NULL, 0));
  CHECK(read_shift[1] == 7 && read_scale[1] == 1);
  OK(rfgsnn_network_fit_scaling(f->network, "none", &f->inputs, 1, &f->targets));
  memcpy(f->x, saved, sizeof saved);
  predict(f->network, plain);
  CHECK(memcmp(plain, predicted, sizeof plain) == 0);
}

static void clones(void) {
  group("a clone predicts the same and then goes its own way");
  rfgsnn_network *clone;
  double shift[2] = {1, 2}, read_shift[2], outputs[SAMPLES][OUTPUTS], of_clone[SAMPLES][OUTPUTS];
  OK(rfgsnn_network_set_scaling(f->network, NULL, NULL, 0, shift, NULL, 2));
  OK(rfgsnn_network_clone(f->network, &clone));
  predict(f->network, outputs);
  predict(clone, of_clone);
  CHECK(memcmp(outputs, of_clone, sizeof outputs) == 0);
  OK(rfgsnn_network_scaling(clone, NULL, NULL, 0, read_shift, NULL, 2));
  CHECK(memcmp(shift, read_shift, sizeof shift) == 0);
  CHECK(parameters_of(clone) != parameters_of(f->network));
  parameters_of(clone)[parameter_count(clone) - 1] += 1;
  predict(f->network, of_clone);
  CHECK(memcmp(outputs, of_clone, sizeof outputs) == 0);
  predict(clone, of_clone);
  CHECK(memcmp(outputs, of_clone, sizeof outputs) != 0);
  OK(rfgsnn_network_free(clone));
  OK(rfgsnn_network_fit_scaling(f->network, "none", &f->inputs, 1, &f->targets));
}

static void readout_solve(void) {
  group("the closed-form readout lowers the loss to what it says, and changes only the readout");
  float *before = copy_parameters(f->network), *values = parameters_of(f->network);
  int64_t count = parameter_count(f->network);
  double error = mean_squared_error(f->network), loss, tighter, looser;
  OK(rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, 1e-6, &loss, NULL));
  CHECK(loss < error);
  CHECK(fabs(mean_squared_error(f->network) - loss) < 1e-5 * loss + 1e-9);
  CHECK(memcmp(before, values, (size_t)(count - 12) * sizeof(float)) == 0);
  CHECK(memcmp(before + count - 12, values + count - 12, 12 * sizeof(float)) != 0);
  OK(rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, 1e-9, &tighter, NULL));
  OK(rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, 1, &looser, NULL));
  CHECK(tighter <= loss * (1 + 1e-9) && loss < looser);
  OK(rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, 1e-6, NULL, NULL));

  group("a lambda of 0 is chosen, from the network's seed, and told");
  double chosen = -1, again = -1, wanted;
  OK(rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, 0, &loss, &chosen));
  CHECK(chosen >= 1e-9 && chosen <= 1e-2);
  OK(rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, 0, NULL, &again));
  CHECK_EQUAL(again, chosen);
  OK(rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, chosen, &wanted, &again));
  CHECK(fabs(wanted - loss) < 1e-9 * loss);
  CHECK_EQUAL(again, chosen);

  group("fewer samples than neurons, or silent neurons, still have a finite solution");
  double y[3][OUTPUTS] = {{1, 0}, {0, 1}, {1, 1}};
  rfgsnn_array few = DOUBLES(f->x, 3, INPUTS), few_targets = DOUBLES(y, 3, OUTPUTS);
  OK(rfgsnn_network_solve_readout(f->network, &few, 1, &few_targets, 0, &loss, NULL));
  for (int64_t index = 0; index < count; ++index) CHECK(isfinite(values[index]));
  memset(values, 0, (size_t)(count - 12) * sizeof(float));
  OK(rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, 0, &loss, NULL));
  CHECK(fabs(mean_squared_error(f->network) - loss) < 1e-5 * loss); /* the mean of the targets */

  group("a readout that cannot be solved for is refused");
  OK(rfgsnn_network_set_parameters(f->network, before, count));
  free(before);
  fixture *spiking = fixture_make("readout=spiking");
  watch(spiking->network);
  REFUSED(RFGSNN_ERROR_UNSUPPORTED,
          rfgsnn_network_solve_readout(spiking->network, &f->inputs, 1, &f->targets, 1e-6, NULL, NULL), "readout",
          "linear");
  set_options(spiking->options, "readout_solve=end");
  REFUSED(RFGSNN_ERROR_UNSUPPORTED,
          rfgsnn_trainer_create(spiking->network, spiking->options, &(rfgsnn_trainer *){NULL}),
          "readout_solve");
  int32_t layers;
  int64_t all_neurons;
  OK(rfgsnn_network_shape(spiking->network, NULL, NULL, NULL, &layers, &all_neurons));
  CHECK(layers == 3 && all_neurons == 14);
  watch(NULL);
  fixture_free(spiking);
}

int main(void) {
  group("a network predicts");
  f = fixture_make("input_gain=3");
  predict(f->network, predicted);
  CHECK(predicted[0][0] != predicted[1][0]);
  tensors();
  parameters();
  states();
  scaling();
  clones();
  readout_solve();
  fixture_free(f);
  return summary();
}
