/* Memory: limits, what is held, and that it does not grow with time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

static void limits(void) {
  group("memory_limit refuses a network, a trainer and a pass that would need more, and says what");
  rfgsnn_options *options = options_of("inputs=2 outputs=1 hidden=100,100 memory_limit=20000");
  rfgsnn_network *network = NULL;
  rfgsnn_trainer *trainer = NULL;
  rfgsnn_state *state = NULL;
  int64_t before = memory_held();
  REFUSED(RFGSNN_ERROR_OUT_OF_MEMORY, rfgsnn_network_create(options, &network), "memory_limit", "20000",
          "raise");
  CHECK(network == NULL);
  CHECK_EQUAL(memory_held(), before);

  set_options(options, "memory_limit=0");
  OK(rfgsnn_network_create(options, &network));
  watch(network);
  set_options(options, "memory_limit=20000");
  before = memory_held();
  REFUSED(RFGSNN_ERROR_OUT_OF_MEMORY, rfgsnn_trainer_create(network, options, &trainer), "memory_limit",
          "raise");
  CHECK(trainer == NULL);
  CHECK_EQUAL(memory_held(), before);
  watch(NULL);
  OK(rfgsnn_network_free(network)); /* no trainer was left behind */

  set_options(options, "memory_limit=2000000");
  OK(rfgsnn_network_create(options, &network));
  watch(network);
  before = memory_held();
  REFUSED(RFGSNN_ERROR_OUT_OF_MEMORY, rfgsnn_state_create(network, 1000000, &state), "memory_limit",
          "samples");
  CHECK(state == NULL);
  CHECK_EQUAL(memory_held(), before);
  OK(rfgsnn_state_create(network, 100, &state));
  OK(rfgsnn_state_free(state));
  CHECK_EQUAL(memory_held(), before);

  group("a trainer that runs into its limit stays usable with fewer samples");
  enum { MANY = 20000 };
  double *x = calloc(MANY * 2, sizeof *x), *y = calloc(MANY, sizeof *y);
  rfgsnn_array inputs = DOUBLES(x, MANY, 2), targets = DOUBLES(y, MANY, 1);
  rfgsnn_array few = DOUBLES(x, 50, 2), few_targets = DOUBLES(y, 50, 1);
  OK(rfgsnn_trainer_create(network, options, &trainer));
  OK(rfgsnn_forward(trainer, &few, 1, NULL));
  REFUSED(RFGSNN_ERROR_OUT_OF_MEMORY, rfgsnn_forward(trainer, &inputs, 1, NULL), "memory_limit",
          "fewer samples");
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_estimate_gradient(trainer, &few_targets, NULL), "forward");
  OK(rfgsnn_forward(trainer, &few, 1, NULL));
  OK(rfgsnn_estimate_gradient(trainer, &few_targets, NULL));
  REFUSED(RFGSNN_ERROR_OUT_OF_MEMORY, rfgsnn_step(trainer, &inputs, NULL), "memory_limit", "fewer samples");
  watch(NULL);
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(network));

  group("a batch that is too large for the limit stops fit, and the network is as it was");
  set_options(options, "batch_size=20000 steps=3");
  OK(rfgsnn_network_create(options, &network));
  OK(rfgsnn_trainer_create(network, options, &trainer));
  watch(network);
  REFUSED(RFGSNN_ERROR_OUT_OF_MEMORY, rfgsnn_fit(trainer, &inputs, 1, &targets, NULL, 0, NULL, NULL, NULL),
          "memory_limit", "fewer samples");
  watch(NULL);
  CHECK_EQUAL(rfgsnn_fit(trainer, &few, 1, &few_targets, NULL, 0, NULL, NULL, NULL), RFGSNN_STOPPED_STEPS);
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(network));
  OK(rfgsnn_options_free(options));
  free(x);
  free(y);
}

/* Bytes held by a trainer and its network in the middle of training, and the most ever held. */
static void measure(const char *words, int64_t time_steps, int64_t *held, int64_t *peak) {
  char all[256];
  snprintf(all, sizeof all, "%s time_steps=%lld steps=2 batch_size=20", words, (long long)time_steps);
  fixture *f = fixture_make(all);
  int64_t trainer_peak, network_peak;
  CHECK_EQUAL(rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL),
              RFGSNN_STOPPED_STEPS);
  OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
  OK(rfgsnn_trainer_memory(f->trainer, NULL, &trainer_peak));
  OK(rfgsnn_network_memory(f->network, NULL, &network_peak));
  *held = memory_held();
  *peak = trainer_peak + network_peak;
  CHECK(*held > 0 && *peak > 0);
  fixture_free(f);
}

static void over_time(void) {
  static const char *const words[] = {"estimator=rfg_activity tangent=rate",
                                      "estimator=rfg_activity tangent=full",
                                      "estimator=rfg_global tangent=rate",
                                      "estimator=rfg_layerwise tangent=full",
                                      "estimator=exact_forward tangent=full",
                                      "estimator=black_box directions=2",
                                      "estimator=rfg_per_step directions=2",
                                      "estimator=opzo",
                                      "estimator=fdfa",
                                      "guide=feedback",
                                      "estimator=bptt"};
  for (int index = 0; index < 11; ++index) {
    int64_t held[2], peak[2];
    bool constant = index < 10;
    group(constant ? "bytes held in training are the same for 16 and for 1024 time steps"
                   : "but for back-propagation, which keeps a history");
    measure(words[index], 16, &held[0], &peak[0]);
    measure(words[index], 1024, &held[1], &peak[1]);
    if (constant) {
      CHECK_EQUAL(held[0], held[1]);
      CHECK_EQUAL(peak[0], peak[1]);
    } else {
      CHECK(peak[1] > 10 * peak[0]);
    }
  }
}

static void over_samples(void) {
  group("bytes held by predict do not grow with samples");
  rfgsnn_options *options = options_of("inputs=2 outputs=1 hidden=16 time_steps=2 threads=1");
  rfgsnn_network *network;
  int64_t peaks[2];
  OK(rfgsnn_network_create(options, &network));
  enum { MANY = 50000 };
  double *x = calloc(MANY * 2, sizeof *x), *y = calloc(MANY, sizeof *y);
  for (int round = 0; round < 2; ++round) {
    int64_t samples = round == 0 ? 2000 : MANY;
    rfgsnn_array inputs = DOUBLES(x, samples, 2), outputs = DOUBLES(y, samples, 1);
    OK(rfgsnn_network_predict(network, &inputs, 1, &outputs));
    OK(rfgsnn_network_memory(network, NULL, &peaks[round]));
  }
  CHECK_EQUAL(peaks[0], peaks[1]);
  free(x);
  free(y);
  OK(rfgsnn_network_free(network));
  OK(rfgsnn_options_free(options));
}

static void repeated(void) {
  group("a thousand more updates hold no more bytes");
  fixture *f = fixture_make("steps=500 readout_solve=periodic readout_interval=50");
  int64_t held[2];
  for (int round = 0; round < 2; ++round) {
    for (int again = 0; again <= round; ++again) {
      CHECK_EQUAL(rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, &f->inputs, 1, &f->targets, NULL, NULL),
                  RFGSNN_STOPPED_STEPS);
    }
    held[round] = memory_held();
  }
  CHECK_EQUAL(held[0], held[1]);
  fixture_free(f);
}

int main(void) {
  int64_t before = memory_held();
  limits();
  over_time();
  over_samples();
  repeated();
  group("nothing is held when everything is freed");
  CHECK_EQUAL(memory_held(), before);
  CHECK_EQUAL(before, 0);
  return summary();
}
