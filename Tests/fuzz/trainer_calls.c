/* Trainers by verbs: perturb, step or forward, estimate, update; ask and tell. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "calls.h"
#include "data.h"
#include "guarded.h"
#include "record.h"

static rfgsnn_trainer *const untouched = (rfgsnn_trainer *)(uintptr_t)0x77;
static const double unwritten = -7;

void trainer_new(void) {
  int place = empty_place(TRAINER);
  if (place < 0) return;
  chosen network = choose_any(NETWORK), options = choose_any(OPTIONS);
  rfgsnn_trainer *made = untouched;
  bool nowhere = chance(0.01);
  before seen = {NULL, false};
  if (network.place >= 0) seen = look(network.place);
  rfgsnn_status status = CALL(rfgsnn_trainer_create, (network.handle, options.handle, nowhere ? NULL : &made),
                              "t%d of n%d from o%d", place, network.place, options.place);
  expect_failure(nowhere || network.place < 0 || options.place < 0, status);
  if (seen.network) compare(seen, NOTHING);
  if (status == RFGSNN_OK) {
    const options_model *model = &all_options[options.place];
    trainers[place] = (trainer_model){made, network.place, model->directions, model->black_box, 0, {0, {0}}};
    ++networks[network.place].users;
  } else if (made != untouched) {
    FINDING("an output was written to by a call that failed");
  }
}

void trainer_free(void) {
  chosen used = choose_any(TRAINER);
  int64_t held = 0, before = 0, after = 0;
  if (used.place >= 0) {
    CALL(rfgsnn_trainer_memory, (used.handle, &held, NULL), "t%d", used.place);
    rfgsnn_memory_held(&before);
  }
  rfgsnn_status status = CALL(rfgsnn_trainer_free, (used.handle), "t%d %p", used.place, used.handle);
  if (used.handle) expect_refused(used, status);
  if (used.place < 0 || status != RFGSNN_OK) return;
  rfgsnn_memory_held(&after);
  if (before - after != held)
    FINDING("held %lld bytes and gave back %lld", (long long)held, (long long)(before - after));
  --networks[trainers[used.place].network].users;
  trainers[used.place].handle = NULL;
  bury(used.handle);
}

/* A finished estimate's view holds finite numbers, and so does what is left by a failed one. */
static void look_at_gradient(const trainer_model *trainer) {
  const float *gradient = NULL;
  int64_t count = 0;
  if (CALL(rfgsnn_gradient, (trainer->handle, &gradient, &count), "t%d", (int)(trainer - trainers)) != RFGSNN_OK)
    return;
  if (count != networks[trainer->network].parameter_count) FINDING("a gradient of %lld numbers", (long long)count);
  for (int64_t i = 0; i < count; ++i) {
    if (isfinite(gradient[i])) continue;
    FINDING("gradient %lld is %g", (long long)i, gradient[i]);
    return;
  }
}

static void perturb(chosen used) {
  static const int64_t draws[] = {-1, 0, 1, 77, INT64_MAX, -2, INT64_MIN};
  int64_t draw = chance(0.6) ? -1 : draws[below(7)];
  rfgsnn_status status = CALL(rfgsnn_perturb, (used.handle, draw), "t%d %lld", used.place, (long long)draw);
  expect_failure(draw < -1, status);
  expect_refused(used, status);
  if (used.place >= 0 && status == RFGSNN_OK) trainers[used.place].samples = 0;
}

static void step(chosen used) {
  trainer_model *trainer = &trainers[used.place];
  network_model *network = &networks[trainer->network];
  int64_t samples = trainer->samples && chance(0.9) ? trainer->samples : random_samples();
  int64_t extents[2] = {samples, network->inputs};
  value_kind kind = random_kind();
  array input, output;
  array_make(&input, REGION_INPUTS, ARRAY_READ, 2, extents);
  array_fill(&input, kind);
  extents[1] = network->outputs;
  array_make(&output, REGION_OUTPUTS, ARRAY_WRITTEN, 2, extents);
  array_watch(&output);
  bool unwanted = chance(0.5);
  before seen = look(trainer->network);
  rfgsnn_status status =
      CALL(rfgsnn_step, (used.handle, &input.view, unwanted ? NULL : &output.view), "t%d of n%d, %s %s -> %s",
           used.place, trainer->network, kind_name(kind), array_text(&input), array_text(&output));
  /* A pass takes the parameters at its first step: a later one without an output does not look at them. */
  bool broken = input.broken || (!unwanted && (output.broken || !seen.finite));
  expect_failure(broken || network->architecture != MLP, status);
  const char *complaint = array_complaint(&output, status == RFGSNN_OK && !unwanted ? ARRAY_FILLED : ARRAY_UNTOUCHED);
  if (complaint) FINDING("%s", complaint);
  compare(seen, NOTHING);
  if (status == RFGSNN_OK) trainer->samples = samples, trainer->points.count = 0;
}

static void forward(chosen used) {
  trainer_model *trainer = &trainers[used.place];
  network_model *network = &networks[trainer->network];
  dataset data;
  data_inputs(&data, network, random_samples(), REGION_INPUTS);
  array outputs;
  int64_t extents[MOST_DIMENSIONS];
  int rank = output_extents(network, data.samples, &data.points, extents);
  array_make(&outputs, REGION_OUTPUTS, ARRAY_WRITTEN, rank, extents);
  array_watch(&outputs);
  bool unwanted = chance(0.4);
  before seen = look(trainer->network);
  rfgsnn_status status =
      CALL(rfgsnn_forward, (used.handle, data.views, data.count, unwanted ? NULL : &outputs.view),
           "t%d of n%d, %s -> %s", used.place, trainer->network, data_text(&data), array_text(&outputs));
  expect_failure(data_broken(&data, false) || (!unwanted && outputs.broken) || !seen.finite, status);
  const char *complaint = array_complaint(&outputs, status == RFGSNN_OK && !unwanted ? ARRAY_FILLED : ARRAY_UNTOUCHED);
  if (complaint) FINDING("%s", complaint);
  compare(seen, NOTHING);
  if (status == RFGSNN_OK) trainer->samples = data.samples, trainer->points = data.points;
}

void trainer_pass(void) {
  chosen used = choose_any(TRAINER);
  if (used.place < 0 || chance(0.2)) {
    perturb(used);
  } else if (chance(networks[trainers[used.place].network].architecture == MLP ? 0.5 : 0.02)) {
    step(used);
  } else {
    forward(used);
  }
}

void trainer_estimate(void) {
  chosen used = choose_any(TRAINER);
  if (used.place < 0) return;
  trainer_model *trainer = &trainers[used.place];
  network_model *network = &networks[trainer->network];
  dataset data;
  memset(&data, 0, sizeof data);
  data.samples = trainer->samples ? trainer->samples : 2;
  data.points = trainer->points;
  if (!trainer->samples) {
    data.points.count = network->architecture == MLP ? 0 : network->architecture == DEEPONET ? 1 : network->coordinates;
    for (int i = 0; i < data.points.count; ++i) data.points.extents[i] = 2;
  }
  data_targets(&data, network, REGION_TARGETS);
  double loss = unwritten;
  bool wanted = chance(0.9), nothing = chance(0.005);
  before seen = look(trainer->network);
  rfgsnn_status status;
  if (chance(0.7)) {
    status = CALL(rfgsnn_estimate_gradient, (used.handle, nothing ? NULL : &data.targets.view, wanted ? &loss : NULL),
                  "t%d of n%d, %s", used.place, trainer->network, data_text(&data));
    if (status == RFGSNN_OK && wanted && !(isfinite(loss) && loss >= 0)) FINDING("the loss is %g", loss);
    if (status != RFGSNN_OK && loss != unwritten) FINDING("an output was written to by a call that failed");
  } else {
    status = CALL(rfgsnn_estimate_gradient_from_output_gradient, (used.handle, nothing ? NULL : &data.targets.view),
                  "t%d of n%d, %s", used.place, trainer->network, data_text(&data));
  }
  expect_failure(nothing || data.targets.broken, status);
  compare(seen, NOTHING);
  look_at_gradient(trainer);
}

static void ask(chosen used) {
  trainer_model *trainer = &trainers[used.place];
  network_model *network = &networks[trainer->network];
  int64_t count = network->parameter_count, copies = 2 * trainer->directions;
  float *values = guarded_list(0, sizeof(float) * (size_t)count);
  memset(values, 0x5A, sizeof(float) * (size_t)count);
  int64_t index = chance(0.95) ? below(copies) : chance(0.5) ? copies : -1 - below(9);
  bool wrong = index < 0 || index >= copies;
  if (chance(0.02)) count += between(1, 2), wrong = true;
  before seen = look(trainer->network);
  rfgsnn_status status =
      CALL(rfgsnn_perturbed_parameters, (used.handle, index, values, count), "t%d %lld", used.place, (long long)index);
  expect_failure(wrong || !seen.finite, status);
  compare(seen, NOTHING);
  const unsigned char *bytes = (const unsigned char *)values;
  for (int64_t i = 0; i < network->parameter_count; ++i) {
    if (status == RFGSNN_OK && !isfinite(values[i])) {
      FINDING("perturbed parameter %lld is %g", (long long)i, values[i]);
      break;
    }
    if (status != RFGSNN_OK && bytes[4 * i] != 0x5A) {
      FINDING("an output was written to by a call that failed");
      break;
    }
  }
}

static void tell(chosen used) {
  trainer_model *trainer = &trainers[used.place];
  int64_t count = 2 * trainer->directions;
  if (count > 2000) return; /* directions are drawn smaller */
  value_kind kind = random_kind();
  double *losses = guarded_list(0, sizeof(double) * (size_t)count);
  bool finite = true;
  for (int64_t i = 0; i < count; ++i) {
    losses[i] = random_value(kind);
    finite = finite && isfinite(losses[i]);
  }
  bool wrong = chance(0.02);
  if (wrong) count += chance(0.5) ? 1 : -1;
  before seen = look(trainer->network);
  rfgsnn_status status =
      CALL(rfgsnn_estimate_gradient_from_losses, (used.handle, losses, count), "t%d %s", used.place, kind_name(kind));
  expect_failure(wrong || !finite, status);
  compare(seen, NOTHING);
  look_at_gradient(trainer);
}

void trainer_black_box(void) {
  chosen used = choose_any(TRAINER);
  for (int i = 0; i < 8 && used.place >= 0 && !trainers[used.place].black_box; ++i) used = choose_any(TRAINER);
  if (used.place < 0) return;
  (chance(0.6) ? ask : tell)(used);
}

void trainer_update(void) {
  chosen used = choose_any(TRAINER);
  before seen = {NULL, false};
  if (used.place >= 0) seen = look(trainers[used.place].network);
  rfgsnn_status status = CALL(rfgsnn_update, (used.handle), "t%d", used.place);
  expect_refused(used, status);
  if (used.place < 0) return;
  compare(seen, status == RFGSNN_OK ? PARAMETERS | WIDTHS : NOTHING);
  look_at_gradient(&trainers[used.place]);
}

static void history(chosen used) {
  int64_t first = chance(0.95) ? below(4) : (int64_t)random_bits(), capacity = chance(0.95) ? below(6) : -1, count = -1;
  int64_t *steps = guarded_list(0, sizeof(int64_t) * (size_t)(capacity < 0 ? 0 : capacity));
  double *losses = guarded_list(1, sizeof(double) * (size_t)(capacity < 0 ? 0 : capacity));
  double *validation = guarded_list(2, sizeof(double) * (size_t)(capacity < 0 ? 0 : capacity));
  rfgsnn_status status =
      CALL(rfgsnn_trainer_history,
           (used.handle, first, capacity, chance(0.8) ? steps : NULL, losses, chance(0.8) ? validation : NULL, &count),
           "t%d %lld %lld", used.place, (long long)first, (long long)capacity);
  expect_failure(first < 0 || capacity < 0, status);
  for (int64_t i = 0; status == RFGSNN_OK && i < capacity && i < count - first; ++i) {
    if (!isfinite(losses[i])) FINDING("the loss of record %lld is %g", (long long)(first + i), losses[i]);
  }
}

void trainer_read(void) {
  chosen used = choose_any(TRAINER);
  int64_t held = -1, peak = -1, updates = -1;
  const char *text = NULL;
  rfgsnn_status status;
  switch (below(6)) {
    case 0:
      if (used.place >= 0) look_at_gradient(&trainers[used.place]);
      return;
    case 1:
      status = CALL(rfgsnn_trainer_updates, (used.handle, chance(0.95) ? &updates : NULL), "t%d", used.place);
      break;
    case 2:
      status = CALL(rfgsnn_trainer_memory, (used.handle, &held, &peak), "t%d", used.place);
      if (status == RFGSNN_OK && (held < 0 || peak < held))
        FINDING("held %lld, peak %lld", (long long)held, (long long)peak);
      break;
    case 3: history(used); return;
    case 4: status = CALL(rfgsnn_trainer_advice, (used.handle, chance(0.95) ? &text : NULL), "t%d", used.place); break;
    default:
      status = chance(0.3) ? CALL(rfgsnn_request_stop, (used.handle), "t%d", used.place) : RFGSNN_ERROR_NULL_POINTER;
  }
  if (status != RFGSNN_ERROR_NULL_POINTER) expect_refused(used, status);
}
