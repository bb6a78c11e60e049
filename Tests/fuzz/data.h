/* Inputs, targets and outputs that fit a network, most of the time. */
#ifndef DATA_H
#define DATA_H

#include "arrays.h"
#include "world.h"

typedef struct dataset {
  array inputs[5];
  rfgsnn_array views[8]; /* what is passed: the inputs, and nothing after them */
  int32_t count;         /* what is said of them */
  int arrays;            /* how many there are */
  array targets;
  int64_t samples;
  points points;
  value_kind kind;
} dataset;

int64_t random_samples(void);

/* Inputs in the regions from `region` on. */
void data_inputs(dataset *data, const network_model *network, int64_t samples, int region);

/* Targets of as many samples and points. */
void data_targets(dataset *data, const network_model *network, int region);

/* The shape of outputs or targets; its rank. */
int output_extents(const network_model *network, int64_t samples, const points *points, int64_t *extents);

/* Whether an array of the data must be refused. */
bool data_broken(const dataset *data, bool with_targets);

/* For the trace, into a text that the next call changes. */
const char *data_text(const dataset *data);

#endif
