/* Every function that takes a handle, with one that is none, is dead or is of another kind. Its other arguments could
 * be right, but none of them may be touched. */
#include <stddef.h>

#include "calls.h"
#include "random.h"
#include "record.h"
#include "world.h"

typedef struct arguments {
  rfgsnn_array array;
  float *floats;
  const float *view;
  double doubles[8];
  int64_t integers[8], shape[2];
  int32_t number;
  const char *text;
  void *made;
} arguments;

static const arguments plausible = {
    .array = {.device = {1, 0}, .ndim = 2, .dtype = {2, 64, 1}}, .shape = {1, 1}, .doubles = {1}, .integers = {1}};

static rfgsnn_status to_options(void *h, arguments *a) {
  switch (below(6)) {
    case 0: return h ? CALL(rfgsnn_options_free, (h), "%p", h) : RFGSNN_ERROR_NULL_POINTER;
    case 1: return CALL(rfgsnn_options_set_int, (h, "inputs", 1), "%p", h);
    case 2: return CALL(rfgsnn_options_set_float, (h, "leak", 1), "%p", h);
    case 3: return CALL(rfgsnn_options_set_string, (h, "loss", "mse"), "%p", h);
    case 4: return CALL(rfgsnn_options_set_ints, (h, "hidden", a->integers, 1), "%p", h);
    default: return CALL(rfgsnn_network_create, (h, (rfgsnn_network **)&a->made), "%p", h);
  }
}

static rfgsnn_status to_network(void *h, arguments *a) {
  double *d = a->doubles;
  int64_t *i = a->integers;
  switch (below(21)) {
    case 0: return CALL(rfgsnn_network_clone, (h, (rfgsnn_network **)&a->made), "%p", h);
    case 1: return h ? CALL(rfgsnn_network_free, (h), "%p", h) : RFGSNN_ERROR_NULL_POINTER;
    case 2: return CALL(rfgsnn_network_shape, (h, i, i + 1, i + 2, &a->number, i + 3), "%p", h);
    case 3: return CALL(rfgsnn_network_instruction_set, (h, &a->text), "%p", h);
    case 4: return CALL(rfgsnn_network_parameters, (h, &a->floats, i), "%p", h);
    case 5: return CALL(rfgsnn_network_set_parameters, (h, (float[]){1}, 1), "%p", h);
    case 6: return CALL(rfgsnn_network_tensor_count, (h, &a->number), "%p", h);
    case 7: return CALL(rfgsnn_network_tensor, (h, 0, &a->text, &a->number, i, i + 4), "%p", h);
    case 8: return CALL(rfgsnn_network_set_scaling, (h, d, d, 1, d, d, 1), "%p", h);
    case 9: return CALL(rfgsnn_network_scaling, (h, d, d, 1, d, d, 1), "%p", h);
    case 10: return CALL(rfgsnn_network_fit_scaling, (h, "minmax", &a->array, 1, &a->array), "%p", h);
    case 11: return CALL(rfgsnn_network_surrogate_widths, (h, d, 1), "%p", h);
    case 12: return CALL(rfgsnn_network_set_surrogate_widths, (h, d, 1), "%p", h);
    case 13: return CALL(rfgsnn_network_predict, (h, &a->array, 1, &a->array), "%p", h);
    case 14: return CALL(rfgsnn_network_firing_rates, (h, &a->array, 1, d, 1), "%p", h);
    case 15: return CALL(rfgsnn_network_activity, (h, &a->array, 1, d, d, d, 1), "%p", h);
    case 16: return CALL(rfgsnn_network_calibrate, (h, &a->array, 1), "%p", h);
    case 17: return CALL(rfgsnn_network_solve_readout, (h, &a->array, 1, &a->array, 0, d, d), "%p", h);
    case 18: return CALL(rfgsnn_network_memory, (h, i, i + 1), "%p", h);
    case 19: return CALL(rfgsnn_network_request_stop, (h), "%p", h);
    default: return CALL(rfgsnn_state_create, (h, 1, (rfgsnn_state **)&a->made), "%p", h);
  }
}

static rfgsnn_status to_trainer(void *h, arguments *a) {
  double *d = a->doubles;
  int64_t *i = a->integers;
  switch (below(17)) {
    case 0: return h ? CALL(rfgsnn_trainer_free, (h), "%p", h) : RFGSNN_ERROR_NULL_POINTER;
    case 1: return CALL(rfgsnn_perturb, (h, -1), "%p", h);
    case 2: return CALL(rfgsnn_step, (h, &a->array, &a->array), "%p", h);
    case 3: return CALL(rfgsnn_forward, (h, &a->array, 1, &a->array), "%p", h);
    case 4: return CALL(rfgsnn_estimate_gradient, (h, &a->array, d), "%p", h);
    case 5: return CALL(rfgsnn_estimate_gradient_from_output_gradient, (h, &a->array), "%p", h);
    case 6: return CALL(rfgsnn_perturbed_parameters, (h, 0, (float[]){1}, 1), "%p", h);
    case 7: return CALL(rfgsnn_estimate_gradient_from_losses, (h, d, 2), "%p", h);
    case 8: return CALL(rfgsnn_gradient, (h, &a->view, i), "%p", h);
    case 9: return CALL(rfgsnn_update, (h), "%p", h);
    case 10: return CALL(rfgsnn_fit, (h, &a->array, 1, &a->array, NULL, 0, NULL, NULL, NULL), "%p", h);
    case 11: return CALL(rfgsnn_request_stop, (h), "%p", h);
    case 12: return CALL(rfgsnn_trainer_history, (h, 0, 1, i, d, d, i), "%p", h);
    case 13: return CALL(rfgsnn_trainer_diagnose, (h, &a->array, 1, &a->array, 2, &a->text, d, d, d, d), "%p", h);
    case 14: return CALL(rfgsnn_trainer_advice, (h, &a->text), "%p", h);
    case 15: return CALL(rfgsnn_trainer_updates, (h, i), "%p", h);
    default: return CALL(rfgsnn_trainer_memory, (h, i, i + 1), "%p", h);
  }
}

static rfgsnn_status to_state(void *h, arguments *a) {
  switch (below(5)) {
    case 0: return h ? CALL(rfgsnn_state_free, (h), "%p", h) : RFGSNN_ERROR_NULL_POINTER;
    case 1: return CALL(rfgsnn_state_reset, (h), "%p", h);
    case 2: return CALL(rfgsnn_state_step, (h, &a->array, &a->array), "%p", h);
    case 3: return CALL(rfgsnn_state_spikes, (h, 0, &a->array), "%p", h);
    default: return CALL(rfgsnn_state_membrane, (h, 0, &a->array), "%p", h);
  }
}

void stranger_call(void) {
  handle_kind kind = (handle_kind)below(HANDLE_KINDS);
  chosen stranger = choose_strange(kind, (int)below(PLACES));
  if (stranger.place >= 0) return;
  arguments a = plausible;
  double number = 5;
  a.array.data = &number;
  a.array.shape = a.shape;
  static rfgsnn_status (*const calls[])(void *, arguments *) = {to_options, to_network, to_trainer, to_state};
  expect_refused(stranger, calls[kind](stranger.handle, &a));
  if (number != 5 || a.doubles[0] != 1 || a.integers[0] != 1 || a.made || a.text || a.floats || a.view) {
    FINDING("a call that was refused has written to an argument");
  }
}
