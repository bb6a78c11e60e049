#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rfgsnn_array view(void *data, uint8_t bits, int32_t rank, int64_t *shape) {
  rfgsnn_array array = {data, {1, 0}, rank, {2, bits, 1}, shape, NULL, 0};
  return array;
}

static void require(rfgsnn_status status, const char *what) {
  if (status >= 0) return;
  printf("FAILED: %s: %s: %s\n", what, rfgsnn_status_name(status), rfgsnn_last_error());
  exit(1);
}

static rfgsnn_option_type type_of(const char *key) {
  rfgsnn_option_type type = RFGSNN_OPTION_INT;
  for (int32_t index = 0; index < rfgsnn_option_count(); ++index) {
    const char *found;
    require(rfgsnn_option_describe(index, &found, &type, NULL, NULL, NULL), "rfgsnn_option_describe");
    if (strcmp(found, key) == 0) break;
  }
  return type;
}

static void set(rfgsnn_options *options, const char *key, char *value) {
  int64_t list[64];
  int64_t count = 0;
  switch (type_of(key)) {
    case RFGSNN_OPTION_INT: require(rfgsnn_options_set_int(options, key, atoll(value)), key); break;
    case RFGSNN_OPTION_FLOAT: require(rfgsnn_options_set_float(options, key, atof(value)), key); break;
    case RFGSNN_OPTION_STRING: require(rfgsnn_options_set_string(options, key, value), key); break;
    case RFGSNN_OPTION_INTS:
      for (char *next = value; *next && count < 64; next += *next == ',')
        list[count++] = strtoll(next, &next, 10);
      require(rfgsnn_options_set_ints(options, key, list, count), key);
      break;
  }
}

void set_options(rfgsnn_options *options, const char *words) {
  char text[1024];
  char *rest = text;
  snprintf(text, sizeof text, "%s", words);
  for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
    char *value = strchr(word, '=');
    if (!value) exit(1);
    *value = '\0';
    set(options, word, value + 1);
  }
}

rfgsnn_options *options_of(const char *words) {
  rfgsnn_options *options;
  require(rfgsnn_options_create(&options), "rfgsnn_options_create");
  set_options(options, words);
  return options;
}

fixture *fixture_make(const char *words) {
  fixture *made = malloc(sizeof *made);
  if (!made) exit(1);
  for (int sample = 0; sample < SAMPLES; ++sample) {
    /* Numbers that single precision holds exactly. */
    double a = made->x[sample][0] = (sample * 37 % 64 - 32) / 32.0;
    double b = made->x[sample][1] = (sample * 23 % 64 - 32) / 32.0;
    made->y[sample][0] = (float)sin(2 * a + b);
    made->y[sample][1] = (float)(a * b);
  }
  made->x_shape[0] = made->y_shape[0] = SAMPLES;
  made->x_shape[1] = INPUTS;
  made->y_shape[1] = OUTPUTS;
  made->inputs = view(made->x, 64, 2, made->x_shape);
  made->targets = view(made->y, 64, 2, made->y_shape);
  made->options = options_of("inputs=2 outputs=2 hidden=7,5 time_steps=6 threads=1 steps=20");
  set_options(made->options, words);
  require(rfgsnn_network_create(made->options, &made->network), "rfgsnn_network_create");
  require(rfgsnn_trainer_create(made->network, made->options, &made->trainer), "rfgsnn_trainer_create");
  return made;
}

void fixture_free(fixture *fixture) {
  require(rfgsnn_trainer_free(fixture->trainer), "rfgsnn_trainer_free");
  require(rfgsnn_network_free(fixture->network), "rfgsnn_network_free");
  require(rfgsnn_options_free(fixture->options), "rfgsnn_options_free");
  free(fixture);
}

float *parameters_of(rfgsnn_network *network) {
  float *values;
  int64_t count;
  require(rfgsnn_network_parameters(network, &values, &count), "rfgsnn_network_parameters");
  return values;
}

int64_t parameter_count(rfgsnn_network *network) {
  float *values;
  int64_t count;
  require(rfgsnn_network_parameters(network, &values, &count), "rfgsnn_network_parameters");
  return count;
}

float *copy_parameters(rfgsnn_network *network) {
  size_t bytes = (size_t)parameter_count(network) * sizeof(float);
  float *copy = malloc(bytes);
  if (!copy) exit(1);
  memcpy(copy, parameters_of(network), bytes);
  return copy;
}

int64_t memory_held(void) {
  int64_t bytes = -1;
  require(rfgsnn_memory_held(&bytes), "rfgsnn_memory_held");
  return bytes;
}
