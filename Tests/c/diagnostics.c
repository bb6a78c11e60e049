/* What estimates are worth, what neurons do, and advice. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

enum { LAYERS = 2 };

static void values(void) {
  group("an exact estimator has cosine 1, no bias and no noise; noise lowers the cosine");
  fixture *f = fixture_make("estimator=exact_forward tangent=full");
  const char *reference = NULL, *text = NULL;
  double cosine, bias, variance, signal_to_noise;
  OK(rfgsnn_trainer_diagnose(f->trainer, &f->inputs, 1, &f->targets, 3, &reference, &cosine, &bias, &variance,
                             &signal_to_noise));
  CHECK_TEXT(reference, "bptt");
  CHECK(fabs(cosine - 1) < 1e-5 && bias < 1e-3 && variance == 0 && isinf(signal_to_noise));
  OK(rfgsnn_trainer_advice(f->trainer, &text));
  CHECK(strlen(text) > 0 && text[strlen(text) - 1] == '.');
  fixture_free(f);

  f = fixture_make("estimator=rfg_global tangent=full directions=4");
  OK(rfgsnn_trainer_diagnose(f->trainer, &f->inputs, 1, &f->targets, 200, NULL, &cosine, NULL, &variance,
                             &signal_to_noise));
  CHECK(cosine > 0.1 && cosine < 0.7);
  /* n_h |g|^2 / |g_h|^2 / K, of 61 parameters and of 49 without the readout's. */
  CHECK(variance > 8 && fabs(variance * signal_to_noise - 1) < 1e-12);
  OK(rfgsnn_trainer_diagnose(f->trainer, &f->inputs, 1, &f->targets, 2, NULL, NULL, &bias, NULL, NULL));
  CHECK(isnan(bias)); /* two draws cannot tell */
  OK(rfgsnn_trainer_diagnose(f->trainer, &f->inputs, 1, &f->targets, 2, NULL, NULL, NULL, NULL, NULL));
  fixture_free(f);
}

static void no_mark(void) {
  group("a diagnosis leaves no mark: the same training with and without");
  float *ends[2];
  int64_t held[2], updates;
  for (int round = 0; round < 2; ++round) {
    fixture *f = fixture_make("estimator=weight_mirror");
    for (int update = 0; update < 3; ++update) {
      OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
      if (round) {
        watch(f->network);
        OK(rfgsnn_trainer_diagnose(f->trainer, &f->inputs, 1, &f->targets, 3, NULL, NULL, NULL, NULL, NULL));
        watch(NULL);
      }
      OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL));
      OK(rfgsnn_update(f->trainer));
    }
    OK(rfgsnn_trainer_updates(f->trainer, &updates));
    OK(rfgsnn_trainer_memory(f->trainer, &held[round], NULL));
    CHECK_EQUAL(updates, 3);
    ends[round] = copy_parameters(f->network);
    if (round) {
      CHECK(memcmp(ends[0], ends[1], (size_t)parameter_count(f->network) * sizeof(float)) == 0);
      CHECK_EQUAL(held[0], held[1]);
    }
    fixture_free(f);
  }
  free(ends[0]);
  free(ends[1]);
}

static void activity(void) {
  group("activity: rates as rfgsnn_network_firing_rates, dead and saturated neurons as they were made");
  fixture *f = fixture_make("");
  double rates[LAYERS], expected[LAYERS], dead[LAYERS], saturated[LAYERS];
  float *p = parameters_of(f->network);
  /* layer0: 2 x 7 weights, 7 biases; layer1: 7 x 5 weights, 5 biases. */
  p[14] = p[15] = 50;
  for (int neuron = 0; neuron < 4; ++neuron) {
    for (int input = 0; input < 7; ++input) p[21 + 5 * input + neuron] = 0;
    p[56 + neuron] = 0;
  }
  OK(rfgsnn_network_activity(f->network, &f->inputs, 1, rates, dead, saturated, LAYERS));
  OK(rfgsnn_network_firing_rates(f->network, &f->inputs, 1, expected, LAYERS));
  CHECK(memcmp(rates, expected, sizeof rates) == 0);
  CHECK(saturated[0] > 1.99 / 7 && saturated[1] == 0 && dead[1] > 3.99 / 5);
  OK(rfgsnn_network_activity(f->network, &f->inputs, 1, NULL, NULL, NULL, LAYERS));

  group("a dead layer is told in the advice, which lives until the next diagnosis");
  const char *text, *again;
  OK(rfgsnn_trainer_diagnose(f->trainer, &f->inputs, 1, &f->targets, 3, NULL, NULL, NULL, NULL, NULL));
  OK(rfgsnn_trainer_advice(f->trainer, &text));
  CHECK(strstr(text, "layer 1") && strstr(text, "never spike") && strstr(text, "calibrate"));
  OK(rfgsnn_trainer_advice(f->trainer, &again));
  CHECK(text == again);
  fixture_free(f);
}

static void refused(void) {
  group("wrong calls are refused and leave outputs alone");
  fixture *f = fixture_make("");
  double numbers[LAYERS] = {-1, -1};
  const char *text = NULL;
  watch(f->network);
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_trainer_advice(f->trainer, &text), "trainer", "diagnose");
  REFUSED(RFGSNN_ERROR_NULL_POINTER, rfgsnn_trainer_advice(f->trainer, NULL), "text");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE,
          rfgsnn_trainer_diagnose(f->trainer, &f->inputs, 1, &f->targets, 1, NULL, numbers, NULL, NULL, NULL),
          "draws");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE,
          rfgsnn_trainer_diagnose(f->trainer, &f->inputs, 1, &f->targets, 1025, NULL, numbers, NULL, NULL, NULL),
          "draws");
  REFUSED(RFGSNN_ERROR_SHAPE,
          rfgsnn_network_activity(f->network, &f->inputs, 1, numbers, NULL, NULL, LAYERS + 1), "count");
  CHECK(text == NULL && numbers[0] == -1 && numbers[1] == -1);
  watch(NULL);
  parameters_of(f->network)[0] = NAN;
  CHECK(rfgsnn_trainer_diagnose(f->trainer, &f->inputs, 1, &f->targets, 3, NULL, numbers, NULL, NULL, NULL) ==
        RFGSNN_ERROR_NOT_FINITE);
  CHECK(numbers[0] == -1);
  fixture_free(f);

  group("targets of zeros have no relative_l2");
  f = fixture_make("loss=relative_l2");
  memset(f->y, 0, sizeof f->y);
  CHECK(rfgsnn_trainer_diagnose(f->trainer, &f->inputs, 1, &f->targets, 3, NULL, numbers, NULL, NULL, NULL) ==
        RFGSNN_ERROR_NOT_FINITE);
  fixture_free(f);
}

int main(void) {
  int64_t before = memory_held();
  values();
  no_mark();
  activity();
  refused();
  group("nothing is kept");
  CHECK_EQUAL(memory_held(), before);
  return summary();
}
