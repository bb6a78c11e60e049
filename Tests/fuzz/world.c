#include "world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "record.h"
#include "stops.h"

options_model all_options[PLACES];
network_model networks[PLACES];
trainer_model trainers[PLACES];
state_model states[PLACES];

enum { MOST_DEAD = 64 };
static void *dead[MOST_DEAD];
static int dead_count;

static void *handle_of(handle_kind kind, int place) {
  switch (kind) {
    case OPTIONS: return all_options[place].handle;
    case NETWORK: return networks[place].handle;
    case TRAINER: return trainers[place].handle;
    default: return states[place].handle;
  }
}

static void *strange_handle(void *good) {
  static int no_handle;
  switch (below(6)) {
    case 0: return NULL;
    case 1: return dead_count ? dead[below(dead_count)] : NULL;
    case 2: return (void *)(uintptr_t)random_bits();
    case 3: return (void *)((uintptr_t)good ^ (uintptr_t)1 << below(64));
    case 4: return &no_handle;
    default: return handle_of((handle_kind)below(HANDLE_KINDS), (int)below(PLACES));
  }
}

chosen choose(handle_kind kind, int place) {
  chosen result = {handle_of(kind, place), place};
  if (!result.handle) result.place = -1;
  return chance(0.99) ? result : choose_strange(kind, place);
}

chosen choose_strange(handle_kind kind, int place) {
  chosen result = {strange_handle(handle_of(kind, place)), -1};
  for (int i = 0; i < PLACES; ++i) {
    if (result.handle && handle_of(kind, i) == result.handle) result.place = i;
  }
  return result;
}

/* Calls on a handle are asked to stop through its network. */
static void aim_stops(handle_kind kind, int place) {
  if (kind == OPTIONS || place < 0) return;
  int network = kind == NETWORK ? place : kind == TRAINER ? trainers[place].network : states[place].network;
  stops_aim(networks[network].handle, kind == TRAINER ? trainers[place].handle : NULL);
}

chosen choose_any(handle_kind kind) {
  int place = live_place(kind);
  chosen result = choose(kind, place < 0 ? 0 : place);
  aim_stops(kind, result.place);
  return result;
}

static int random_place(handle_kind kind, bool live) {
  int first = (int)below(PLACES);
  for (int i = 0; i < PLACES; ++i) {
    int place = (first + i) % PLACES;
    if ((handle_of(kind, place) != NULL) == live) return place;
  }
  return -1;
}

int live_place(handle_kind kind) { return random_place(kind, true); }
int empty_place(handle_kind kind) { return random_place(kind, false); }

void expect_refused(chosen handle, rfgsnn_status status) {
  if (handle.place >= 0) return;
  if (status == RFGSNN_ERROR_NULL_POINTER || status == RFGSNN_ERROR_INVALID_HANDLE) return;
  FINDING("%p is no live handle of the kind, and the call returned %s", handle.handle, rfgsnn_status_name(status));
}

void bury(void *handle) {
  stops_aim(NULL, NULL);
  int place = dead_count < MOST_DEAD ? dead_count++ : (int)below(MOST_DEAD);
  dead[place] = handle;
}

/* The architecture, the coordinates and the neurons, from the names and shapes of the tensors. */
static void learn_tensors(network_model *network) {
  int32_t count = 0;
  CALL(rfgsnn_network_tensor_count, (network->handle, &count), "of a new network");
  int layers = 0, trunks = 0;
  network->coordinates = 0;
  for (int32_t i = 0; i < count; ++i) {
    const char *name;
    int32_t rank = 0;
    int64_t shape[4], offset;
    if (CALL(rfgsnn_network_tensor, (network->handle, i, &name, &rank, shape, &offset), "%d", i)) return;
    const char *end = strrchr(name, '.');
    if (strcmp(end, ".bias") == 0 && !strstr(name, "readout")) {
      if (layers < MOST_LAYERS) network->neurons[layers] = shape[0];
      ++layers;
    }
    if (strcmp(name, "trunk.layer0.weight") == 0) network->coordinates = (int)shape[0];
    if (strncmp(name, "trunk", 5) == 0 && strstr(name, ".layer0.bias")) ++trunks;
    if (strncmp(name, "trunk.", 6) == 0) network->architecture = DEEPONET;
    if (strncmp(name, "trunk0.", 7) == 0) network->architecture = SEPONET;
  }
  if (network->architecture == SEPONET) network->coordinates = trunks;
  if (layers != network->layers) FINDING("%d layers have %d biases", network->layers, layers);
}

bool learn(network_model *network, rfgsnn_network *handle) {
  memset(network, 0, sizeof *network);
  network->handle = handle;
  int32_t layers = 0;
  int64_t neurons = 0;
  if (CALL(rfgsnn_network_shape, (handle, &network->inputs, &network->outputs, &network->time_steps, &layers, &neurons),
           "of a new network") ||
      CALL(rfgsnn_network_parameters, (handle, &network->parameters, &network->parameter_count), "of a new network")) {
    FINDING("a new network does not tell its sizes: %s", rfgsnn_last_error());
    return false;
  }
  network->layers = layers;
  learn_tensors(network);
  network->seen_parameters = malloc(sizeof(float) * (size_t)network->parameter_count);
  return network->seen_parameters && layers <= MOST_LAYERS && network->parameter_count <= MOST_PARAMETERS &&
         network->parameter_count * network->time_steps <= 300000 &&
         2 * (all_inputs(network) + network->outputs) <= MOST_SCALES;
}

void forget(network_model *network) {
  free(network->seen_parameters);
  memset(network, 0, sizeof *network);
}

int64_t all_inputs(const network_model *network) { return network->inputs + network->coordinates; }

bool parameters_are_finite(const network_model *network) {
  for (int64_t i = 0; i < network->parameter_count; ++i) {
    if (!isfinite(network->parameters[i])) return false;
  }
  return true;
}

static void read_rest(network_model *network, double *widths, double *scaling) {
  int64_t inputs = all_inputs(network), outputs = network->outputs;
  rfgsnn_status first = rfgsnn_network_surrogate_widths(network->handle, widths, network->layers);
  rfgsnn_status second = rfgsnn_network_scaling(network->handle, scaling, scaling + inputs, inputs,
                                                scaling + 2 * inputs, scaling + 2 * inputs + outputs, outputs);
  if (first || second) FINDING("widths and scaling cannot be read: %s", rfgsnn_last_error());
}

before look(int place) {
  network_model *network = &networks[place];
  memcpy(network->seen_parameters, network->parameters, sizeof(float) * (size_t)network->parameter_count);
  read_rest(network, network->seen_widths, network->seen_scaling);
  return (before){network, parameters_are_finite(network)};
}

static int64_t first_difference(const void *before, const void *after, size_t size, int64_t count) {
  const char *a = before, *b = after;
  if (memcmp(a, b, size * (size_t)count) == 0) return -1;
  int64_t place = 0;
  while (memcmp(a + size * (size_t)place, b + size * (size_t)place, size) == 0) ++place;
  return place;
}

void compare(before seen, int may_change) {
  network_model *network = seen.network;
  double widths[MOST_LAYERS], scaling[MOST_SCALES];
  read_rest(network, widths, scaling);
  int64_t scales = 2 * (all_inputs(network) + network->outputs);
  int64_t parameter =
      first_difference(network->seen_parameters, network->parameters, sizeof(float), network->parameter_count);
  int64_t width = first_difference(network->seen_widths, widths, sizeof(double), network->layers);
  int64_t scale = first_difference(network->seen_scaling, scaling, sizeof(double), scales);
  if (!(may_change & PARAMETERS) && parameter >= 0) {
    FINDING("parameter %lld changed from %g to %g", (long long)parameter, network->seen_parameters[parameter],
            network->parameters[parameter]);
  }
  if (!(may_change & WIDTHS) && width >= 0) {
    FINDING("surrogate width %lld changed from %g to %g", (long long)width, network->seen_widths[width], widths[width]);
  }
  if (!(may_change & SCALING) && scale >= 0) {
    FINDING("scaling %lld changed from %g to %g", (long long)scale, network->seen_scaling[scale], scaling[scale]);
  }
  if (seen.finite && !parameters_are_finite(network)) FINDING("a parameter is no longer finite");
  for (int i = 0; i < network->layers; ++i) {
    if (!isfinite(widths[i]) || widths[i] <= 0) FINDING("surrogate width %d is %g", i, widths[i]);
  }
  for (int64_t i = 0; i < scales; ++i) {
    if (!isfinite(scaling[i])) FINDING("scaling %lld is %g", (long long)i, scaling[i]);
  }
}

void world_begin(void) {
  memset(all_options, 0, sizeof all_options);
  memset(networks, 0, sizeof networks);
  memset(trainers, 0, sizeof trainers);
  memset(states, 0, sizeof states);
  dead_count = 0;
}

#define FREE_ALL(models, name)                                                                                \
  for (int i = 0; i < PLACES; ++i) {                                                                          \
    if (models[i].handle && CALL(name, (models[i].handle), "at the end")) FINDING("%s", rfgsnn_last_error()); \
  }

void world_end(void) {
  FREE_ALL(trainers, rfgsnn_trainer_free)
  FREE_ALL(states, rfgsnn_state_free)
  FREE_ALL(networks, rfgsnn_network_free)
  FREE_ALL(all_options, rfgsnn_options_free)
  for (int i = 0; i < PLACES; ++i) forget(&networks[i]);
}
