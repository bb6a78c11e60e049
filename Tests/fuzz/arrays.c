#include "arrays.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guarded.h"

enum { UNTOUCHED = 0xA5, MARGIN = 4096 };

static int64_t element_bytes(const array *a) { return a->view.dtype.bits / 8; }

/* The step along a dimension, where none is described as well. */
static int64_t step_of(const array *a, int dimension) {
  if (a->extents[dimension] == 1) return 0;
  if (a->view.strides) return a->strides[dimension];
  int64_t step = 1;
  for (int inner = a->view.ndim - 1; inner > dimension; --inner) step *= a->extents[inner];
  return step;
}

static void random_strides(array *a, array_use use) {
  int rank = a->view.ndim, order[MOST_DIMENSIONS];
  for (int i = 0; i < rank; ++i) order[i] = rank - 1 - i;
  bool shuffled = chance(0.4), padded = chance(0.2), reversed = chance(0.25);
  bool repeated = use == ARRAY_READ && chance(0.1), interleaved = use == ARRAY_READ && chance(0.03);
  for (int i = rank - 1; shuffled && i > 0; --i) {
    int j = (int)below(i + 1), swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  int64_t step = 1;
  for (int i = 0; i < rank; ++i) {
    int dimension = order[i];
    int64_t stride = step;
    step *= a->extents[dimension];
    if (padded) step += below(3);
    if (reversed && chance(0.5)) stride = -stride;
    if (repeated && chance(0.5)) stride = 0;
    if (interleaved) stride = between(-3, 3);
    if (a->extents[dimension] == 1 && chance(0.1)) stride = (int64_t)random_bits(); /* means nothing */
    a->strides[dimension] = stride;
  }
}

/* Elements before and after the first one. */
static void reach(const array *a, int64_t *before, int64_t *after) {
  *before = *after = 0;
  for (int i = 0; i < a->view.ndim; ++i) {
    int64_t length = (a->extents[i] - 1) * step_of(a, i);
    *(length < 0 ? before : after) += length < 0 ? -length : length;
  }
}

/* Puts the elements at one end of the region, where a guard page is next, or anywhere. */
static void put(array *a, char *fuzzers, char *librarys) {
  int64_t bytes = element_bytes(a), before, after;
  reach(a, &before, &after);
  int64_t room = REGION_BYTES / bytes - before - after - 1;
  if (room < 0) {
    a->view.strides = NULL;
    reach(a, &before, &after);
    room = REGION_BYTES / bytes - before - after - 1;
    if (room < 0) abort(); /* callers ask for less */
  }
  int64_t place = chance(0.4) ? 0 : chance(0.6) ? room : below(room + 1);
  int64_t first = (place + before) * bytes, offset = chance(0.5) ? 0 : below(first + 1);
  a->first = fuzzers + first;
  a->lowest = a->first - before * bytes;
  a->past = a->first + (after + 1) * bytes;
  a->view.data = librarys + first - offset;
  a->view.byte_offset = (uint64_t)offset;
}

/* Makes the description a wrong one, of a kind that must be refused whatever memory there is. */
static void spoil(array *a, array_use use) {
  int rank = a->view.ndim, dimension = (int)below(rank);
  static const uint8_t codes[] = {0, 1, 3, 4, 5, 6, 7, 255}, bits[] = {0, 1, 8, 16, 33, 63, 96, 128, 255};
  static const uint16_t lanes[] = {0, 2, 4, 256, 65535};
  static const int32_t ranks[] = {0, -1, -7, 7, 8, INT32_MAX, INT32_MIN};
  switch (below(13)) {
    case 0: a->view.data = NULL, a->broken = "data NULL"; break;
    case 1: a->view.byte_offset += 1 + (uint64_t)below(3), a->broken = "not aligned"; break;
    case 2: a->view.ndim = ranks[below(7)], a->broken = "rank"; break;
    case 3: a->extents[dimension] = -below(3), a->broken = "extent not positive"; break;
    case 4: a->extents[dimension] = INT64_MAX - below(1000), a->broken = "extent past 2^31"; break;
    case 5: a->extents[dimension] = (int64_t)(random_bits() | (uint64_t)1 << 63), a->broken = "extent negative"; break;
    case 6: a->view.dtype.code = codes[below(8)], a->broken = "type code"; break;
    case 7: a->view.dtype.bits = bits[below(9)], a->broken = "type bits"; break;
    case 8: a->view.dtype.lanes = lanes[below(5)], a->broken = "type lanes"; break;
    case 9: a->view.device.device_type = chance(0.5) ? 2 : (int32_t)random_bits() | 2, a->broken = "device"; break;
    case 10: a->view.shape = NULL, a->broken = "shape NULL"; break;
    case 11: a->view.byte_offset = UINT64_MAX - (uint64_t)below(64), a->broken = "byte_offset past memory"; break;
    default:
      if (!a->view.strides || a->extents[dimension] == 1) return;
      a->strides[dimension] = use == ARRAY_WRITTEN && chance(0.5) ? 0 : INT64_MAX / (1 + below(4));
      a->broken = a->strides[dimension] ? "stride past memory" : "stride 0 of an output";
  }
}

static void begin(array *a, int rank, const int64_t *extents) {
  memset(a, 0, sizeof *a);
  a->view.ndim = rank;
  a->view.device.device_type = 1;
  a->view.device.device_id = (int32_t)below(3);
  a->view.dtype.code = 2;
  a->view.dtype.bits = chance(0.5) ? 32 : 64;
  a->view.dtype.lanes = 1;
  for (int i = 0; i < MOST_DIMENSIONS + 4; ++i) a->extents[i] = i < rank ? extents[i] : 1;
  a->view.shape = a->extents;
}

void array_make(array *made, int region, array_use use, int rank, const int64_t *extents) {
  begin(made, rank, extents);
  if (chance(0.7)) {
    random_strides(made, use);
    made->view.strides = made->strides;
  }
  put(made, guarded(region), use == ARRAY_READ ? guarded_read_only(region) : guarded(region));
  if (chance(0.015)) spoil(made, use);
}

void array_overlap(array *made, int region, int rank, const int64_t *extents) {
  begin(made, rank, extents);
  put(made, guarded(region), guarded(region));
}

/* Goes to the next element; false after the last one. */
static bool next(const array *a, int64_t *index, char **element) {
  for (int i = a->view.ndim - 1; i >= 0; --i) {
    int64_t step = step_of(a, i) * element_bytes(a);
    *element += step;
    if (++index[i] < a->extents[i]) return true;
    *element -= step * a->extents[i];
    index[i] = 0;
  }
  return false;
}

void array_fill(array *filled, value_kind kind) {
  if (filled->broken) return;
  int64_t index[MOST_DIMENSIONS] = {0};
  char *element = filled->first;
  do {
    double value = random_value(kind);
    float single = (float)value;
    if (filled->view.dtype.bits == 32) {
      memcpy(element, &single, sizeof single);
    } else {
      memcpy(element, &value, sizeof value);
    }
  } while (next(filled, index, &element));
}

void array_watch(array *output) {
  /* Further away than a few pages only a wild pointer gets, and it does not stop at the region. */
  char *start = guarded(REGION_OUTPUTS), *end = start + REGION_BYTES;
  output->watched = output->lowest - start > MARGIN ? output->lowest - MARGIN : start;
  output->watched_end = end - output->past > MARGIN ? output->past + MARGIN : end;
  memset(output->watched, UNTOUCHED, (size_t)(output->watched_end - output->watched));
}

static bool untouched(const char *begin, const char *end) {
  while (begin < end && (unsigned char)*begin == UNTOUCHED) ++begin;
  return begin == end;
}

static const char *complain(const array *output, const int64_t *index, const char *what) {
  static char text[200];
  int length = snprintf(text, sizeof text, "%s at [", what);
  for (int i = 0; i < output->view.ndim; ++i) {
    length += snprintf(text + length, sizeof text - (size_t)length, i ? ", %lld" : "%lld", (long long)index[i]);
  }
  snprintf(text + length, sizeof text - (size_t)length, "] of %s", array_text(output));
  return text;
}

const char *array_complaint(const array *output, array_outcome expected) {
  if (expected == ARRAY_UNTOUCHED) {
    return untouched(output->watched, output->watched_end) ? NULL : "an output was written to by a call that failed";
  }
  if (output->broken) return "an array was taken that is described wrongly";
  int64_t index[MOST_DIMENSIONS] = {0};
  size_t bytes = (size_t)element_bytes(output);
  char *element = output->first;
  do {
    float single = 0;
    double value = 0;
    memcpy(bytes == 4 ? (void *)&single : (void *)&value, element, bytes);
    if (untouched(element, element + bytes)) {
      if (expected == ARRAY_PARTLY_FILLED) continue;
      return complain(output, index, "an element was not written");
    }
    if (!isfinite(bytes == 4 ? (double)single : value)) {
      return complain(output, index, "an element is not finite");
    }
    memset(element, UNTOUCHED, bytes);
  } while (next(output, index, &element));
  return untouched(output->watched, output->watched_end) ? NULL : "bytes beside the elements of an output changed";
}

const char *array_text(const array *described) {
  static char texts[8][240];
  static int latest;
  char *text = texts[latest = (latest + 1) % 8];
  const rfgsnn_array *view = &described->view;
  int rank = view->ndim > 0 && view->ndim <= MOST_DIMENSIONS ? view->ndim : 0;
  int length = snprintf(text, 240, "%s%s", view->dtype.bits == 32 ? "float" : "double", rank ? "[" : "");
  for (int i = 0; i < rank; ++i) {
    length += snprintf(text + length, 240 - (size_t)length, "%lld", (long long)described->extents[i]);
    if (view->strides) {
      length += snprintf(text + length, 240 - (size_t)length, " by %lld", (long long)described->strides[i]);
    }
    length += snprintf(text + length, 240 - (size_t)length, i + 1 < rank ? ", " : "]");
  }
  if (described->broken) snprintf(text + length, 240 - (size_t)length, " (%s)", described->broken);
  return text;
}
