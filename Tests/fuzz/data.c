#include "data.h"

#include <stdio.h>
#include <string.h>

#include "guarded.h"

enum { MOST_BYTES = REGION_BYTES / 4 };

int64_t random_samples(void) {
  double kind = unit();
  if (kind < 0.8) return 1 + below(5);
  if (kind < 0.97) return 1 + below(20);
  return kind < 0.99 ? 60 + below(20) : 1 + below(300); /* tiles of 64 samples, and their ends */
}

/* Now and then another shape than what fits; the memory is laid out for it. */
static void disturb(int *rank, int64_t *extents) {
  if (!chance(0.01)) return;
  int dimension = (int)below(*rank);
  switch (below(4)) {
    case 0: extents[dimension] += 1; break;
    case 1: extents[dimension] = 1; break;
    case 2: extents[(*rank)++] = 1 + below(2); break;
    default:
      if (*rank > 1) --*rank;
  }
}

static void make(array *made, int region, int rank, int64_t *extents, value_kind kind) {
  disturb(&rank, extents);
  array_make(made, region, ARRAY_READ, rank, extents);
  array_fill(made, kind);
}

static void mlp_inputs(dataset *data, const network_model *network, int region) {
  int64_t samples = data->samples, inputs = network->inputs;
  bool in_time = network->time_steps * samples * inputs * 8 <= MOST_BYTES && chance(0.3);
  bool flat = !in_time && inputs == 1 && chance(0.3);
  int64_t extents[MOST_DIMENSIONS] = {samples, inputs};
  if (in_time) extents[0] = network->time_steps, extents[1] = samples, extents[2] = inputs;
  make(&data->inputs[0], region, in_time ? 3 : flat ? 1 : 2, extents, data->kind);
  data->arrays = 1;
}

static void deeponet_points(dataset *data, const network_model *network, int region) {
  int64_t count = chance(0.95) ? 1 + below(6) : 1 + below(70);
  data->points.count = 1;
  data->points.extents[0] = count;
  bool own = data->samples * count * network->coordinates * 8 <= MOST_BYTES && chance(0.35);
  bool flat = !own && network->coordinates == 1 && chance(0.3);
  int64_t extents[MOST_DIMENSIONS] = {count, network->coordinates};
  if (own) extents[0] = data->samples, extents[1] = count, extents[2] = network->coordinates;
  make(&data->inputs[1], region + 1, own ? 3 : flat ? 1 : 2, extents, random_kind());
  data->arrays = 2;
}

static void seponet_axes(dataset *data, const network_model *network, int region) {
  data->points.count = network->coordinates;
  for (int axis = 0; axis < network->coordinates; ++axis) {
    data->points.extents[axis] = 1 + below(network->coordinates > 2 ? 3 : 5);
    int64_t extents[MOST_DIMENSIONS] = {data->points.extents[axis], 1};
    make(&data->inputs[1 + axis], region + 1 + axis, chance(0.5) ? 1 : 2, extents, random_kind());
  }
  data->arrays = 1 + network->coordinates;
}

void data_inputs(dataset *data, const network_model *network, int64_t samples, int region) {
  memset(data, 0, sizeof *data);
  data->samples = samples;
  data->kind = random_kind();
  if (network->architecture == MLP) {
    mlp_inputs(data, network, region);
  } else {
    if (samples > 80) data->samples = 80; /* times points: outputs have a region's room */
    int64_t extents[MOST_DIMENSIONS] = {data->samples, network->inputs};
    make(&data->inputs[0], region, 2, extents, data->kind);
    (network->architecture == DEEPONET ? deeponet_points : seponet_axes)(data, network, region);
  }
  for (int i = 0; i < data->arrays; ++i) data->views[i] = data->inputs[i].view;
  data->count = data->arrays;
  static const int32_t counts[] = {0, -1, INT32_MIN, INT32_MAX, 6, 7};
  if (chance(0.01)) data->count = chance(0.5) ? data->count + (chance(0.5) ? 1 : -1) : counts[below(6)];
}

void data_targets(dataset *data, const network_model *network, int region) {
  int64_t extents[MOST_DIMENSIONS];
  int rank = output_extents(network, data->samples, &data->points, extents);
  make(&data->targets, region, rank, extents, chance(0.9) ? USUAL : random_kind());
}

int output_extents(const network_model *network, int64_t samples, const points *points, int64_t *extents) {
  int rank = 0;
  extents[rank++] = samples;
  for (int i = 0; i < points->count; ++i) extents[rank++] = points->extents[i];
  if (network->outputs > 1 || chance(0.7)) extents[rank++] = network->outputs;
  return rank;
}

bool data_broken(const dataset *data, bool with_targets) {
  for (int i = 0; i < data->arrays; ++i) {
    if (data->inputs[i].broken) return true;
  }
  return data->count != data->arrays || (with_targets && data->targets.broken);
}

const char *data_text(const dataset *data) {
  static char text[900];
  int length = snprintf(text, sizeof text, "%s, %d arrays", kind_name(data->kind), (int)data->count);
  for (int i = 0; i < data->arrays && length < 600; ++i) {
    length += snprintf(text + length, sizeof text - (size_t)length, " %s", array_text(&data->inputs[i]));
  }
  if (data->targets.view.ndim && length < 700) {
    snprintf(text + length, sizeof text - (size_t)length, ", targets %s", array_text(&data->targets));
  }
  return text;
}
