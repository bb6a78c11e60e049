/* Options objects: values from the library's own description of its options, inside their ranges and outside. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "guarded.h"
#include "random.h"
#include "record.h"
#include "world.h"

typedef struct option {
  const char *key, *words, *range;
  rfgsnn_option_type type;
} option;

enum { MOST_OPTIONS = 256 };
static option options[MOST_OPTIONS];
static int option_count;

/* Sizes that cost time and memory: what they mostly are, and at most. Larger ones only bring what the smaller ones
 * bring, later; network_huge asks for the largest ones where memory_limit refuses them. */
static const struct {
  const char *key;
  int64_t low, often, seldom;
} sizes[] = {
    {"inputs", 1, 3, 4},
    {"outputs", 1, 3, 4},
    {"latent", 1, 4, 9},
    {"coordinates", 1, 2, 4},
    {"hidden", 1, 9, 70},
    {"trunk_hidden", 1, 9, 70},
    {"time_steps", 1, 6, 300},
    {"threads", 1, 1, 3},
    {"directions", 1, 5, 70},
    {"direction_rank", 1, 3, 20},
    {"steps", 1, 4, 8},
    {"batch_size", 1, 5, 70},
    {"points_per_batch", 0, 4, 8},
    {"trunk_steps", 0, 3, 6},
    {"accumulate", 1, 3, 3},
    {"stein_pairs", 0, 5, 12},
    {"report_interval", 0, 3, 9},
    {"readout_interval", 1, 4, 9},
    {"patience", 0, 3, 9},
    {"seed", 0, 5, INT64_MAX - 1},
    {"memory_limit", 0, 60000, 400000},
};
enum { SIZES = sizeof sizes / sizeof *sizes };

void options_describe(void) {
  option_count = rfgsnn_option_count();
  for (int i = 0; i < option_count; ++i) {
    option *o = &options[i];
    rfgsnn_option_describe(i, &o->key, &o->type, &o->words, &o->range, NULL);
  }
}

static const option *option_of(const char *key) {
  for (int i = 0; i < option_count; ++i) {
    if (strcmp(options[i].key, key) == 0) return &options[i];
  }
  return NULL;
}

static int64_t random_size(const char *key) {
  for (int i = 0; i < SIZES; ++i) {
    if (strcmp(sizes[i].key, key)) continue;
    if (strcmp(key, "memory_limit") == 0 && chance(0.8)) return 0;
    if (strcmp(key, "time_steps") == 0 && chance(0.003)) return 1 + below(2000);
    return between(sizes[i].low, chance(0.92) ? sizes[i].often : sizes[i].seldom);
  }
  return below(5);
}

/* A key, mostly as it is; else none, or one that there is not. */
static const char *random_key(const char *key) {
  static const char *const wrong[] = {"", "hiden", "Inputs", "inputs ", "\xff\xfe", "time-steps", NULL};
  return chance(0.99) ? key : wrong[below(7)];
}

static void set_int(int place, const option *o, int64_t value) {
  chosen used = choose(OPTIONS, place);
  const char *key = random_key(o->key);
  rfgsnn_status status = CALL(rfgsnn_options_set_int, (used.handle, key, value), "o%d %s = %lld", place,
                              key ? key : "NULL", (long long)value);
  expect_refused(used, status);
  if (status == RFGSNN_OK && strcmp(key, "directions") == 0) all_options[used.place].directions = value;
}

static void set_ints(int place, const option *o) {
  int64_t count = chance(0.95) ? 1 + below(3) : below(70);
  int64_t *values = guarded_list(0, sizeof(int64_t) * (size_t)count);
  for (int64_t i = 0; i < count; ++i) {
    values[i] = chance(0.995) ? random_size(o->key) : -below(3);
    if (count > 4 && values[i] > 9) values[i] = 9;
  }
  if (strcmp(o->key, "trunk_hidden") == 0 && count > 0 && chance(0.5)) values[0] = 0, count = 1;
  if (chance(0.005)) count = -1 - below(5);
  chosen used = choose(OPTIONS, place);
  rfgsnn_status status =
      CALL(rfgsnn_options_set_ints, (used.handle, random_key(o->key), chance(0.99) ? values : NULL, count),
           "o%d %s = %lld numbers, %lld, %lld ...", place, o->key, (long long)count,
           (long long)(count > 0 ? values[0] : 0), (long long)(count > 1 ? values[1] : 0));
  expect_refused(used, status);
  expect_failure(count < 1 || count > 64, status);
}

/* Words of a range such as "mse | relative_l2"; a list of some where the option takes one. */
static void set_string(int place, const option *o) {
  char range[800], value[400] = "";
  const char *words[40];
  int count = 0;
  snprintf(range, sizeof range, "%s", o->range);
  char *list = strstr(range, ", up to ");
  if (list) *list = 0;
  for (char *rest, *word = strtok_r(range, " |", &rest); word && count < 40; word = strtok_r(NULL, " |", &rest)) {
    words[count++] = word;
  }
  int wanted = !list ? 1 : chance(0.6) ? 0 : (int)(1 + below(3));
  for (int i = 0; i < wanted && count; ++i) {
    if (i) strcat(value, chance(0.9) ? "," : ", ");
    strcat(value, words[below(count)]);
  }
  if (chance(0.01)) snprintf(value, sizeof value, "%s", chance(0.5) ? "nonsense\xff" : "Nonsense");
  bool is_estimator = strcmp(o->key, "estimator") == 0;
  if (is_estimator && chance(0.1)) snprintf(value, sizeof value, "black_box"); /* asks and tells have use for it */
  chosen used = choose(OPTIONS, place);
  const char *key = random_key(o->key);
  rfgsnn_status status = CALL(rfgsnn_options_set_string, (used.handle, key, chance(0.995) ? value : NULL),
                              "o%d %s = %s", place, key ? key : "NULL", value);
  expect_refused(used, status);
  if (status == RFGSNN_OK && is_estimator) all_options[used.place].black_box = strcmp(value, "black_box") == 0;
}

/* Ranges are written such as "0 < x <= 1" and "x >= 0". */
static void set_float(int place, const option *o) {
  double low = 0, high = 1, value;
  sscanf(o->range, "%lf", &low);
  const char *end = strstr(o->range, "x <");
  if (end) sscanf(end + (end[3] == '=' ? 4 : 3), "%lf", &high);
  double kind = unit(), least = fmax(low, 1e-12);
  if (kind < 0.5) {
    value = low + (fmin(high, 2) - low) * unit();
  } else if (kind < 0.7) {
    value = least * pow(high / least, unit());
  } else if (kind < 0.85) {
    value = strtod(o->words, NULL);
  } else if (kind < 0.96) {
    value = chance(0.5) ? low : high;
  } else {
    value = random_value((value_kind)below(VALUE_KINDS));
  }
  if (strcmp(o->key, "surrogate_width") == 0 && chance(0.7)) value = 0.3 + unit();
  chosen used = choose(OPTIONS, place);
  expect_refused(used, CALL(rfgsnn_options_set_float, (used.handle, random_key(o->key), value), "o%d %s = %.9g", place,
                            o->key, value));
}

static void set(int place, const option *o) {
  rfgsnn_option_type type = chance(0.99) ? o->type : (rfgsnn_option_type)(1 + below(4));
  if (type == RFGSNN_OPTION_STRING) {
    set_string(place, o);
  } else if (type == RFGSNN_OPTION_INTS) {
    set_ints(place, o);
  } else if (type == RFGSNN_OPTION_FLOAT) {
    set_float(place, o);
  } else {
    /* Far outside of a range only below it: the largest numbers of a range are not for this machine. */
    set_int(place, o, chance(0.99) ? random_size(o->key) : -1 - below(INT64_MAX));
  }
}

void options_set(void) { set((int)below(PLACES), &options[below(option_count)]); }

/* Sizes whose defaults are for real trainings. */
static void make_small(int place) {
  static const char *const keys[] = {"inputs", "outputs", "latent", "time_steps", "threads", "steps", "batch_size"};
  rfgsnn_options *handle = all_options[place].handle;
  for (size_t i = 0; i < sizeof keys / sizeof *keys; ++i) {
    int64_t value = random_size(keys[i]);
    CALL(rfgsnn_options_set_int, (handle, keys[i], value), "o%d %s = %lld", place, keys[i], (long long)value);
  }
  int64_t hidden[2] = {1 + below(6), 1 + below(6)}, layers = 1 + below(2);
  CALL(rfgsnn_options_set_ints, (handle, "hidden", hidden, layers), "o%d hidden = %lld numbers, %lld, %lld", place,
       (long long)layers, (long long)hidden[0], (long long)hidden[1]);
}

/* What matters most, and a sixth of all others. */
static void draw(int place) {
  static const char *const always[] = {"coordinates", "architecture", "estimator"};
  for (size_t i = 0; i < sizeof always / sizeof *always; ++i) {
    const option *o = option_of(always[i]);
    if (o) set(place, o);
  }
  for (int i = 0; i < option_count; ++i) {
    if (chance(0.16)) set(place, &options[i]);
  }
}

static void create(int place) {
  rfgsnn_options *made = NULL;
  bool nowhere = chance(0.01);
  rfgsnn_status status = CALL(rfgsnn_options_create, (nowhere ? NULL : &made), "o%d", place);
  expect_failure(nowhere, status);
  if (status != RFGSNN_OK) return;
  all_options[place] = (options_model){made, 1, false};
  make_small(place);
}

static void destroy(int place) {
  rfgsnn_options *old = all_options[place].handle;
  if (CALL(rfgsnn_options_free, (old), "o%d", place)) return;
  all_options[place].handle = NULL;
  bury(old);
}

void options_new(void) {
  int place = (int)below(PLACES);
  if (all_options[place].handle) destroy(place);
  create(place);
  draw(place);
}

void options_begin(void) {
  for (int place = 0; place < PLACES; ++place) {
    create(place);
    draw(place);
  }
}
