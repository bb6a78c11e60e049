/* Options of directions: what is made of them, word by word, and the combinations that make no sense. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

static double loss_of(fixture *f) {
  double outputs[SAMPLES][OUTPUTS], sum = 0;
  rfgsnn_array places = DOUBLES(outputs, SAMPLES, OUTPUTS);
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &places));
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int output = 0; output < OUTPUTS; ++output) {
      double error = outputs[sample][output] - f->y[sample][output];
      sum += error * error;
    }
  }
  return sum / (SAMPLES * OUTPUTS);
}

static void train(fixture *f) {
  rfgsnn_status status = rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL);
  CHECK_EQUAL(status, RFGSNN_STOPPED_STEPS);
}

static void training(void) {
  static const char *const estimators[] = {"rfg_global", "rfg_layerwise", "rfg_tensorwise", "black_box"};
  static const char *const words[] = {"direction_law=sphere",
                                      "direction_law=hadamard",
                                      "direction_law=low_rank",
                                      "direction_law=low_rank direction_rank=3 tangent=full",
                                      "direction_mask=0.5",
                                      "direction_law=gaussian direction_mask=0.25",
                                      "aggregation=projection",
                                      "aggregation=projection projection_scale=unbiased",
                                      "aggregation=projection projection_scale=none direction_law=low_rank",
                                      "guide=momentum",
                                      "guide=momentum guide_rule=no aggregation=projection",
                                      "black_box_sigma_final=0.2"};
  for (int which = 0; which < 4; ++which) {
    group(estimators[which]);
    for (int word = 0; word < (int)(sizeof words / sizeof *words); ++word) {
      char all[300];
      snprintf(all, sizeof all,
               "estimator=%s %s directions=8 learning_rate=0.02 black_box_sigma=0.1 steps=150 threads=1",
               estimators[which], words[word]);
      fixture *f = fixture_make(all);
      double before = loss_of(f);
      train(f);
      if (!CHECK(loss_of(f) < 0.7 * before)) printf("  with %s: %g, %g before\n", all, loss_of(f), before);
      fixture_free(f);
    }
  }
  group("rfg_activity takes every law of its neurons");
  static const char *const laws[] = {"direction_law=sphere", "direction_law=hadamard directions=16",
                                     "direction_mask=0.3"};
  for (int law = 0; law < 3; ++law) {
    char all[200];
    snprintf(all, sizeof all, "%s learning_rate=0.02 steps=150", laws[law]);
    fixture *f = fixture_make(all);
    double before = loss_of(f);
    train(f);
    CHECK(loss_of(f) < 0.5 * before);
    fixture_free(f);
  }
}

/* Creating a trainer with these words is refused with a sentence that holds the others. */
static void refused(fixture *f, const char *words, const char *option, const char *remedy) {
  rfgsnn_options *options = options_of(words);
  rfgsnn_trainer *trainer = NULL;
  REFUSED(RFGSNN_ERROR_UNSUPPORTED, rfgsnn_trainer_create(f->network, options, &trainer), option, remedy);
  CHECK(trainer == NULL);
  OK(rfgsnn_options_free(options));
}

static void refusals(void) {
  group("what does not go together is refused, and what would is named");
  fixture *f = fixture_make("");
  watch(f->network);
  refused(f, "direction_law=low_rank", "direction_law", "rfg_tensorwise");
  refused(f, "estimator=bptt direction_law=low_rank", "direction_law", "black_box");
  refused(f, "estimator=rfg_global direction_law=low_rank direction_mask=0.5", "direction_mask", "= 0");
  refused(f, "estimator=exact_forward direction_law=hadamard", "direction_law", "rfg_activity");
  refused(f, "estimator=bptt direction_mask=0.5", "direction_mask", "rfg_activity");
  refused(f, "aggregation=projection", "aggregation", "rfg_global");
  refused(f, "estimator=exact_forward aggregation=projection", "aggregation", "mean");
  refused(f, "guide=momentum", "guide", "rfg_layerwise");
  refused(f, "estimator=bptt guide=momentum", "guide", "none");
  rfgsnn_options *options = options_of("");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_float(options, "direction_mask", 1), "0 <= x < 1");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_int(options, "direction_rank", 0), "direction_rank");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_float(options, "black_box_sigma_final", 0),
          "black_box_sigma_final");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_string(options, "direction_law", "low-rank"),
          "did you mean \"low_rank\"");
  OK(rfgsnn_options_free(options));
  watch(NULL);
  fixture_free(f);
}

int main(void) {
  training();
  refusals();
  return summary();
}
