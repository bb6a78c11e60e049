/* A million time steps: no sum over them loses its digits, however the readout weighs them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

enum { MILLION = 1000000 };

/* The mean spike train of an integrate-and-fire neuron with a constant current, weighed by a readout. Currents are
 * multiples of 1 / 1024, so that membrane potentials are exact. */
static double exact(double current, const char *readout, double leak) {
  double membrane = 0, sum = 0, weights = 0, weight;
  for (int64_t step = 1; step <= MILLION; ++step) {
    membrane += current;
    int spike = membrane >= 1;
    membrane -= spike;
    if (strcmp(readout, "leaky") == 0) {
      sum *= leak;
      weights *= leak;
      weight = 1;
    } else {
      weight = strcmp(readout, "tapered") == 0 ? (double)step * (double)(MILLION + 1 - step) : 1;
    }
    sum += weight * spike;
    weights += weight;
  }
  return sum / weights;
}

static void readouts(void) {
  group("readouts of a million time steps are those of exact arithmetic");
  const char *words[][2] = {{"linear", ""}, {"tapered", ""}, {"leaky", "readout_leak=0.99999"}};
  for (int kind = 0; kind < 3; ++kind) {
    char text[200] = "inputs=1 outputs=1 hidden=1 time_steps=1000000 threads=1 readout=";
    strcat(strcat(strcat(text, words[kind][0]), " "), words[kind][1]);
    rfgsnn_options *options = options_of(text);
    rfgsnn_network *network;
    double currents[] = {1 / 1024.0, 131 / 1024.0, 700 / 1024.0, 1023 / 1024.0, 1}, outputs[5];
    float identity[] = {1, 0, 1, 0};
    rfgsnn_array in = DOUBLES(currents, 5, 1), out = DOUBLES(outputs, 5, 1);
    OK(rfgsnn_network_create(options, &network));
    OK(rfgsnn_network_set_parameters(network, identity, 4));
    OK(rfgsnn_network_predict(network, &in, 1, &out));
    for (int index = 0; index < 5; ++index) {
      double wanted = exact(currents[index], words[kind][0], (double)0.99999f);
      CHECK(fabs(outputs[index] - wanted) < 1e-5 * wanted);
    }
    OK(rfgsnn_network_free(network));
    OK(rfgsnn_options_free(options));
  }
}

static void mean_inputs(void) {
  group("so are the mean inputs that gradients are made of");
  rfgsnn_options *options = options_of("inputs=1 outputs=1 hidden=1 time_steps=1000000 threads=1");
  rfgsnn_network *network;
  rfgsnn_trainer *trainer;
  double current = 0.1, target = 1;
  float parameters[] = {4, 0.25f, 1, 0};
  rfgsnn_array in = DOUBLES(&current, 1, 1), wanted = DOUBLES(&target, 1, 1);
  const float *gradient;
  int64_t count;
  OK(rfgsnn_network_create(options, &network));
  OK(rfgsnn_network_set_parameters(network, parameters, 4));
  OK(rfgsnn_trainer_create(network, options, &trainer));
  OK(rfgsnn_forward(trainer, &in, 1, NULL));
  OK(rfgsnn_estimate_gradient(trainer, &wanted, NULL));
  OK(rfgsnn_gradient(trainer, &gradient, &count));
  CHECK(gradient[1] != 0);
  /* Of weight and bias; what is left is the rounding of the first level. */
  CHECK(fabs((double)gradient[0] - 0.1 * (double)gradient[1]) < 1e-4 * fabs((double)gradient[0]));
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(network));
  OK(rfgsnn_options_free(options));
}

static void by_steps(void) {
  group("a long pass has the same bits whether the host steps or not");
  const char *estimators[] = {"estimator=rfg_activity", "estimator=rfg_layerwise",
                              "estimator=rfg_global readout=tapered"};
  for (int index = 0; index < 3; ++index) {
    char words[200] = "time_steps=9001 ";
    fixture *f = fixture_make(strcat(words, estimators[index]));
    rfgsnn_array inputs = DOUBLES(f->x, 3, INPUTS), targets = DOUBLES(f->y, 3, OUTPUTS);
    double whole[3][OUTPUTS], stepped[3][OUTPUTS];
    rfgsnn_array first = DOUBLES(whole, 3, OUTPUTS), second = DOUBLES(stepped, 3, OUTPUTS);
    size_t bytes = (size_t)parameter_count(f->network) * sizeof(float);
    float *kept = malloc(bytes);
    const float *gradient;
    int64_t count;
    OK(rfgsnn_perturb(f->trainer, 4));
    OK(rfgsnn_forward(f->trainer, &inputs, 1, &first));
    OK(rfgsnn_estimate_gradient(f->trainer, &targets, NULL));
    OK(rfgsnn_gradient(f->trainer, &gradient, &count));
    memcpy(kept, gradient, bytes);
    OK(rfgsnn_perturb(f->trainer, 4));
    rfgsnn_status status = RFGSNN_OK;
    for (int step = 0; step < 9000 && status == RFGSNN_OK; ++step)
      status = rfgsnn_step(f->trainer, &inputs, NULL);
    OK(status);
    OK(rfgsnn_step(f->trainer, &inputs, &second));
    OK(rfgsnn_estimate_gradient(f->trainer, &targets, NULL));
    CHECK(memcmp(whole, stepped, sizeof whole) == 0);
    CHECK(memcmp(kept, gradient, bytes) == 0);
    free(kept);
    fixture_free(f);
  }
}

int main(void) {
  readouts();
  mean_inputs();
  by_steps();
  return summary();
}
