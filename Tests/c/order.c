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
  fixture_free(f);
  return summary();
}
