/* Networks: creation, views, parameters, scaling, widths. */
#include <string.h>

#include "calls.h"
#include "guarded.h"
#include "random.h"
#include "record.h"
#include "world.h"

/* What an output holds that is not to be written. */
static rfgsnn_network *const untouched = (rfgsnn_network *)(uintptr_t)0x77;

static void keep(int place, rfgsnn_network *made) {
  network_model *network = &networks[place];
  if (learn(network, made)) return;
  CALL(rfgsnn_network_free, (made), "n%d, too large to go on with", place);
  forget(network);
}

void network_new(void) {
  int place = empty_place(NETWORK);
  if (place < 0) return;
  chosen options = choose_any(OPTIONS);
  bool nowhere = chance(0.01);
  rfgsnn_network *made = untouched;
  rfgsnn_status status =
      CALL(rfgsnn_network_create, (options.handle, nowhere ? NULL : &made), "n%d from o%d", place, options.place);
  expect_refused(options, status);
  expect_failure(nowhere, status);
  if (status == RFGSNN_OK) {
    keep(place, made);
  } else if (made != untouched) {
    FINDING("an output was written to by a call that failed");
  }
}

/* The largest sizes, refused by memory_limit before they cost anything. */
void network_huge(void) {
  rfgsnn_options *options;
  rfgsnn_network *made = untouched;
  static const char *const keys[] = {"inputs", "outputs", "latent", "hidden", "trunk_hidden"};
  if (CALL(rfgsnn_options_create, (&options), "for a huge network")) return;
  CALL(rfgsnn_options_set_int, (options, "inputs", 1), "inputs = 1");
  CALL(rfgsnn_options_set_int, (options, "outputs", 1), "outputs = 1");
  CALL(rfgsnn_options_set_int, (options, "memory_limit", 1000000), "memory_limit = 1000000");
  static const char *const kinds[] = {"mlp", "deeponet", "seponet"};
  const char *kind = kinds[below(3)];
  CALL(rfgsnn_options_set_string, (options, "architecture", kind), "architecture = %s", kind);
  int64_t sizes[64];
  int64_t size = chance(0.5) ? 16777216 : 100000 + below(16000000), count = 1 + below(64);
  for (int i = 0; i < 64; ++i) sizes[i] = size;
  int largest = (int)below(kind == kinds[0] ? 2 : 5);
  if (largest < 3) {
    CALL(rfgsnn_options_set_int, (options, keys[largest], size), "%s = %lld", keys[largest], (long long)size);
  } else {
    CALL(rfgsnn_options_set_ints, (options, keys[largest], sizes, count), "%s = %lld times %lld", keys[largest],
         (long long)count, (long long)size);
  }
  rfgsnn_status status = CALL(rfgsnn_network_create, (options, &made), "huge");
  if (status == RFGSNN_OK || made != untouched) FINDING("%lld fits into memory_limit", (long long)size);
  if (status == RFGSNN_OK) CALL(rfgsnn_network_free, (made), "huge");
  CALL(rfgsnn_options_free, (options), "of a huge network");
}

void network_clone(void) {
  int place = empty_place(NETWORK);
  chosen original = choose_any(NETWORK);
  if (place < 0) return;
  rfgsnn_network *made = untouched;
  rfgsnn_status status = CALL(rfgsnn_network_clone, (original.handle, &made), "n%d of n%d", place, original.place);
  expect_refused(original, status);
  if (status != RFGSNN_OK) {
    if (made != untouched) FINDING("an output was written to by a call that failed");
    return;
  }
  keep(place, made);
  const network_model *clone = &networks[place], *model = &networks[original.place];
  if (!clone->handle) return;
  if (clone->parameter_count != model->parameter_count ||
      memcmp(clone->parameters, model->parameters, sizeof(float) * (size_t)clone->parameter_count)) {
    FINDING("a clone has other parameters");
  }
}

void network_free(void) {
  chosen used = choose_any(NETWORK);
  int64_t held = 0, before = 0, after = 0;
  if (used.place >= 0) {
    CALL(rfgsnn_network_memory, (used.handle, &held, NULL), "n%d", used.place);
    rfgsnn_memory_held(&before);
  }
  rfgsnn_status status = CALL(rfgsnn_network_free, (used.handle), "n%d %p", used.place, used.handle);
  if (used.handle) expect_refused(used, status);
  if (used.place < 0) return;
  network_model *network = &networks[used.place];
  if (network->users && status != RFGSNN_ERROR_IN_USE && !inside_callback) FINDING("a network in use: %d", (int)status);
  if (!network->users && status != RFGSNN_OK) FINDING("a network is not freed: %s", rfgsnn_last_error());
  if (status != RFGSNN_OK) return;
  rfgsnn_memory_held(&after);
  if (before - after != held)
    FINDING("held %lld bytes and gave back %lld", (long long)held, (long long)(before - after));
  bury(network->handle);
  forget(network);
}

void network_read(void) {
  chosen used = choose_any(NETWORK);
  const char *text = NULL;
  float *values = NULL;
  int64_t numbers[4], shape[4], held = -1, peak = -1;
  int32_t count = 0, index = (int32_t)between(-1, 14), rank;
  rfgsnn_status status;
  switch (below(7)) {
    case 0:
      status =
          CALL(rfgsnn_network_shape,
               (used.handle, numbers, numbers + 1, NULL, &count, chance(0.5) ? numbers + 2 : NULL), "n%d", used.place);
      break;
    case 1:
      status = CALL(rfgsnn_network_instruction_set, (used.handle, chance(0.95) ? &text : NULL), "n%d", used.place);
      break;
    case 2:
      status =
          CALL(rfgsnn_network_parameters, (used.handle, chance(0.95) ? &values : NULL, numbers), "n%d", used.place);
      break;
    case 3:
      status = CALL(rfgsnn_network_tensor_count, (used.handle, chance(0.95) ? &count : NULL), "n%d", used.place);
      break;
    case 4:
      status = CALL(rfgsnn_network_tensor, (used.handle, index, &text, &rank, chance(0.9) ? shape : NULL, numbers),
                    "n%d %d", used.place, (int)index);
      break;
    case 5: status = CALL(rfgsnn_network_request_stop, (used.handle), "n%d", used.place); break;
    default:
      status = CALL(rfgsnn_network_memory, (used.handle, &held, &peak), "n%d", used.place);
      if (status == RFGSNN_OK && (held < 0 || peak < held))
        FINDING("held %lld, peak %lld", (long long)held, (long long)peak);
  }
  expect_refused(used, status);
}

/* Parameters: through the view, where nothing is checked, and by the function that checks. */
void network_write(void) {
  chosen used = choose_any(NETWORK);
  if (used.place < 0) {
    expect_refused(used, CALL(rfgsnn_network_set_parameters, (used.handle, NULL, 0), "%p", used.handle));
    return;
  }
  network_model *network = &networks[used.place];
  value_kind kind = random_kind();
  if (chance(0.2)) {
    int64_t index = below(network->parameter_count);
    if (inside_callback) return; /* a host may not write while a call runs */
    network->parameters[index] = (float)random_value(kind);
    note("n%d parameter %lld = %g", used.place, (long long)index, network->parameters[index]);
    return;
  }
  int64_t count = network->parameter_count;
  float *values = guarded_list(0, sizeof(float) * (size_t)count);
  bool finite = true;
  for (int64_t i = 0; i < count; ++i) {
    values[i] = (float)random_value(kind == HUGE_FOR_FLOAT && chance(0.9) ? USUAL : kind);
    finite = finite && values[i] - values[i] == 0;
  }
  if (chance(0.02)) count += between(-2, 2);
  before seen = look(used.place);
  rfgsnn_status status = CALL(rfgsnn_network_set_parameters, (used.handle, chance(0.99) ? values : NULL, count),
                              "n%d %lld, %s", used.place, (long long)count, kind_name(kind));
  expect_failure(!finite || count != network->parameter_count, status);
  compare(seen, status == RFGSNN_OK ? PARAMETERS : NOTHING);
}

static double *random_list(int number, int64_t count, value_kind kind) {
  double *list = guarded_list(number, sizeof(double) * (size_t)count);
  for (int64_t i = 0; i < count; ++i) list[i] = random_value(kind);
  return list;
}

void network_scaling(void) {
  chosen used = choose_any(NETWORK);
  if (used.place < 0) return;
  network_model *network = &networks[used.place];
  int64_t inputs = all_inputs(network), outputs = network->outputs;
  double *lists[4], none[4] = {0};
  value_kind kind = chance(0.8) ? USUAL : random_kind();
  for (int i = 0; i < 4; ++i) {
    lists[i] = random_list(i, i < 2 ? inputs : outputs, kind);
    if (chance(0.2)) lists[i] = NULL;
  }
  if (chance(0.02)) inputs += between(-1, 2);
  if (chance(0.02)) outputs += between(-1, 2);
  bool wrong = ((lists[0] || lists[1]) && inputs != all_inputs(network)) ||
               ((lists[2] || lists[3]) && outputs != network->outputs);
  before seen = look(used.place);
  if (chance(0.3)) {
    expect_failure(wrong,
                   CALL(rfgsnn_network_scaling, (used.handle, lists[0], lists[1], inputs, lists[2], lists[3], outputs),
                        "n%d", used.place));
    compare(seen, NOTHING);
    return;
  }
  rfgsnn_status status =
      CALL(rfgsnn_network_set_scaling, (used.handle, lists[0], lists[1], inputs, lists[2], lists[3], outputs),
           "n%d %s: %g %g, %g %g", used.place, kind_name(kind), *(lists[0] ? lists[0] : none),
           *(lists[1] ? lists[1] : none), *(lists[2] ? lists[2] : none), *(lists[3] ? lists[3] : none));
  expect_failure(wrong, status);
  compare(seen, status == RFGSNN_OK ? SCALING : NOTHING);
}

void network_widths(void) {
  chosen used = choose_any(NETWORK);
  if (used.place < 0) return;
  network_model *network = &networks[used.place];
  int64_t count = network->layers;
  value_kind kind = chance(0.7) ? USUAL : random_kind();
  double *widths = random_list(0, count, kind);
  for (int64_t i = 0; i < count && kind == USUAL; ++i) widths[i] = 0.3 + unit();
  if (chance(0.02)) count += between(-1, 2);
  before seen = look(used.place);
  bool reading = chance(0.4), nothing = chance(0.01);
  rfgsnn_status status;
  if (reading) {
    status = CALL(rfgsnn_network_surrogate_widths, (used.handle, nothing ? NULL : widths, count), "n%d", used.place);
  } else {
    status = CALL(rfgsnn_network_set_surrogate_widths, (used.handle, nothing ? NULL : widths, count), "n%d %s %g",
                  used.place, kind_name(kind), widths[0]);
  }
  expect_failure(nothing || count != network->layers, status);
  compare(seen, status == RFGSNN_OK && !reading ? WIDTHS : NOTHING);
}
