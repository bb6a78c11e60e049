/* libFuzzer: option texts. The bytes are lines "key = value", each set by all four setters; then a network and a
 * trainer are made, where their sizes are small. Only the library's own promises are checked: a documented status, and
 * a sentence for each refusal. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rfgsnn.h"

static void expect(int holds, const char *what, rfgsnn_status status) {
  if (holds) return;
  fprintf(stderr, "%s: %s: %s\n", what, rfgsnn_status_name(status), rfgsnn_last_error());
  abort();
}

static void look_at(rfgsnn_status status, const char *what) {
  int known = status == RFGSNN_OK || status == RFGSNN_ERROR_DTYPE || status == RFGSNN_ERROR_NOT_FINITE ||
              status == RFGSNN_ERROR_UNKNOWN_OPTION || status == RFGSNN_ERROR_OUT_OF_RANGE;
  expect(known, what, status);
  if (status != RFGSNN_OK) expect(strlen(rfgsnn_last_error()) > 10, "no sentence", status);
}

/* Numbers with spaces or commas between. */
static int64_t numbers_of(const char *text, int64_t *numbers, int64_t most) {
  int64_t count = 0;
  char *end;
  while (count < most) {
    numbers[count] = strtoll(text, &end, 0);
    if (end == text) break;
    ++count;
    text = *end ? end + 1 : end;
  }
  return count;
}

static void set(rfgsnn_options *options, const char *key, const char *value) {
  int64_t numbers[70];
  int64_t count = numbers_of(value, numbers, 70);
  look_at(rfgsnn_options_set_string(options, key, value), "set_string");
  look_at(rfgsnn_options_set_float(options, key, strtod(value, NULL)), "set_float");
  if (count > 0) look_at(rfgsnn_options_set_int(options, key, numbers[0]), "set_int");
  look_at(rfgsnn_options_set_ints(options, key, numbers, count), "set_ints");
}

/* Limits what a network may cost; what the options say it is refused beyond. */
static void make(rfgsnn_options *options) {
  rfgsnn_network *network;
  rfgsnn_trainer *trainer;
  look_at(rfgsnn_options_set_int(options, "memory_limit", 1 << 20), "memory_limit");
  look_at(rfgsnn_options_set_int(options, "threads", 1), "threads");
  rfgsnn_status status = rfgsnn_network_create(options, &network);
  expect(status == RFGSNN_OK || status == RFGSNN_ERROR_OUT_OF_RANGE || status == RFGSNN_ERROR_OUT_OF_MEMORY ||
             status == RFGSNN_ERROR_UNSUPPORTED,
         "network_create", status);
  if (status != RFGSNN_OK) return;
  status = rfgsnn_trainer_create(network, options, &trainer);
  expect(status == RFGSNN_OK || status == RFGSNN_ERROR_OUT_OF_RANGE || status == RFGSNN_ERROR_OUT_OF_MEMORY ||
             status == RFGSNN_ERROR_UNSUPPORTED,
         "trainer_create", status);
  if (status == RFGSNN_OK) rfgsnn_trainer_free(trainer);
  status = rfgsnn_network_free(network);
  expect(status == RFGSNN_OK, "network_free", status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char text[2048];
  int64_t held = 0;
  rfgsnn_options *options;
  if (size >= sizeof text) return 0;
  memcpy(text, data, size);
  text[size] = 0;
  if (rfgsnn_options_create(&options) != RFGSNN_OK) abort();
  look_at(rfgsnn_options_set_int(options, "inputs", 2), "inputs");
  look_at(rfgsnn_options_set_int(options, "outputs", 1), "outputs");
  look_at(rfgsnn_options_set_ints(options, "hidden", (int64_t[]){3, 2}, 2), "hidden");
  look_at(rfgsnn_options_set_int(options, "latent", 2), "latent");
  for (char *rest, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
    char *equals = strchr(line, '=');
    if (equals) *equals = 0;
    set(options, line, equals ? equals + 1 : "");
  }
  make(options);
  expect(rfgsnn_options_free(options) == RFGSNN_OK, "options_free", RFGSNN_OK);
  rfgsnn_memory_held(&held);
  expect(held == 0, "bytes are still held", RFGSNN_OK);
  return 0;
}
