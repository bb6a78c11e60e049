/* States: networks that run one time step at a time. */
#include <stddef.h>

#include "calls.h"
#include "data.h"
#include "guarded.h"
#include "record.h"

static rfgsnn_state *const untouched = (rfgsnn_state *)(uintptr_t)0x77;

void state_new(void) {
  int place = empty_place(STATE);
  chosen network = choose_any(NETWORK);
  if (place < 0) return;
  /* Numbers of samples that are valid and take gigabytes are not for this machine. */
  static const int64_t wrong[] = {0, -1, INT64_MIN, (int64_t)1 << 31, INT64_MAX};
  int64_t samples = chance(0.98) ? random_samples() : wrong[below(5)];
  rfgsnn_state *made = untouched;
  bool nowhere = chance(0.01);
  rfgsnn_status status = CALL(rfgsnn_state_create, (network.handle, samples, nowhere ? NULL : &made),
                              "s%d of n%d, %lld samples", place, network.place, (long long)samples);
  expect_failure(nowhere || samples < 1 || samples > INT32_MAX || network.place < 0, status);
  if (status == RFGSNN_OK) {
    states[place] = (state_model){made, network.place, samples};
    ++networks[network.place].users;
    if (networks[network.place].architecture != MLP) FINDING("a state of an operator network");
  } else if (made != untouched) {
    FINDING("an output was written to by a call that failed");
  }
}

void state_free(void) {
  chosen used = choose_any(STATE);
  rfgsnn_status status = CALL(rfgsnn_state_free, (used.handle), "s%d %p", used.place, used.handle);
  if (used.handle) expect_refused(used, status);
  if (used.place < 0 || status != RFGSNN_OK) return;
  --networks[states[used.place].network].users;
  states[used.place].handle = NULL;
  bury(used.handle);
}

void state_step(void) {
  chosen used = choose_any(STATE);
  if (used.place < 0 || chance(0.1)) {
    expect_refused(used, CALL(rfgsnn_state_reset, (used.handle), "s%d", used.place));
    return;
  }
  state_model *state = &states[used.place];
  network_model *network = &networks[state->network];
  value_kind kind = random_kind();
  int64_t extents[2] = {state->samples + (chance(0.01) ? 1 : 0), network->inputs};
  bool wrong = extents[0] != state->samples;
  array input, output;
  array_make(&input, REGION_INPUTS, ARRAY_READ, 2, extents);
  array_fill(&input, kind);
  extents[1] = network->outputs;
  array_make(&output, REGION_OUTPUTS, ARRAY_WRITTEN, network->outputs == 1 && chance(0.3) ? 1 : 2, extents);
  array_watch(&output);
  bool unwanted = chance(0.2);
  before seen = look(state->network);
  rfgsnn_status status =
      CALL(rfgsnn_state_step, (used.handle, &input.view, unwanted ? NULL : &output.view), "s%d of n%d, %s %s -> %s",
           used.place, state->network, kind_name(kind), array_text(&input), array_text(&output));
  expect_failure(wrong || input.broken || (!unwanted && output.broken) || !seen.finite, status);
  const char *complaint = array_complaint(&output, status == RFGSNN_OK && !unwanted ? ARRAY_FILLED : ARRAY_UNTOUCHED);
  if (complaint) FINDING("%s", complaint);
  compare(seen, NOTHING);
}

void state_read(void) {
  chosen used = choose_any(STATE);
  if (used.place < 0) return;
  state_model *state = &states[used.place];
  network_model *network = &networks[state->network];
  int32_t layer = chance(0.97) ? (int32_t)below(network->layers) : chance(0.5) ? -1 : network->layers;
  bool there = layer >= 0 && layer < network->layers;
  int64_t extents[2] = {state->samples, there ? network->neurons[layer] : 1};
  if (extents[0] * extents[1] * 8 > REGION_BYTES / 2) return;
  array output;
  array_make(&output, REGION_OUTPUTS, ARRAY_WRITTEN, 2, extents);
  array_watch(&output);
  rfgsnn_status status;
  if (chance(0.5)) {
    status = CALL(rfgsnn_state_spikes, (used.handle, layer, &output.view), "s%d %d -> %s", used.place, (int)layer,
                  array_text(&output));
  } else {
    status = CALL(rfgsnn_state_membrane, (used.handle, layer, &output.view), "s%d %d -> %s", used.place, (int)layer,
                  array_text(&output));
  }
  expect_failure(!there || output.broken, status);
  const char *complaint = array_complaint(&output, status == RFGSNN_OK ? ARRAY_FILLED : ARRAY_UNTOUCHED);
  if (complaint) FINDING("%s", complaint);
}
