#include "operator_fixture.h"

#include <math.h>
#include <stddef.h>

#include "check.h"
#include "fixture.h"

double sensors[FUNCTIONS][SENSORS];
double points[POINTS], own_points[FUNCTIONS][POINTS];
double axis_0[WIDE], axis_1[HIGH];

/* Functions a + b x. */
static double slope(int f) { return sin(7.0 * f); }
static double offset(int f) { return cos(5.0 * f); }

double integral(int f, double x) { return offset(f) * x + slope(f) * x * x / 2; }

void make_data(void) {
  for (int f = 0; f < FUNCTIONS; ++f) {
    for (int s = 0; s < SENSORS; ++s) sensors[f][s] = offset(f) + slope(f) * s / (SENSORS - 1.0);
    for (int p = 0; p < POINTS; ++p) own_points[f][p] = fmod(0.37 * f + 0.21 * p, 1.0);
  }
  for (int p = 0; p < POINTS; ++p) points[p] = p / (POINTS - 1.0);
  for (int i = 0; i < WIDE; ++i) axis_0[i] = i / (WIDE - 1.0);
  for (int j = 0; j < HIGH; ++j) axis_1[j] = j / (HIGH - 1.0);
}

rfgsnn_network *network_of(const char *words) {
  rfgsnn_options *options = options_of("inputs=5 outputs=1 hidden=12 trunk_hidden=10 latent=6 time_steps=8 threads=1");
  rfgsnn_network *network = NULL;
  set_options(options, words);
  OK(rfgsnn_network_create(options, &network));
  OK(rfgsnn_options_free(options));
  return network;
}

rfgsnn_trainer *trainer_of(rfgsnn_network *network, const char *words) {
  rfgsnn_options *options = options_of(words);
  rfgsnn_trainer *trainer = NULL;
  OK(rfgsnn_trainer_create(network, options, &trainer));
  OK(rfgsnn_options_free(options));
  return trainer;
}
