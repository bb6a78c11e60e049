/* Black box: the host is asked for the losses of perturbed parameters, and trains by telling them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

enum { UPDATES = 150, DIRECTIONS = 8 };

static fixture *f;
static rfgsnn_network *solver;
static int64_t count;
static float *live;
static size_t bytes;

/* The loss of some parameters, by a solver of the host's: here, prediction with a clone. */
static double evaluate(const float *parameters) {
  double outputs[SAMPLES][OUTPUTS], sum = 0;
  rfgsnn_array places = DOUBLES(outputs, SAMPLES, OUTPUTS);
  OK(rfgsnn_network_set_parameters(solver, parameters, count));
  OK(rfgsnn_network_predict(solver, &f->inputs, 1, &places));
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int output = 0; output < OUTPUTS; ++output)
      sum += pow(outputs[sample][output] - f->y[sample][output], 2);
  }
  return sum / (SAMPLES * OUTPUTS);
}

static void training(void) {
  group("told losses that it found by itself, the host trains; asking leaves the parameters alone");
  float *asked = malloc(bytes);
  double losses[2 * DIRECTIONS], first = evaluate(live);
  for (int update = 0; update < UPDATES; ++update) {
    float *before = copy_parameters(f->network);
    for (int index = 0; index < 2 * DIRECTIONS; ++index) {
      OK(rfgsnn_perturbed_parameters(f->trainer, index, asked, count));
      losses[index] = evaluate(asked);
    }
    CHECK(memcmp(before, live, bytes) == 0);
    free(before);
    OK(rfgsnn_estimate_gradient_from_losses(f->trainer, losses, 2 * DIRECTIONS));
    OK(rfgsnn_update(f->trainer));
  }
  CHECK(evaluate(live) < 0.8 * first);
  free(asked);
}

static void copies(void) {
  group("copies 2k and 2k + 1 are theta + sigma v and theta - sigma v");
  float *plus = malloc(bytes), *minus = malloc(bytes);
  OK(rfgsnn_perturb(f->trainer, 0));
  OK(rfgsnn_perturbed_parameters(f->trainer, 2, plus, count));
  OK(rfgsnn_perturbed_parameters(f->trainer, 3, minus, count));
  for (int64_t index = 0; index < count; ++index) {
    double middle = ((double)plus[index] + (double)minus[index]) / 2;
    CHECK(fabs(fabs((double)plus[index] - middle) - 0.05) < 1e-5); /* Rademacher directions */
    CHECK(fabs(middle - (double)live[index]) < 1e-5);
  }
  free(plus);
  free(minus);
}

static void refusals(void) {
  group("index, count, losses and order are checked");
  float *asked = malloc(bytes);
  double losses[2 * DIRECTIONS] = {0};
  rfgsnn_trainer *trainer = f->trainer;
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_perturbed_parameters(trainer, 16, asked, count), "index", "15");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_perturbed_parameters(trainer, -1, asked, count), "index");
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_perturbed_parameters(trainer, 0, asked, count - 1), "count");
  REFUSED(RFGSNN_ERROR_SHAPE, rfgsnn_estimate_gradient_from_losses(trainer, losses, 8), "count", "16");
  losses[5] = NAN;
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_estimate_gradient_from_losses(trainer, losses, 16), "losses",
          "element 5");
  losses[5] = 1;
  OK(rfgsnn_estimate_gradient_from_losses(trainer, losses, 16));
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient_from_losses(trainer, losses, 16), "losses",
          "perturb");
  free(asked);
}

int main(void) {
  group("a trainer and a solver of the host's are made");
  f = fixture_make("estimator=black_box directions=8 black_box_sigma=0.05 learning_rate=0.02 steps=150");
  OK(rfgsnn_network_clone(f->network, &solver));
  count = parameter_count(f->network);
  live = parameters_of(f->network);
  bytes = (size_t)count * sizeof(float);
  training();
  copies();
  watch(f->network);
  refusals();
  watch(NULL);
  OK(rfgsnn_network_free(solver));
  fixture_free(f);
  return summary();
}
