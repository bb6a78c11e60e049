/* A training step takes its memory once: after the first ones, no step asks for any, on any number of threads. Nor does
 * a prediction, a step of a state, or a call that is refused; and creation asks little.
 *
 * The program's own malloc and its kin come before the C library's, for the library under test too, and count.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"
#include "operator_fixture.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static long allocations;

static void count_one(void) { __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED); }

void *malloc(size_t size) { return count_one(), __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return count_one(), __libc_calloc(count, size); }
void *realloc(void *memory, size_t size) { return count_one(), __libc_realloc(memory, size); }
void *aligned_alloc(size_t alignment, size_t size) { return count_one(), __libc_memalign(alignment, size); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
  count_one();
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : 12; /* ENOMEM */
}

static long counted(void) { return __atomic_load_n(&allocations, __ATOMIC_RELAXED); }

static void the_count_counts(void) {
  group("what the library allocates is counted");
  long before = counted();
  fixture *f = fixture_make("");
  CHECK(counted() > before + 10);
  fixture_free(f);
}

/* Allocations of the last of some steps. */
static long of_a_step(fixture *f, bool stepped) {
  double loss;
  long before = 0;
  for (int step = 0; step < 4; ++step) {
    before = counted();
    OK(rfgsnn_perturb(f->trainer, -1));
    if (stepped) {
      for (int time = 0; time < 6; ++time) OK(rfgsnn_step(f->trainer, &f->inputs, NULL));
    } else {
      OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
    }
    OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss));
    OK(rfgsnn_update(f->trainer));
  }
  return counted() - before;
}

static void estimators(void) {
  static const char *const words[] = {
      "rfg_activity",
      "rfg_activity directions=4",
      "rfg_activity tangent=full directions=4",
      "rfg_activity guide=feedback directions=2",
      "rfg_activity activity_layers=one_by_one activity_top=perturbed",
      "rfg_activity tangent=full stein_pairs=4",
      "rfg_per_step",
      "rfg_global",
      "rfg_global direction_law=low_rank",
      "rfg_global guide=momentum directions=2",
      "rfg_layerwise",
      "rfg_tensorwise",
      "rfg_tensorwise aggregation=projection directions=4",
      "black_box",
      "weight_mirror",
      "opzo",
      "fdfa",
      "random_feedback",
      "spatial_bp",
      "bptt",
      "bptt layer_estimators=rfg_activity,bptt",
      "rfg_activity optimizer=sgd momentum=0.9 clip_norm=1",
      "rfg_activity loss=relative_l2",
      "rfg_activity surrogate_adaptation=gradient",
      "rfg_activity surrogate_adaptation=statistic bias_shift=0.01",
      "rfg_global aggregation=gauss_newton directions=4",
      "rfg_activity surrogate_mask=0.3 reset_derivative=cut",
      "exact_forward",
  };
  group("no step after the first ones allocates, with any estimator, whole or stepped");
  for (size_t index = 0; index < sizeof words / sizeof *words; ++index) {
    for (int stepped = 0; stepped < 2; ++stepped) {
      char all[256] = "estimator=";
      strcat(all, words[index]);
      fixture *f = fixture_make(all);
      long count = of_a_step(f, stepped);
      if (count) printf("%s: %ld allocations\n", all, count);
      CHECK_EQUAL(count, 0);
      fixture_free(f);
      f = fixture_make(strcat(all, " threads=2 hidden=64,64 time_steps=16")); /* enough to be shared */
      count = of_a_step(f, stepped);
      if (count) printf("%s: %ld allocations\n", all, count);
      CHECK_EQUAL(count, 0);
      fixture_free(f);
    }
  }
}

static void operators(void) {
  static const char *const estimators[] = {
      "estimator=rfg_activity", "estimator=rfg_activity tangent=full directions=4", "estimator=weight_mirror",
      "estimator=rfg_global",   "estimator=opzo",                                  "estimator=bptt",
  };
  double fields[FUNCTIONS * WIDE * HIGH * FIELDS];
  for (size_t index = 0; index < sizeof fields / sizeof *fields; ++index) fields[index] = 0.1 * (double)(index % 7);
  make_data();
  struct {
    const char *words;
    rfgsnn_array inputs[3], targets;
    int32_t count;
  } forms[] = {
      {"architecture=deeponet outputs=2",
       {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(points, POINTS)},
       DOUBLES(fields, FUNCTIONS, POINTS, FIELDS),
       2},
      {"architecture=deeponet",
       {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(own_points, FUNCTIONS, POINTS, 1)},
       DOUBLES(fields, FUNCTIONS, POINTS),
       2},
      {"architecture=seponet coordinates=2",
       {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(axis_0, WIDE), DOUBLES(axis_1, HIGH)},
       DOUBLES(fields, FUNCTIONS, WIDE, HIGH),
       3},
  };
  group("nor do the steps of operator networks");
  for (size_t form = 0; form < sizeof forms / sizeof *forms; ++form) {
    for (size_t index = 0; index < sizeof estimators / sizeof *estimators; ++index) {
      for (int threads = 1; threads <= 2; ++threads) {
        char words[256];
        snprintf(words, sizeof words, "%s threads=%d", forms[form].words, threads);
        rfgsnn_network *network = network_of(words);
        rfgsnn_trainer *trainer = trainer_of(network, estimators[index]);
        long before = 0;
        double loss;
        for (int step = 0; step < 4; ++step) {
          before = counted();
          OK(rfgsnn_perturb(trainer, -1));
          OK(rfgsnn_forward(trainer, forms[form].inputs, forms[form].count, NULL));
          OK(rfgsnn_estimate_gradient(trainer, &forms[form].targets, &loss));
          OK(rfgsnn_update(trainer));
        }
        long count = counted() - before;
        if (count) printf("%s, %s: %ld allocations\n", words, estimators[index], count);
        CHECK_EQUAL(count, 0);
        OK(rfgsnn_trainer_free(trainer));
        OK(rfgsnn_network_free(network));
      }
    }
  }
}

#define COUNT(most, call) \
  do { \
    long before_it = counted(); \
    call; \
    long count_of_it = counted() - before_it; \
    if (count_of_it > (most)) printf("%s: %ld allocations\n", #call, count_of_it); \
    CHECK(count_of_it <= (most)); \
  } while (0)

static void inference(void) {
  group("predictions and the steps of a state allocate nothing after the first one");
  fixture *f = fixture_make("");
  rfgsnn_state *state;
  double y[SAMPLES][OUTPUTS];
  rfgsnn_array outputs = DOUBLES(y, SAMPLES, OUTPUTS);
  OK(rfgsnn_state_create(f->network, SAMPLES, &state));
  for (int round = 0; round < 2; ++round) {
    long most = round == 0 ? 10000 : 0;
    COUNT(most, OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs)));
    COUNT(most, OK(rfgsnn_state_step(state, &f->inputs, &outputs)));
    COUNT(most, OK(rfgsnn_state_reset(state)));
  }
  OK(rfgsnn_state_free(state));
  fixture_free(f);
}

/* Calls that fail, each in its own way. */
static void fail_all(fixture *f, rfgsnn_options *options) {
  double x[4 * SAMPLES] = {0}, y[SAMPLES * OUTPUTS], loss;
  const float *gradient;
  int64_t number;
  rfgsnn_array narrow = DOUBLES(x, SAMPLES, 4), outputs = DOUBLES(y, SAMPLES, OUTPUTS);
  rfgsnn_array broken = DOUBLES(x, SAMPLES, 2);
  x[5] = NAN;
  rfgsnn_options_set_int(options, "an_option_that_is_not_there", 1);
  rfgsnn_options_set_int(options, "directions", 0);
  rfgsnn_options_set_float(options, "leak", 0.1 + 0.2 + 1);
  rfgsnn_options_set_string(options, "estimator", "activity_perturbation");
  rfgsnn_options_set_string(options, "inputs", "two");
  rfgsnn_network_predict(f->network, &narrow, 1, &outputs);
  rfgsnn_network_predict(f->network, &broken, 1, &outputs);
  rfgsnn_network_predict(f->network, NULL, 1, &outputs);
  rfgsnn_network_predict(f->network, &f->inputs, 2, &outputs);
  rfgsnn_perturb(f->trainer, -2);
  rfgsnn_estimate_gradient(f->trainer, &f->targets, &loss);
  rfgsnn_forward(f->trainer, &f->inputs, 1, &narrow);
  rfgsnn_forward(f->trainer, &broken, 1, NULL);
  rfgsnn_update(f->trainer);
  rfgsnn_gradient(f->trainer, &gradient, &number);
  rfgsnn_gradient((rfgsnn_trainer *)f->network, &gradient, &number);
  rfgsnn_gradient(NULL, &gradient, &number);
  rfgsnn_network_free(f->network);
  rfgsnn_require_abi(99, 0);
}

static void refusals(void) {
  group("a refused call allocates nothing after the first one");
  fixture *f = fixture_make("");
  rfgsnn_options *options = options_of("");
  fail_all(f, options);
  CHECK(strlen(rfgsnn_last_error()) > 0);
  COUNT(0, fail_all(f, options));
  OK(rfgsnn_options_free(options));
  fixture_free(f);
}

static void creation(void) {
  group("creation asks little: what a trainer is made of, not what its options are called");
  for (int round = 0; round < 2; ++round) {
    long most = round == 0 ? 10000 : 0;
    rfgsnn_options *options;
    rfgsnn_network *network;
    rfgsnn_trainer *trainer;
    COUNT(most + 2, OK(rfgsnn_options_create(&options)));
    COUNT(most + 1, OK(rfgsnn_options_set_int(options, "inputs", 2)));
    COUNT(most, OK(rfgsnn_options_set_int(options, "outputs", 1)));
    COUNT(most, OK(rfgsnn_options_set_string(options, "estimator", "rfg_activity")));
    COUNT(most + 60, OK(rfgsnn_network_create(options, &network)));
    COUNT(most + 90, OK(rfgsnn_trainer_create(network, options, &trainer)));
    OK(rfgsnn_trainer_free(trainer));
    OK(rfgsnn_network_free(network));
    OK(rfgsnn_options_free(options));
  }
}

int main(void) {
  the_count_counts();
  estimators();
  operators();
  inference();
  refusals();
  creation();
  return summary();
}
