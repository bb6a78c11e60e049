/* rfgsnn_fit: why it stops, what it records, what it leaves behind. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

static rfgsnn_status fit(fixture *f) {
  return rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL);
}

static rfgsnn_status fit_validated(fixture *f) {
  return rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, &f->inputs, 1, &f->targets, NULL, NULL);
}

static int64_t updates_of(fixture *f) {
  int64_t updates = -1;
  OK(rfgsnn_trainer_updates(f->trainer, &updates));
  return updates;
}

static double loss_of(fixture *f) {
  double outputs[SAMPLES][OUTPUTS], sum = 0;
  rfgsnn_array places = DOUBLES(outputs, SAMPLES, OUTPUTS);
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &places));
  for (int sample = 0; sample < SAMPLES; ++sample) {
    for (int output = 0; output < OUTPUTS; ++output)
      sum += pow(outputs[sample][output] - f->y[sample][output], 2);
  }
  return sum / (SAMPLES * OUTPUTS);
}

static void stops(void) {
  group("fit stops when all steps are done, and may be called again");
  fixture *f = fixture_make("steps=200 learning_rate=0.01 batch_size=16 directions=4");
  double before = loss_of(f);
  CHECK_EQUAL(fit(f), RFGSNN_STOPPED_STEPS);
  CHECK_EQUAL(updates_of(f), 200);
  CHECK(loss_of(f) < 0.8 * before);
  CHECK_EQUAL(fit(f), RFGSNN_STOPPED_STEPS);
  CHECK_EQUAL(updates_of(f), 400);
  fixture_free(f);

  group("fit stops at its loss target");
  f = fixture_make("steps=1000 loss_target=1000 report_interval=10");
  CHECK_EQUAL(fit(f), RFGSNN_STOPPED_TARGET);
  CHECK_EQUAL(updates_of(f), 10);
  fixture_free(f);

  group("fit stops when the validation loss no longer falls, and brings back the best parameters");
  f = fixture_make(
      "steps=1000 patience=3 report_interval=1 learning_rate=300 schedule=constant optimizer=sgd");
  rfgsnn_status status = fit_validated(f);
  CHECK(status == RFGSNN_STOPPED_EARLY || status == RFGSNN_ERROR_NOT_FINITE);
  double losses[1000], validation[1000], best = INFINITY;
  int64_t steps[1000], count;
  OK(rfgsnn_trainer_history(f->trainer, 0, 1000, steps, losses, validation, &count));
  CHECK(count >= 3 && count < 1000);
  for (int64_t index = 0; index < count; ++index) {
    CHECK(steps[index] == index + 1 && isfinite(losses[index]));
    best = fmin(best, validation[index]);
  }
  if (status == RFGSNN_STOPPED_EARLY) CHECK(fabs(loss_of(f) - best) < 1e-6 * best);
  fixture_free(f);

  group("a stop that was requested before fit stops it at once, and not the next one");
  f = fixture_make("");
  OK(rfgsnn_request_stop(f->trainer));
  CHECK_EQUAL(fit(f), RFGSNN_STOPPED_REQUEST);
  CHECK_EQUAL(updates_of(f), 0);
  CHECK_EQUAL(fit(f), RFGSNN_STOPPED_STEPS);
  fixture_free(f);

  group("patience needs a validation set");
  f = fixture_make("patience=3");
  watch(f->network);
  REFUSED(RFGSNN_ERROR_UNSUPPORTED, fit(f), "patience", "validation set");
  REFUSED(RFGSNN_ERROR_NULL_POINTER,
          rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, &f->inputs, 1, NULL, NULL, NULL),
          "validation_targets");
  REFUSED(RFGSNN_ERROR_NULL_POINTER,
          rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, &f->targets, NULL, NULL),
          "validation_inputs");
  watch(NULL);
  fixture_free(f);
}

static void history(void) {
  group("history holds one record per report, and is read in parts");
  fixture *f = fixture_make("steps=20 report_interval=4");
  int64_t steps[8], count = -1;
  double losses[8], validation[8];
  OK(rfgsnn_trainer_history(f->trainer, 0, 0, NULL, NULL, NULL, &count));
  CHECK_EQUAL(count, 0);
  CHECK_EQUAL(fit(f), RFGSNN_STOPPED_STEPS);
  steps[5] = -7;
  OK(rfgsnn_trainer_history(f->trainer, 0, 8, steps, losses, validation, &count));
  CHECK_EQUAL(count, 5);
  CHECK_EQUAL(steps[5], -7);
  for (int index = 0; index < 5; ++index) {
    CHECK(steps[index] == 4 * (index + 1) && losses[index] > 0 && isnan(validation[index]));
  }
  int64_t part[3] = {0, 0, -7};
  OK(rfgsnn_trainer_history(f->trainer, 3, 2, part, NULL, NULL, &count));
  CHECK(part[0] == 16 && part[1] == 20 && part[2] == -7 && count == 5);
  OK(rfgsnn_trainer_history(f->trainer, 5, 3, part, NULL, NULL, NULL));
  OK(rfgsnn_trainer_history(f->trainer, INT64_MAX, INT64_MAX, part, NULL, NULL, &count));
  CHECK(part[0] == 16 && count == 5);
  fixture_free(f);
}

static void with_one_batch(void) {
  group("fit on one batch of all samples learns what the five verbs learn");
  /* The order of the samples in the batch is fit's own, and so the directions of each. */
  static const char words[] = "estimator=exact_forward batch_size=1000 clip_norm=1 accumulate=2";
  fixture *fitted = fixture_make(words), *by_hand = fixture_make(words);
  CHECK_EQUAL(fit(fitted), RFGSNN_STOPPED_STEPS);
  for (int step = 0; step < 20; ++step) {
    for (int estimate = 0; estimate < 2; ++estimate) {
      OK(rfgsnn_forward(by_hand->trainer, &by_hand->inputs, 1, NULL));
      OK(rfgsnn_estimate_gradient(by_hand->trainer, &by_hand->targets, NULL));
    }
    OK(rfgsnn_update(by_hand->trainer));
  }
  float *left = parameters_of(fitted->network), *right = parameters_of(by_hand->network);
  for (int64_t index = 0; index < parameter_count(fitted->network); ++index) {
    CHECK(fabs((double)left[index] - (double)right[index]) < 1e-3);
  }
  CHECK(fabs(loss_of(fitted) - loss_of(by_hand)) < 0.02 * loss_of(by_hand));
  fixture_free(fitted);
  fixture_free(by_hand);
}

static void readout_solves(void) {
  group("the readout is solved for at the start, now and then, and at the end");
  static const char *const words[] = {"readout_solve=none", "readout_solve=start", "readout_solve=end",
                                      "readout_solve=periodic readout_interval=4",
                                      "readout_solve=periodic readout_interval=4 readout_between_solves=trained"};
  double losses[5];
  for (int index = 0; index < 5; ++index) {
    fixture *f = fixture_make(words[index]);
    CHECK_EQUAL(fit(f), RFGSNN_STOPPED_STEPS);
    losses[index] = loss_of(f);
    fixture_free(f);
  }
  CHECK(losses[1] < losses[0]);
  CHECK(losses[2] < losses[0]);
  CHECK(losses[3] < losses[0]);
  CHECK(losses[4] < losses[0]);
  CHECK(losses[4] != losses[3]);
}

static void failures(void) {
  group("training that diverges is refused with the step, and leaves finite parameters");
  fixture *f = fixture_make("optimizer=sgd learning_rate=1000000 schedule=constant steps=1000");
  rfgsnn_status status = fit(f);
  CHECK_EQUAL(status, RFGSNN_ERROR_NOT_FINITE);
  CHECK(strstr(rfgsnn_last_error(), "step ") != NULL);
  float *values = parameters_of(f->network);
  bool finite = true;
  for (int64_t index = 0; index < parameter_count(f->network); ++index)
    finite = finite && isfinite(values[index]);
  CHECK(finite);
  fixture_free(f);

  group("a sample with NaN anywhere stops fit before it begins");
  f = fixture_make("");
  watch(f->network);
  f->y[SAMPLES - 1][0] = NAN;
  REFUSED(RFGSNN_ERROR_NOT_FINITE, fit(f), "targets", "element [39, 0]");
  CHECK_EQUAL(updates_of(f), 0);
  watch(NULL);
  fixture_free(f);
}

int main(void) {
  stops();
  history();
  with_one_batch();
  readout_solves();
  failures();
  return summary();
}
