/* Calls in the wrong order are refused with the call that must come first; the right order then works. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

static fixture *f;

static void before_any_pass(void) {
  group("nothing can be estimated, read or updated before a pass");
  rfgsnn_array derivatives = f->targets;
  const float *gradient = NULL;
  int64_t count = -1;
  double loss = -1;
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss), "trainer",
          "forward");
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient_from_output_gradient(f->trainer, &derivatives),
          "trainer", "forward");
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_gradient(f->trainer, &gradient, &count), "trainer", "estimate");
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_update(f->trainer), "trainer", "estimate");
  OK(rfgsnn_perturb(f->trainer, 0));
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss), "forward");
  CHECK(gradient == NULL && count == -1 && loss == -1);
}

static void after_a_pass(void) {
  group("perturb forgets the pass; update uses the estimate up, but leaves it readable");
  const float *gradient;
  int64_t count;
  OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_update(f->trainer), "estimate");
  OK(rfgsnn_perturb(f->trainer, 1));
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL), "forward");
  OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
  OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL));
  OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL)); /* the pass stays */
  OK(rfgsnn_gradient(f->trainer, &gradient, &count));
  OK(rfgsnn_update(f->trainer));
  watch(f->network);
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_update(f->trainer), "estimate");
  OK(rfgsnn_gradient(f->trainer, &gradient, &count));

  group("a pass that failed cannot be estimated, nor be gone on with");
  rfgsnn_array bad = f->inputs;
  bad.data = NULL;
  OK(rfgsnn_perturb(f->trainer, -1));
  CHECK(rfgsnn_step(f->trainer, &bad, NULL) < 0);
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL), "forward");
  OK(rfgsnn_step(f->trainer, &f->inputs, NULL));
  CHECK(rfgsnn_step(f->trainer, &bad, NULL) < 0); /* refused before anything moved: the pass stays */
  OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL));
  watch(NULL);
  OK(rfgsnn_update(f->trainer));
}

static void partly_accumulated(void) {
  group("update waits for as many estimates as accumulate says");
  fixture *g = fixture_make("accumulate=3");
  watch(g->network);
  for (int estimate = 0; estimate < 3; ++estimate) {
    REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_update(g->trainer), "trainer");
    OK(rfgsnn_forward(g->trainer, &g->inputs, 1, NULL));
    OK(rfgsnn_estimate_gradient(g->trainer, &g->targets, NULL));
  }
  OK(rfgsnn_update(g->trainer));
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_update(g->trainer), "trainer");
  watch(NULL);
  fixture_free(g);
}

static void too_many_steps(void) {
  group("back-propagation keeps a history of time_steps steps and refuses more");
  fixture *g = fixture_make("estimator=bptt time_steps=3");
  watch(g->network);
  for (int time = 0; time < 3; ++time) OK(rfgsnn_step(g->trainer, &g->inputs, NULL));
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_step(g->trainer, &g->inputs, NULL), "time_steps");
  OK(rfgsnn_estimate_gradient(g->trainer, &g->targets, NULL));
  watch(NULL);
  OK(rfgsnn_update(g->trainer));
  fixture_free(g);
}

/* What sets a network anew: each takes what it needs from a fixture. */
static rfgsnn_status set_parameters(fixture *g) {
  float *copy = copy_parameters(g->network);
  rfgsnn_status status = rfgsnn_network_set_parameters(g->network, copy, parameter_count(g->network));
  free(copy);
  return status;
}
static rfgsnn_status set_scaling(fixture *g) {
  double shift[OUTPUTS] = {1, 1};
  return rfgsnn_network_set_scaling(g->network, NULL, NULL, 0, shift, NULL, OUTPUTS);
}
static rfgsnn_status fit_scaling(fixture *g) {
  return rfgsnn_network_fit_scaling(g->network, "minmax", &g->inputs, 1, &g->targets);
}
static rfgsnn_status set_widths(fixture *g) {
  double widths[2] = {1, 1};
  return rfgsnn_network_set_surrogate_widths(g->network, widths, 2);
}
static rfgsnn_status calibrate(fixture *g) { return rfgsnn_network_calibrate(g->network, &g->inputs, 1); }
static rfgsnn_status solve_readout(fixture *g) {
  return rfgsnn_network_solve_readout(g->network, &g->inputs, 1, &g->targets, 1e-3, NULL, NULL);
}
static rfgsnn_status update_by_another(fixture *g) {
  rfgsnn_trainer *other;
  rfgsnn_status status = rfgsnn_trainer_create(g->network, g->options, &other);
  if (status != RFGSNN_OK) return status;
  if (!(status = rfgsnn_forward(other, &g->inputs, 1, NULL)) &&
      !(status = rfgsnn_estimate_gradient(other, &g->targets, NULL)))
    status = rfgsnn_update(other);
  OK(rfgsnn_trainer_free(other));
  return status;
}
static rfgsnn_status (*const changes[])(fixture *) = {
  set_parameters, set_scaling, fit_scaling, set_widths, calibrate, solve_readout, update_by_another};
enum { CHANGES = sizeof changes / sizeof *changes };

static void changed_networks(void) {
  group("a pass of a network that was set anew since can be neither estimated nor gone on with");
  for (int change = 0; change < CHANGES; ++change) {
    fixture *g = fixture_make("");
    double loss = -1;
    OK(rfgsnn_forward(g->trainer, &g->inputs, 1, NULL));
    OK(rfgsnn_estimate_gradient(g->trainer, &g->targets, NULL));
    OK(changes[change](g));
    watch(g->network);
    REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient(g->trainer, &g->targets, &loss), "set since",
            "forward");
    REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient_from_output_gradient(g->trainer, &g->targets),
            "set since", "forward");
    CHECK(loss == -1);
    OK(rfgsnn_step(g->trainer, &g->inputs, NULL)); /* the first of a new pass */
    OK(rfgsnn_step(g->trainer, &g->inputs, NULL));
    watch(NULL);
    OK(changes[change](g));
    watch(g->network);
    REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_step(g->trainer, &g->inputs, NULL), "set since", "perturb");
    REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient(g->trainer, &g->targets, NULL), "set since");
    OK(rfgsnn_perturb(g->trainer, -1));
    OK(rfgsnn_step(g->trainer, &g->inputs, NULL));
    OK(rfgsnn_estimate_gradient(g->trainer, &g->targets, NULL));
    watch(NULL);
    OK(rfgsnn_perturb(g->trainer, 5));
    OK(changes[change](g)); /* directions are of no network yet */
    OK(rfgsnn_forward(g->trainer, &g->inputs, 1, NULL));
    OK(rfgsnn_estimate_gradient(g->trainer, &g->targets, NULL));
    OK(rfgsnn_update(g->trainer));
    REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient(g->trainer, &g->targets, NULL), "set since");
    fixture_free(g);
  }
}

static void changed_between_ask_and_tell(void) {
  group("losses of perturbed parameters are all asked for at one network");
  for (int change = 0; change < CHANGES; ++change) {
    fixture *g = fixture_make("estimator=black_box");
    int64_t count = parameter_count(g->network);
    float *copy = malloc((size_t)count * sizeof *copy);
    double losses[2] = {1, 2};
    OK(rfgsnn_perturb(g->trainer, 0));
    OK(changes[change](g));
    OK(rfgsnn_perturbed_parameters(g->trainer, 0, copy, count));
    OK(rfgsnn_perturbed_parameters(g->trainer, 1, copy, count));
    OK(changes[change](g));
    REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_perturbed_parameters(g->trainer, 1, copy, count), "set since",
            "clone");
    REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient_from_losses(g->trainer, losses, 2), "set since",
            "clone");
    OK(rfgsnn_perturb(g->trainer, 0));
    OK(rfgsnn_perturbed_parameters(g->trainer, 0, copy, count));
    OK(rfgsnn_estimate_gradient_from_losses(g->trainer, losses, 2));
    OK(rfgsnn_update(g->trainer));
    free(copy);
    fixture_free(g);
  }
}

static void order_before_arguments(void) {
  group("that a call comes too early is said before its array is looked at");
  fixture *g = fixture_make("estimator=black_box");
  rfgsnn_array bad = g->targets;
  double losses[2] = {NAN, NAN};
  bad.ndim = 7;
  g->y[3][0] = NAN;
  rfgsnn_array *arrays[] = {NULL, &bad, &g->targets};
  for (int index = 0; index < 3; ++index) {
    REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient(g->trainer, arrays[index], NULL), "forward");
    REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient_from_output_gradient(g->trainer, arrays[index]),
            "forward");
  }
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient_from_losses(g->trainer, NULL, 2), "perturb");
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient_from_losses(g->trainer, losses, 7), "perturb");
  fixture_free(g);
}

static void states_follow(void) {
  group("a state goes on with the network's present parameters and scaling");
  fixture *g = fixture_make("");
  rfgsnn_state *state = NULL;
  static double before[SAMPLES][OUTPUTS], after[SAMPLES][OUTPUTS], shift[OUTPUTS] = {5, 5};
  rfgsnn_array first = DOUBLES(before, SAMPLES, OUTPUTS), second = DOUBLES(after, SAMPLES, OUTPUTS);
  OK(rfgsnn_state_create(g->network, SAMPLES, &state));
  for (int change = 0; change < CHANGES; ++change) {
    OK(rfgsnn_state_step(state, &g->inputs, &first));
    OK(changes[change](g));
  }
  OK(rfgsnn_network_set_scaling(g->network, NULL, NULL, 0, shift, NULL, OUTPUTS));
  OK(rfgsnn_state_reset(state));
  OK(rfgsnn_state_step(state, &g->inputs, &first));
  shift[0] = 7;
  OK(rfgsnn_network_set_scaling(g->network, NULL, NULL, 0, shift, NULL, OUTPUTS));
  OK(rfgsnn_state_reset(state));
  OK(rfgsnn_state_step(state, &g->inputs, &second));
  CHECK(fabs(after[0][0] - before[0][0] - 2) < 1e-6 && after[0][1] == before[0][1]);
  OK(rfgsnn_state_free(state));
  fixture_free(g);
}

static void zero_targets(void) {
  group("relative_l2 of targets that are all 0 is refused");
  fixture *g = fixture_make("loss=relative_l2");
  watch(g->network);
  memset(g->y, 0, sizeof g->y);
  OK(rfgsnn_forward(g->trainer, &g->inputs, 1, NULL));
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_estimate_gradient(g->trainer, &g->targets, NULL), "targets",
          "zero");
  REFUSED(RFGSNN_ERROR_NOT_FINITE,
          rfgsnn_fit(g->trainer, &g->inputs, 1, &g->targets, NULL, 0, NULL, NULL, NULL), "targets", "step 1");
  watch(NULL);
  fixture_free(g);
}

int main(void) {
  group("a trainer begins");
  f = fixture_make("");
  watch(f->network);
  before_any_pass();
  watch(NULL);
  after_a_pass();
  partly_accumulated();
  too_many_steps();
  zero_targets();
  changed_networks();
  changed_between_ask_and_tell();
  order_before_arguments();
  states_follow();
  fixture_free(f);
  return summary();
}
