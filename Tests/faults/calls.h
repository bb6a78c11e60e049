/* The matrix of calls that faults are let loose on: every function of the interface, on every architecture, with every
 * estimator. */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>

#include "rfgsnn.h"

/* What a call finds. */
typedef enum stage { NOTHING, OPTIONS, NETWORK, STATE, TRAINER, PASS, ASKED, GRADIENT, DIAGNOSED } stage;

typedef struct architecture {
  const char *name;
  const char *words; /* its options */
} architecture;

/* The handles of one case and the data that belong to its architecture; a call leaves what it creates here. */
typedef struct subject {
  const architecture *architecture;
  rfgsnn_options *options, *more_options;
  rfgsnn_network *network, *clone;
  rfgsnn_trainer *trainer;
  rfgsnn_state *state;
  int64_t shapes[4][4];
  rfgsnn_array inputs[3], targets, outputs;
  int32_t count;
} subject;

typedef struct call {
  const char *name;
  stage stage;
  bool in_steps; /* it may have done a part, whole steps, when it fails */
  rfgsnn_status (*run)(subject *subject);
} call;

/* One case of the matrix. `words` are the trainer's options, `threads` those that the network may use. */
typedef struct fault_case {
  const architecture *architecture;
  const char *words;
  const call *call;
  int threads;
} fault_case;

/* Visits the matrix: calls that need no trainer once for each architecture, the others with each estimator too; unless
 * `all` is asked for, operator networks with a quarter of the estimators. */
void for_each_case(int threads, bool all, void (*visit)(const fault_case *one));

/* Makes what the call finds; false if the architecture does not offer it. */
bool prepare(subject *subject, const fault_case *one);

/* Frees what there is; false if a handle was refused. */
bool dispose(subject *subject);

/* A number of everything that a call may change in the network: parameters, scaling and widths. 0 without one. */
uint64_t fingerprint(const subject *subject);

/* "fit of a deeponet by rfg_activity", in static memory. */
const char *case_name(const fault_case *one);

/* Whether this is the long form of the tests: the argument "long" was given. */
bool is_long(int argc, char **argv);

#endif
