/* libFuzzer: descriptions of arrays. The bytes are the fields of two rfgsnn_array, the inputs and the outputs of a
 * prediction, with nothing left out but this: elements that a description puts outside of the memory that there is are
 * not passed, since nobody but the caller can know where it ends. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "rfgsnn.h"

enum { BYTES = 1 << 14, PAGE = 4096, DIMENSIONS = 8 };

/* What the bytes say, of the same length always. Without a view into the library's branches libFuzzer would hardly ever
 * find what fits, so small numbers are read from them; one of the large ones is taken as it is. */
typedef struct fields {
  int64_t wild;
  uint16_t start;
  uint8_t wild_use, rank, device, code, bits, lanes, contiguous, offset;
  uint8_t extents[DIMENSIONS];
  int8_t strides[DIMENSIONS];
} fields;

typedef struct described {
  rfgsnn_array view;
  int64_t shape[DIMENSIONS], strides[DIMENSIONS];
} described;

static char *memory[2];

static void prepare(void) {
  for (int i = 0; i < 2; ++i) {
    char *whole = mmap(NULL, BYTES + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (whole == MAP_FAILED || mprotect(whole + PAGE, BYTES, PROT_READ | PROT_WRITE)) abort();
    memory[i] = whole + PAGE;
  }
}

static void describe(described *made, const fields *from, char *start) {
  memset(made, 0, sizeof *made);
  /* Of 256, so many give what is right. */
  made->view.data = start + from->start % (BYTES - 512) / (from->start & 1 ? 1 : 8) * (from->start & 1 ? 1 : 8);
  made->view.device.device_type = from->device < 250 ? 1 : from->device;
  made->view.ndim = from->rank < 250 ? 1 + from->rank % 4 : from->rank - 253;
  made->view.dtype.code = from->code < 250 ? 2 : from->code % 8;
  made->view.dtype.bits = from->bits < 125 ? 32 : from->bits < 250 ? 64 : from->bits;
  made->view.dtype.lanes = from->lanes < 250 ? 1 : from->lanes % 3;
  made->view.byte_offset = from->offset < 200 ? from->offset / 8 * 8 : from->offset;
  for (int i = 0; i < DIMENSIONS; ++i) {
    made->shape[i] = from->extents[i] < 250 ? 1 + from->extents[i] % 3 : from->extents[i] - 252;
    made->strides[i] = from->strides[i] > -100 ? from->strides[i] % 8 : from->strides[i];
  }
  int wild = from->wild_use < 200 ? 99 : from->wild_use % 32;
  if (wild < 8) made->shape[wild] = from->wild;
  if (wild >= 8 && wild < 16) made->strides[wild - 8] = from->wild;
  if (wild == 16) made->view.byte_offset = (uint64_t)from->wild;
  made->view.shape = wild == 17 ? NULL : made->shape;
  made->view.strides = from->contiguous % 2 ? NULL : made->strides;
  if (wild == 18) made->view.data = NULL;
}

/* Whether all elements are in the memory, or the description is none of any memory. In 128 bits nothing overflows
 * before it is found to be far outside. */
static bool is_there(const described *array, const char *start) {
  const rfgsnn_array *view = &array->view;
  if (!view->data || !view->shape || view->ndim < 1 || view->ndim > DIMENSIONS) return true;
  if (view->dtype.code != 2 || (view->dtype.bits != 32 && view->dtype.bits != 64)) return true;
  __int128 low = (char *)view->data - start, high, step = 1, elements = 1;
  low += view->byte_offset;
  high = low;
  for (int i = view->ndim - 1; i >= 0; --i) {
    if (view->shape[i] < 1 || view->shape[i] > INT32_MAX) return true; /* refused as it is */
    elements *= view->shape[i];
    if (elements > (__int128)1 << 62) return true; /* refused as it is */
    __int128 reach =
        (__int128)(view->shape[i] - 1) * (view->strides ? view->strides[i] : step) * (view->dtype.bits / 8);
    *(reach < 0 ? &low : &high) += reach;
    step *= view->shape[i];
  }
  /* Outside of all addresses: the library can know that. */
  __int128 base = (__int128)(uintptr_t)start, end = high + view->dtype.bits / 8;
  if (base + low < 0 || base + end > INT64_MAX || view->byte_offset > INT64_MAX) return true;
  return low >= 0 && end <= BYTES;
}

static long passed, taken;

static void tell(void) { fprintf(stderr, "%ld descriptions passed, %ld of them taken\n", passed, taken); }

static rfgsnn_network *network_of(int kind) {
  static rfgsnn_network *networks[3];
  if (networks[kind]) return networks[kind];
  static const char *const architectures[] = {"mlp", "deeponet", "seponet"};
  rfgsnn_options *options;
  int64_t hidden[1] = {3};
  if (rfgsnn_options_create(&options) || rfgsnn_options_set_int(options, "inputs", kind == 0 ? 1 : 2) ||
      rfgsnn_options_set_int(options, "outputs", kind == 1 ? 1 : 2) ||
      rfgsnn_options_set_int(options, "time_steps", 2) || rfgsnn_options_set_int(options, "latent", 2) ||
      rfgsnn_options_set_int(options, "threads", 1) ||
      rfgsnn_options_set_string(options, "architecture", architectures[kind]) ||
      rfgsnn_options_set_ints(options, "hidden", hidden, 1) || rfgsnn_network_create(options, &networks[kind]) ||
      rfgsnn_options_free(options)) {
    abort();
  }
  return networks[kind];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fields from[2];
  described arrays[2];
  if (size < 1 + sizeof from) return 0;
  if (!memory[0]) {
    prepare();
    atexit(tell);
  }
  memcpy(from, data + 1, sizeof from);
  for (int i = 0; i < 2; ++i) {
    describe(&arrays[i], &from[i], memory[i]);
    memset(memory[i], 0, BYTES);
    if (!is_there(&arrays[i], memory[i])) return 0;
  }
  /* An operator network has its points in the same description as its functions. */
  rfgsnn_array inputs[2] = {arrays[0].view, arrays[0].view};
  int kind = data[0] % 3;
  rfgsnn_status status = rfgsnn_network_predict(network_of(kind), inputs, kind == 0 ? 1 : 2, &arrays[1].view);
  if (status != RFGSNN_OK && strlen(rfgsnn_last_error()) < 10) abort();
  ++passed;
  taken += status == RFGSNN_OK;
  bool known = status == RFGSNN_OK || status == RFGSNN_ERROR_NULL_POINTER || status == RFGSNN_ERROR_SHAPE ||
               status == RFGSNN_ERROR_DTYPE || status == RFGSNN_ERROR_NOT_FINITE;
  if (!known) {
    fprintf(stderr, "%s: %s\n", rfgsnn_status_name(status), rfgsnn_last_error());
    abort();
  }
  return 0;
}
