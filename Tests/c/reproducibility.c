/* Same seed, same bits: whatever the number of threads, for each instruction set of this machine. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

/* Parameters after a training; NULL where the machine does not run the instruction set. */
static float *trained(const char *set, int threads, const char *words, size_t *bytes) {
  rfgsnn_options *options = options_of("inputs=2 outputs=2");
  rfgsnn_network *network;
  OK(rfgsnn_options_set_string(options, "instruction_set", set));
  rfgsnn_status status = rfgsnn_network_create(options, &network);
  if (status == RFGSNN_OK) OK(rfgsnn_network_free(network));
  OK(rfgsnn_options_free(options));
  if (status != RFGSNN_OK) return NULL;

  char all[256];
  snprintf(all, sizeof all, "instruction_set=%s threads=%d hidden=64,48 time_steps=16 steps=6 %s", set, threads, words);
  fixture *f = fixture_make(all);
  CHECK_EQUAL(rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL),
              RFGSNN_STOPPED_STEPS);
  *bytes = (size_t)parameter_count(f->network) * sizeof(float);
  float *parameters = copy_parameters(f->network);
  fixture_free(f);
  return parameters;
}

static const char *const sets[] = {"baseline", "x86-64-v3", "x86-64-v4"};

static void threads(void) {
  static const char *const words[] = {"estimator=rfg_activity tangent=rate",
                                      "estimator=rfg_activity tangent=full directions=3",
                                      "estimator=rfg_global directions=2",
                                      "estimator=rfg_layerwise directions=2 tangent=full",
                                      "estimator=rfg_tensorwise directions=2 direction_law=low_rank",
                                      "estimator=rfg_global directions=4 aggregation=projection guide=momentum",
                                      "estimator=black_box directions=2",
                                      "estimator=exact_forward",
                                      "estimator=bptt",
                                      "estimator=rfg_per_step directions=2",
                                      "layer_estimators=rfg_per_step,rfg_activity",
                                      "estimator=opzo opzo_baseline=running_mean",
                                      "estimator=fdfa",
                                      "estimator=random_feedback",
                                      "guide=feedback guide_rule=no",
                                      "readout_solve=periodic readout_interval=2 loss=relative_l2",
                                      "readout=spiking optimizer=sgd",
                                      "direction_law=gaussian batch_size=17 accumulate=2"};
  for (int set = 0; set < 3; ++set) {
    char sentence[100];
    snprintf(sentence, sizeof sentence, "the same parameters on 1, 2 and 3 threads and again, for %s",
             sets[set]);
    group(sentence);
    for (size_t which = 0; which < sizeof words / sizeof *words; ++which) {
      size_t bytes;
      float *reference = trained(sets[set], 1, words[which], &bytes);
      if (!reference) break;
      for (int threads = 1; threads <= 3; ++threads) {
        float *other = trained(sets[set], threads, words[which], &bytes);
        if (!CHECK(memcmp(reference, other, bytes) == 0))
          printf("  with %s on %d threads\n", words[which], threads);
        free(other);
      }
      free(reference);
    }
  }
}

static void seeds(void) {
  group("another seed gives other parameters");
  size_t bytes;
  float *zero = trained("auto", 1, "seed=0", &bytes), *one = trained("auto", 1, "seed=1", &bytes);
  CHECK(memcmp(zero, one, bytes) != 0);
  free(zero);
  free(one);
}

static void across_sets(void) {
  group("instruction sets differ by rounding only");
  rfgsnn_network *networks[3] = {NULL, NULL, NULL};
  double outputs[3][SAMPLES][OUTPUTS];
  fixture *f = fixture_make("hidden=40,30");
  for (int set = 0; set < 3; ++set) {
    OK(rfgsnn_options_set_string(f->options, "instruction_set", sets[set]));
    if (rfgsnn_network_create(f->options, &networks[set]) != RFGSNN_OK) continue;
    rfgsnn_array places = DOUBLES(outputs[set], SAMPLES, OUTPUTS);
    OK(rfgsnn_network_predict(networks[set], &f->inputs, 1, &places));
    CHECK(memcmp(parameters_of(networks[0]), parameters_of(networks[set]),
                 (size_t)parameter_count(networks[0]) * sizeof(float)) == 0);
    int near = 0;
    for (int sample = 0; sample < SAMPLES; ++sample) {
      for (int output = 0; output < OUTPUTS; ++output) {
        near += fabs(outputs[set][sample][output] - outputs[0][sample][output]) < 1e-5;
      }
    }
    CHECK(near > SAMPLES * OUTPUTS * 9 / 10); /* rounding may move a spike here and there */
  }
  for (int set = 0; set < 3; ++set) OK(rfgsnn_network_free(networks[set]));
  fixture_free(f);
}

int main(void) {
  threads();
  seeds();
  across_sets();
  return summary();
}
