/* The live handles of an episode, what is known of each, and the dead ones. */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "rfgsnn.h"

enum { PLACES = 4, MOST_LAYERS = 330, MOST_SCALES = 64, MOST_PARAMETERS = 60000 };

typedef enum architecture { MLP, DEEPONET, SEPONET } architecture;

/* The points of a pass or a call: none for an mlp, one extent for a deeponet, one for each axis for a seponet. */
typedef struct points {
  int count;
  int64_t extents[4];
} points;

typedef struct network_model {
  rfgsnn_network *handle;
  architecture architecture;
  int coordinates;
  int64_t inputs, outputs, time_steps;
  int layers;
  int64_t neurons[MOST_LAYERS];
  int users; /* trainers and states */
  int64_t parameter_count;
  float *parameters; /* the library's */
  /* As they were before the present call. */
  float *seen_parameters;
  double seen_widths[MOST_LAYERS], seen_scaling[MOST_SCALES];
} network_model;

typedef struct options_model {
  rfgsnn_options *handle;
  int64_t directions; /* as far as they were set */
  bool black_box;
} options_model;

typedef struct trainer_model {
  rfgsnn_trainer *handle;
  int network;
  int64_t directions;
  bool black_box;
  int64_t samples; /* of the last pass, or 0 */
  points points;
} trainer_model;

typedef struct state_model {
  rfgsnn_state *handle;
  int network;
  int64_t samples;
} state_model;

extern options_model all_options[PLACES];
extern network_model networks[PLACES];
extern trainer_model trainers[PLACES];
extern state_model states[PLACES];

typedef enum handle_kind { OPTIONS, NETWORK, TRAINER, STATE, HANDLE_KINDS } handle_kind;

/* A handle to pass: mostly that of a place; now and then NULL, a freed one, one of another kind or no handle. */
typedef struct chosen {
  void *handle;
  int place; /* whose live handle it is, or -1 */
} chosen;

chosen choose(handle_kind kind, int place);
chosen choose_any(handle_kind kind);

/* Almost always one that is not live. */
chosen choose_strange(handle_kind kind, int place);

/* A random live one, or an empty one: -1. */
int live_place(handle_kind kind);
int empty_place(handle_kind kind);

/* What `choose` gives a handle for is refused as it must be. */
void expect_refused(chosen handle, rfgsnn_status status);

/* Remembers a handle that was freed. */
void bury(void *handle);

/* Asks the library what a new network is; false if it is too large to keep, or the library does not say. */
bool learn(network_model *network, rfgsnn_network *handle);
void forget(network_model *network);

int64_t all_inputs(const network_model *network);
bool parameters_are_finite(const network_model *network);

/* Parts of a network that a call may change. */
enum { NOTHING = 0, PARAMETERS = 1, WIDTHS = 2, SCALING = 4 };

/* Looks at a network before a call, and after it: what is not to change has not, and what is finite still is. */
typedef struct before {
  network_model *network;
  bool finite;
} before;
before look(int network);
void compare(before seen, int may_change);

void world_begin(void);
void world_end(void);

#endif
