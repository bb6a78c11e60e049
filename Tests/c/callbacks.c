/* The progress callback: what it is told, how it ends training, and what it may call. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

typedef struct host {
  fixture *f, *other;
  int64_t calls, stop_at, answer;
  int64_t last_step, steps;
  double loss, validation_loss, seconds_left;
} host;

static int32_t answer(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                      double seconds_left) {
  host *host = context;
  ++host->calls;
  CHECK(step > host->last_step && step <= steps);
  CHECK(isfinite(loss) && loss >= 0);
  CHECK(isfinite(seconds_left) && seconds_left >= 0);
  host->last_step = step;
  host->steps = steps;
  host->loss = loss;
  host->validation_loss = validation_loss;
  return step >= host->stop_at ? (int32_t)host->answer : 0;
}

static rfgsnn_status fit(fixture *f, rfgsnn_progress progress, host *host) {
  return rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, progress, host);
}

static void telling(void) {
  group("the callback is told step, steps, losses and time left at each report");
  host host = {0};
  host.stop_at = INT64_MAX;
  fixture *f = fixture_make("report_interval=5");
  CHECK_EQUAL(fit(f, answer, &host), RFGSNN_STOPPED_STEPS);
  CHECK(host.calls >= 4 && host.last_step == 20 && host.steps == 20); /* more on a slow machine */
  CHECK(isnan(host.validation_loss));
  double loss;
  OK(rfgsnn_trainer_history(f->trainer, 3, 1, NULL, &loss, NULL, NULL));
  CHECK_EQUAL(loss, host.loss);
  host.last_step = 0; /* steps are counted anew by each fit */
  CHECK_EQUAL(rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, &f->inputs, 1, &f->targets, answer, &host),
              RFGSNN_STOPPED_STEPS);
  CHECK(host.calls >= 8 && host.validation_loss > 0);
  fixture_free(f);
}

static void stopping(void) {
  group("a positive answer stops, a negative one is the host's error; whole steps stay done");
  const int32_t answers[] = {1, INT32_MAX, -1, INT32_MIN};
  fixture *uninterrupted = fixture_make("steps=7 schedule=constant report_interval=1 optimizer=sgd");
  CHECK_EQUAL(fit(uninterrupted, NULL, NULL), RFGSNN_STOPPED_STEPS);
  size_t bytes = (size_t)parameter_count(uninterrupted->network) * sizeof(float);
  for (int index = 0; index < 4; ++index) {
    host host = {0};
    host.stop_at = 7;
    host.answer = answers[index];
    fixture *f = fixture_make("steps=1000 schedule=constant report_interval=1 optimizer=sgd");
    rfgsnn_status status = fit(f, answer, &host);
    if (answers[index] > 0) {
      CHECK_EQUAL(status, RFGSNN_STOPPED_CALLBACK);
    } else {
      CHECK_EQUAL(status, RFGSNN_ERROR_CALLBACK);
      CHECK(strstr(rfgsnn_last_error(), "progress") && strstr(rfgsnn_last_error(), "step 7"));
    }
    CHECK_EQUAL(host.calls, 7);
    CHECK(memcmp(parameters_of(f->network), parameters_of(uninterrupted->network), bytes) == 0);
    host.stop_at = INT64_MAX;
    host.last_step = 0;
    CHECK_EQUAL(fit(f, answer, &host), RFGSNN_STOPPED_STEPS); /* the trainer goes on */
    fixture_free(f);
  }
  fixture_free(uninterrupted);
}

/* Readers are let in, everything else on these handles is refused. */
static int32_t call_back(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                         double seconds_left) {
  host *host = context;
  fixture *f = host->f;
  int64_t number, count;
  int32_t small;
  const char *text;
  float *values;
  const float *gradient;
  double doubles[2] = {1, 1}, results[SAMPLES][OUTPUTS], rates[2];
  rfgsnn_array outputs = DOUBLES(results, SAMPLES, OUTPUTS);
  rfgsnn_state *state = NULL;
  rfgsnn_network *clone = NULL;
  rfgsnn_trainer *second = NULL;
  (void)steps, (void)loss, (void)validation_loss, (void)seconds_left;

  OK(rfgsnn_network_shape(f->network, &number, &number, &number, &small, &number));
  OK(rfgsnn_network_instruction_set(f->network, &text));
  OK(rfgsnn_network_parameters(f->network, &values, &count));
  OK(rfgsnn_network_tensor_count(f->network, &small));
  OK(rfgsnn_network_tensor(f->network, 0, &text, NULL, NULL, NULL));
  OK(rfgsnn_network_scaling(f->network, doubles, NULL, 2, NULL, NULL, 0));
  OK(rfgsnn_network_memory(f->network, &number, NULL));
  OK(rfgsnn_trainer_history(f->trainer, 0, 0, NULL, NULL, NULL, &count));
  CHECK_EQUAL(count, step); /* the record of this report is there */
  OK(rfgsnn_trainer_updates(f->trainer, &number));
  CHECK_EQUAL(number, step);
  OK(rfgsnn_trainer_memory(f->trainer, &number, NULL));
  OK(rfgsnn_gradient(f->trainer, &gradient, &count));
  OK(rfgsnn_memory_held(&number));

  static const char later[] = "after rfgsnn_fit has returned";
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs), "network", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_firing_rates(f->network, &f->inputs, 1, rates, 2), "network",
          later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_set_parameters(f->network, values, count), "network", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_set_scaling(f->network, doubles, NULL, 2, NULL, NULL, 0),
          "network");
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_fit_scaling(f->network, "none", &f->inputs, 1, NULL), "network");
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_calibrate(f->network, &f->inputs, 1), "network");
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_solve_readout(f->network, &f->inputs, 1, &f->targets, 1, NULL, NULL),
          "network");
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_clone(f->network, &clone), "network", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_network_free(f->network), "network", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_state_create(f->network, 1, &state), "network", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_trainer_create(f->network, f->options, &second), "network", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_trainer_free(f->trainer), "trainer", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_perturb(f->trainer, 0), "trainer", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_step(f->trainer, &f->inputs, NULL), "trainer", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_forward(f->trainer, &f->inputs, 1, NULL), "trainer", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL), "trainer", later);
  REFUSED(RFGSNN_ERROR_BUSY, rfgsnn_update(f->trainer), "trainer", later);
  REFUSED(RFGSNN_ERROR_BUSY, fit(f, NULL, NULL), "trainer", later);
  CHECK(clone == NULL && state == NULL && second == NULL);

  /* Other handles are not concerned: one training may run inside another. */
  OK(rfgsnn_network_predict(host->other->network, &f->inputs, 1, &outputs));
  CHECK_EQUAL(fit(host->other, NULL, NULL), RFGSNN_STOPPED_STEPS);
  ++host->calls;
  return 0;
}

static void calling_back(void) {
  group("a callback may read; calls that need the trainer or its network alone are refused");
  host host = {0};
  host.f = fixture_make("steps=3 report_interval=1");
  host.other = fixture_make("");
  fixture *undisturbed = fixture_make("steps=3 report_interval=1");
  watch(host.f->network);
  CHECK_EQUAL(fit(host.f, call_back, &host), RFGSNN_STOPPED_STEPS);
  watch(NULL);
  CHECK_EQUAL(host.calls, 3);
  CHECK_EQUAL(fit(undisturbed, NULL, NULL), RFGSNN_STOPPED_STEPS);
  CHECK(memcmp(parameters_of(host.f->network), parameters_of(undisturbed->network),
               (size_t)parameter_count(host.f->network) * sizeof(float)) == 0);
  fixture_free(host.f); /* everything was let go */
  fixture_free(host.other);
  fixture_free(undisturbed);
}

static int32_t request(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                       double seconds_left) {
  (void)steps, (void)loss, (void)validation_loss, (void)seconds_left;
  if (step == 5) OK(rfgsnn_request_stop(((host *)context)->f->trainer));
  return 0;
}

static void requesting(void) {
  group("a callback may request the stop; the next fit is not concerned");
  host host = {0};
  host.f = fixture_make("report_interval=1");
  int64_t updates;
  CHECK_EQUAL(fit(host.f, request, &host), RFGSNN_STOPPED_REQUEST);
  OK(rfgsnn_trainer_updates(host.f->trainer, &updates));
  CHECK_EQUAL(updates, 5);
  CHECK_EQUAL(fit(host.f, NULL, NULL), RFGSNN_STOPPED_STEPS);
  fixture_free(host.f);
}

int main(void) {
  telling();
  stopping();
  calling_back();
  requesting();
  return summary();
}
