/* Memory that runs out, at every place where it can: whatever was made by then is gone when all handles are freed, the
 * numeric buffers that rfgsnn_memory_held counts and every other block.
 *
 * A sentence of memory_limit says how much would have been enough for its buffer, so that with this as the next limit
 * the next greater one fails: so each buffer that makes the memory grow is refused once. */
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
extern void __libc_free(void *memory);

/* Blocks that are live, of this program and the library; it has one thread. */
static long live;

static void *counted(void *memory) { return live += memory != NULL, memory; }
void *malloc(size_t size) { return counted(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return counted(__libc_calloc(count, size)); }
void *realloc(void *memory, size_t size) { return memory ? __libc_realloc(memory, size) : malloc(size); }
void *aligned_alloc(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size)); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
  *memory = counted(__libc_memalign(alignment, size));
  return *memory ? 0 : 12; /* ENOMEM */
}
void free(void *memory) {
  live -= memory != NULL;
  __libc_free(memory);
}

/* A network with its data. */
typedef struct {
  const char *words;
  rfgsnn_array inputs[3], targets;
  int32_t count;
} form;

enum { FORMS = 4 };
static form forms[FORMS];
static double wanted[FUNCTIONS * WIDE * HIGH];

static void make_forms(void) {
  make_data();
  for (int index = 0; index < FUNCTIONS * WIDE * HIGH; ++index) wanted[index] = 0.1 * (index % 7) - 0.2;
  static int64_t branch[] = {FUNCTIONS, SENSORS}, shared[] = {POINTS}, own[] = {FUNCTIONS, POINTS, 1};
  static int64_t wide[] = {WIDE}, high[] = {HIGH};
  static int64_t plain[] = {FUNCTIONS, 1}, fields[] = {FUNCTIONS, POINTS}, grid[] = {FUNCTIONS, WIDE, HIGH};
  rfgsnn_array functions = view(sensors, 64, 2, branch);
  forms[0] = (form){"architecture=mlp", {functions}, view(wanted, 64, 2, plain), 1};
  forms[1] = (form){"architecture=deeponet", {functions, view(points, 64, 1, shared)}, view(wanted, 64, 2, fields), 2};
  forms[2] = (form){"architecture=deeponet", {functions, view(own_points, 64, 3, own)}, view(wanted, 64, 2, fields), 2};
  forms[3] = (form){"architecture=seponet coordinates=2",
                    {functions, view(axis_0, 64, 1, wide), view(axis_1, 64, 1, high)},
                    view(wanted, 64, 3, grid),
                    3};
}

/* What is done with a network, and with a trainer where there is one. */
typedef rfgsnn_status call(const form *form, rfgsnn_network *network, rfgsnn_trainer *trainer);

static rfgsnn_status predict(const form *form, rfgsnn_network *network, rfgsnn_trainer *trainer) {
  static double predicted[FUNCTIONS * WIDE * HIGH];
  rfgsnn_array outputs = form->targets;
  outputs.data = predicted;
  (void)trainer;
  return rfgsnn_network_predict(network, form->inputs, form->count, &outputs);
}

static rfgsnn_status calibrate(const form *form, rfgsnn_network *network, rfgsnn_trainer *trainer) {
  (void)trainer;
  return rfgsnn_network_calibrate(network, form->inputs, form->count);
}

static rfgsnn_status solve_readout(const form *form, rfgsnn_network *network, rfgsnn_trainer *trainer) {
  (void)trainer;
  rfgsnn_status status =
      rfgsnn_network_solve_readout(network, form->inputs, form->count, &form->targets, 1e-4, NULL, NULL);
  return status == RFGSNN_ERROR_UNSUPPORTED ? RFGSNN_OK : status; /* of points that each function has for itself */
}

static rfgsnn_status copy(const form *form, rfgsnn_network *network, rfgsnn_trainer *trainer) {
  rfgsnn_network *made = NULL;
  rfgsnn_status status = rfgsnn_network_clone(network, &made);
  if (status == RFGSNN_OK) status = predict(form, made, trainer);
  rfgsnn_network_free(made);
  return status;
}

static rfgsnn_status stream(const form *form, rfgsnn_network *network, rfgsnn_trainer *trainer) {
  rfgsnn_state *state = NULL;
  if (form->count > 1) return RFGSNN_OK;
  rfgsnn_status status = rfgsnn_state_create(network, FUNCTIONS, &state);
  if (status == RFGSNN_OK) status = rfgsnn_state_step(state, form->inputs, NULL);
  rfgsnn_state_free(state);
  (void)trainer;
  return status;
}

static rfgsnn_status verbs(const form *form, rfgsnn_network *network, rfgsnn_trainer *trainer) {
  (void)network;
  rfgsnn_status status = rfgsnn_forward(trainer, form->inputs, form->count, NULL);
  if (status == RFGSNN_OK) status = rfgsnn_estimate_gradient(trainer, &form->targets, NULL);
  return status == RFGSNN_OK ? rfgsnn_update(trainer) : status;
}

static rfgsnn_status steps(const form *form, rfgsnn_network *network, rfgsnn_trainer *trainer) {
  (void)network;
  if (form->count > 1) return RFGSNN_OK;
  rfgsnn_status status = RFGSNN_OK;
  for (int step = 0; step < 3 && status == RFGSNN_OK; ++step) status = rfgsnn_step(trainer, form->inputs, NULL);
  return status == RFGSNN_OK ? rfgsnn_estimate_gradient(trainer, &form->targets, NULL) : status;
}

static rfgsnn_status fit(const form *form, rfgsnn_network *network, rfgsnn_trainer *trainer) {
  (void)network;
  return rfgsnn_fit(trainer, form->inputs, form->count, &form->targets, form->inputs, form->count, &form->targets, NULL,
                    NULL);
}

static rfgsnn_status diagnose(const form *form, rfgsnn_network *network, rfgsnn_trainer *trainer) {
  (void)network;
  return rfgsnn_trainer_diagnose(trainer, form->inputs, form->count, &form->targets, 2, NULL, NULL, NULL, NULL, NULL);
}

/* Makes all, calls, and frees all; `words` are of a trainer, or NULL for none. */
static rfgsnn_status attempt(const form *form, const char *words, call *call, int64_t network_limit,
                             int64_t trainer_limit) {
  rfgsnn_network *network = NULL;
  rfgsnn_trainer *trainer = NULL;
  rfgsnn_options *options = options_of(
      "inputs=5 outputs=1 hidden=6,5 trunk_hidden=7,4 latent=3 time_steps=3 threads=1 steps=2 batch_size=10");
  set_options(options, form->words);
  if (words) set_options(options, words);
  OK(rfgsnn_options_set_int(options, "memory_limit", network_limit));
  rfgsnn_status status = rfgsnn_network_create(options, &network);
  OK(rfgsnn_options_set_int(options, "memory_limit", trainer_limit));
  if (status == RFGSNN_OK && words) status = rfgsnn_trainer_create(network, options, &trainer);
  if (status == RFGSNN_OK) status = call(form, network, trainer);
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(network));
  OK(rfgsnn_options_free(options));
  return status;
}

/* Attempts, and checks that nothing is left. */
static rfgsnn_status leaves_nothing(const form *form, const char *words, call *call, int64_t network_limit,
                                    int64_t trainer_limit) {
  int64_t held = memory_held();
  long blocks = live;
  rfgsnn_status status = attempt(form, words, call, network_limit, trainer_limit);
  bool kept = live != blocks || memory_held() != held;
  if (kept) {
    printf("%s %s, limits %lld and %lld: %ld blocks, %lld bytes of buffers: %s\n", form->words, words ? words : "",
           (long long)network_limit, (long long)trainer_limit, live - blocks, (long long)(memory_held() - held),
           rfgsnn_last_error());
  }
  CHECK(!kept);
  return status;
}

/* The limit with which the buffer that was refused last would have been had, or 0 if none was. */
static int64_t enough(void) {
  long long bytes, held;
  const char *beside = strstr(rfgsnn_last_error(), "beside the ");
  if (!beside || sscanf(rfgsnn_last_error(), "memory_limit: %lld", &bytes) != 1) return 0;
  return sscanf(beside, "beside the %lld", &held) == 1 ? bytes + held : 0;
}

static int refusals;

/* All limits at which something else fails, of the network or of its trainer. */
static void every_limit(const form *form, const char *words, call *call, bool of_trainer) {
  int64_t limit = 1;
  attempt(form, words, call, 0, 0);
  attempt(form, words, call, 0, 1);
  for (;;) {
    rfgsnn_status status = leaves_nothing(form, words, call, of_trainer ? 0 : limit, of_trainer ? limit : 0);
    if (status >= 0) break;
    ++refusals;
    int64_t next = enough();
    CHECK_EQUAL(status, RFGSNN_ERROR_OUT_OF_MEMORY);
    if (!CHECK(next > limit)) break;
    limit = next;
  }
}

/* Limits from nothing to more than enough, for a call that takes another way where one is refused. */
static void many_limits(const form *form, const char *words, call *call) {
  attempt(form, words, call, 0, 0);
  for (int64_t limit = 1; limit < 1 << 18; limit += limit / 10 + 1) {
    leaves_nothing(form, words, call, 0, limit);
  }
}

static void networks(void) {
  call *const calls[] = {predict, calibrate, solve_readout, copy, stream};
  group("a network that runs into its limit leaves nothing behind, whichever buffer is refused");
  for (int which = 0; which < FORMS; ++which) {
    for (size_t index = 0; index < sizeof calls / sizeof *calls; ++index) {
      every_limit(&forms[which], NULL, calls[index], false);
    }
  }
}

static void trainers(void) {
  static const char *const words[] = {
      "estimator=rfg_activity",
      "estimator=rfg_activity tangent=full guide=feedback",
      "estimator=rfg_activity surrogate_adaptation=gradient bias_shift=0.1",
      "estimator=rfg_activity trunks=held",
      "estimator=rfg_per_step",
      "estimator=rfg_global guide=momentum",
      "estimator=rfg_layerwise",
      "estimator=rfg_tensorwise aggregation=projection directions=2",
      "estimator=black_box",
      "estimator=exact_forward",
      "estimator=weight_mirror",
      "estimator=opzo",
      "estimator=fdfa",
      "estimator=random_feedback",
      "estimator=spatial_bp",
      "estimator=bptt",
      "layer_estimators=rfg_activity,bptt",
  };
  call *const calls[] = {verbs, steps, fit};
  for (size_t index = 0; index < sizeof words / sizeof *words; ++index) {
    char sentence[160];
    snprintf(sentence, sizeof sentence, "nor does a trainer with %s", words[index]);
    group(sentence);
    for (int which = 0; which < FORMS; ++which) {
      for (size_t place = 0; place < sizeof calls / sizeof *calls; ++place) {
        every_limit(&forms[which], words[index], calls[place], true);
      }
      many_limits(&forms[which], words[index], diagnose);
    }
  }
  group("nor a fit that solves for readouts and trains trunks first, when it is the network that has no memory");
  for (int which = 0; which < FORMS; ++which) {
    const char *solving = which == 2 ? "" : "readout_solve=periodic readout_interval=1 trunk_steps=2";
    every_limit(&forms[which], solving, fit, false);
    every_limit(&forms[which], solving, fit, true);
  }
  CHECK(refusals > 2000);
}

int main(void) {
  make_forms();
  /* A thread keeps the memory of its sentences. */
  rfgsnn_memory_held(NULL);
  networks();
  trainers();
  group("nothing is held at the end");
  CHECK_EQUAL(memory_held(), 0);
  return summary();
}
