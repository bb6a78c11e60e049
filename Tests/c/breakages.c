#include "breakages.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "values.h"

/* One way: if it is the one that is asked for, it is done. */
#define WAY(text, must, what, ...)    \
  do {                                \
    if (which-- == 0) {               \
      breakage->name = (text);        \
      breakage->expectation = (must); \
      breakage->status = (what);      \
      __VA_ARGS__;                    \
      return true;                    \
    }                                 \
  } while (0)

#define NULL_POINTER "RFGSNN_ERROR_NULL_POINTER"
#define INVALID_HANDLE "RFGSNN_ERROR_INVALID_HANDLE"
#define SHAPE "RFGSNN_ERROR_SHAPE"
#define DTYPE "RFGSNN_ERROR_DTYPE"
#define NOT_FINITE "RFGSNN_ERROR_NOT_FINITE"
#define UNKNOWN_OPTION "RFGSNN_ERROR_UNKNOWN_OPTION"

/* What NULL comes to; both partners of a pair may be NULL together only. */
static bool break_by_null(call *call, int index, int which, breakage *breakage) {
  const argument *argument = &call->function->arguments[index];
  value *value = &call->values[index];
  bool alone = argument->nullable && argument->null_with < 0;
  WAY("NULL", alone ? MUST_WORK : MUST_FAIL, alone ? NULL : NULL_POINTER, value->passed.pointer = NULL);
  if (argument->null_with >= 0) {
    WAY("NULL with its partner", MUST_WORK, NULL, value->passed.pointer = NULL;
        call->values[argument->null_with].passed.pointer = NULL);
  }
  return false;
}

static void *freed_handle(world *world, const char *kind) {
  struct world other = {0};
  other.needs = world->needs;
  other.extra = world->extra;
  void *handle = make_handle(&other, kind);
  end_world(&other);
  return handle;
}

void *address_on_stack;

/* Of another kind; where none can be had with the options of the world, no handle at all. */
static void *handle_of(world *world, const char *kind) {
  void *handle = need_handle(world, kind);
  return handle ? handle : address_on_stack;
}

static bool break_handle(call *call, int index, int which, world *world, breakage *breakage) {
  static int data;
  const char *type = call->function->arguments[index].type;
  void **handle = &call->values[index].passed.pointer;
  WAY("freed", MUST_FAIL, INVALID_HANDLE, *handle = freed_handle(world, type));
  WAY("0x10", MUST_FAIL, INVALID_HANDLE, *handle = (void *)0x10);
  WAY("-1", MUST_FAIL, INVALID_HANDLE, *handle = (void *)-1);
  WAY("address on the stack", MUST_FAIL, INVALID_HANDLE, *handle = address_on_stack);
  WAY("address of data", MUST_FAIL, INVALID_HANDLE, *handle = &data);
  for (const handle_kind *kind = handle_kinds; kind->name; ++kind) {
    if (strcmp(kind->name, type) == 0) continue;
    WAY(kind->name, MUST_FAIL, INVALID_HANDLE, *handle = handle_of(world, kind->name));
  }
  return false;
}

static bool break_number(call *call, int index, int which, breakage *breakage) {
  static const struct {
    const char *name;
    double number;
  } edges[] = {{"0", 0},
               {"1", 1},
               {"-1", -1},
               {"2", 2},
               {"INT32_MIN", -0x1p31},
               {"INT32_MAX", 0x1p31 - 1},
               {"2^31", 0x1p31},
               {"2^32", 0x1p32},
               {"2^53", 0x1p53},
               {"INT64_MAX", 0x1p63},
               {"INT64_MIN", -0x1p63},
               {"1e300", 1e300},
               {"DBL_MIN / 4", DBL_MIN / 4},
               {"-DBL_MAX", -DBL_MAX}};
  const argument *argument = &call->function->arguments[index];
  value *value = &call->values[index];
  bool is_float = argument->ffi == &ffi_type_double || argument->ffi == &ffi_type_float;
  bool is_short = argument->ffi == &ffi_type_sint32 || argument->ffi == &ffi_type_uint32;
  for (size_t edge = 0; edge < sizeof edges / sizeof *edges; ++edge) {
    double number = edges[edge].number;
    if (!is_float && fabs(number) > 0x1p63) continue;
    if (!is_float && number != 0 && fabs(number) < 1) continue;
    if (is_short && (number > 0x1p31 - 1 || number < -0x1p31)) continue;
    bool outside = (argument->has_minimum && number < argument->minimum) ||
                   (argument->has_maximum && number > argument->maximum);
    WAY(edges[edge].name, outside ? MUST_FAIL : MAY_FAIL, NULL, set_number(value, argument, number));
  }
  if (argument->has_minimum) {
    WAY("below its minimum", MUST_FAIL, NULL, set_number(value, argument, argument->minimum - 1));
    WAY("its minimum", MAY_FAIL, NULL, set_number(value, argument, argument->minimum));
  }
  if (argument->has_maximum) {
    WAY("above its maximum", MUST_FAIL, NULL, set_number(value, argument, argument->maximum + 1));
    WAY("its maximum", MAY_FAIL, NULL, set_number(value, argument, argument->maximum));
  }
  if (is_float) {
    WAY("NaN", MUST_FAIL, NOT_FINITE, set_number(value, argument, NAN));
    WAY("infinity", MUST_FAIL, NOT_FINITE, set_number(value, argument, INFINITY));
    WAY("-infinity", MUST_FAIL, NOT_FINITE, set_number(value, argument, -INFINITY));
  }
  return false;
}

static void fill(value *value, const argument *argument, double number) {
  bool is_float = strcmp(argument->type, "float") == 0;
  for (int index = 0; index < MEMORY / 8; ++index) {
    if (is_float) {
      value->memory.f32[2 * index] = value->memory.f32[2 * index + 1] = (float)number;
    } else {
      value->memory.f64[index] = number;
    }
  }
}

static void set_element(value *value, const argument *argument, int64_t index, double number) {
  if (strcmp(argument->type, "float") == 0) {
    value->memory.f32[index] = (float)number;
  } else {
    value->memory.f64[index] = number;
  }
}

static bool break_numbers(call *call, int index, int which, breakage *breakage) {
  const argument *argument = &call->function->arguments[index];
  value *value = &call->values[index];
  int64_t last = length_of(call, index) - 1;
  if (strcmp(argument->type, "float") == 0 || strcmp(argument->type, "double") == 0) {
    WAY("first is NaN", MUST_FAIL, NOT_FINITE, set_element(value, argument, 0, NAN));
    WAY("last is NaN", MUST_FAIL, NOT_FINITE, set_element(value, argument, last, NAN));
    WAY("last is infinite", MUST_FAIL, NOT_FINITE, set_element(value, argument, last, -INFINITY));
    WAY("all 0", MAY_FAIL, NULL, fill(value, argument, 0));
    WAY("all large", MAY_FAIL, NULL, fill(value, argument, 1e38));
    WAY("all small", MAY_FAIL, NULL, fill(value, argument, 1e-44));
    if (strcmp(argument->type, "double") == 0) {
      WAY("all enormous", MAY_FAIL, NULL, fill(value, argument, DBL_MAX));
      WAY("all tiny", MAY_FAIL, NULL, fill(value, argument, 5e-324));
    }
  } else {
    WAY("last is INT64_MIN", MAY_FAIL, NULL, value->memory.i64[last] = INT64_MIN);
    WAY("last is INT64_MAX", MAY_FAIL, NULL, value->memory.i64[last] = INT64_MAX);
    WAY("last is -1", MAY_FAIL, NULL, value->memory.i64[last] = -1);
    WAY("last is 0", MAY_FAIL, NULL, value->memory.i64[last] = 0);
  }
  return false;
}

static void set_text(value *value, const char *text) {
  char *copy = malloc(strlen(text) + 1);
  if (!copy) exit(1);
  free(value->text);
  value->passed.pointer = value->text = strcpy(copy, text);
}

static void set_long_text(value *value) {
  char *text = malloc(10001);
  if (!text) exit(1);
  memset(text, 'a', 10000);
  text[10000] = '\0';
  free(value->text);
  value->passed.pointer = value->text = text;
}

static bool break_string(call *call, int index, int which, breakage *breakage) {
  const argument *argument = &call->function->arguments[index];
  value *value = &call->values[index];
  bool is_word = argument->choices[0] || argument->is_option_key;
  expectation expectation = is_word ? MUST_FAIL : MAY_FAIL;
  const char *status = argument->is_option_key ? UNKNOWN_OPTION : NULL;
  WAY("empty", expectation, status, set_text(value, ""));
  WAY("10 kB", expectation, status, set_long_text(value));
  WAY("not UTF-8", expectation, status, set_text(value, "min\xff\xfe\x80max"));
  WAY("cut UTF-8", expectation, status, set_text(value, "seed\xe2\x82"));
  WAY("long UTF-8", expectation, status, set_text(value, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"));
  WAY("format", expectation, status, set_text(value, "%s%n%d"));
  WAY("control characters", expectation, status, set_text(value, "\x1b[2J\x01\n"));
  for (const char *const *choice = argument->choices; *choice; ++choice) {
    WAY(*choice, MUST_WORK, NULL, set_text(value, *choice));
  }
  if (argument->is_option_key) {
    for (int key = 0; key < option_table_count; ++key) {
      WAY(options[key].key, MAY_FAIL, NULL, set_text(value, options[key].key));
    }
  }
  return false;
}

static void in_single_precision(value *value) {
  for (int index = 0; index < MEMORY / 16; ++index) value->memory.f32[index] = 0.25f * (float)(index % 5);
  value->array.dtype.bits = 32;
}

static void in_fortran_order(value *value) {
  int64_t stride = 1;
  for (int axis = 0; axis < value->array.ndim; ++axis) {
    value->strides[axis] = stride;
    stride *= value->shape[axis];
  }
  value->array.strides = value->strides;
}

static void backwards(value *value) {
  int64_t stride = 1;
  for (int axis = value->array.ndim - 1; axis >= 0; --axis) {
    value->strides[axis] = -stride;
    stride *= value->shape[axis];
  }
  value->array.strides = value->strides;
  value->array.data = value->memory.f64 + stride - 1;
}

static void with_stride(value *value, int axis, int64_t stride) {
  in_fortran_order(value);
  value->strides[axis] = stride;
}

static bool break_array(call *call, int index, int which, breakage *breakage) {
  const argument *argument = &call->function->arguments[index];
  value *value = &call->values[index];
  rfgsnn_array *array = &value->array;
  bool written = argument->kind == KIND_ARRAY_OUT;

  WAY("data is NULL", MUST_FAIL, NULL_POINTER, array->data = NULL);
  WAY("on a GPU", MUST_FAIL, DTYPE, array->device.device_type = 2);
  WAY("device_type INT_MIN", MUST_FAIL, DTYPE, array->device.device_type = INT_MIN);
  WAY("device_id 7", MUST_WORK, NULL, array->device.device_id = 7);
  WAY("of int", MUST_FAIL, DTYPE, array->dtype.code = 0);
  WAY("of complex", MUST_FAIL, DTYPE, array->dtype.code = 5);
  WAY("of 16 bits", MUST_FAIL, DTYPE, array->dtype.bits = 16);
  WAY("of 0 bits", MUST_FAIL, DTYPE, array->dtype.bits = 0);
  WAY("of 0 lanes", MUST_FAIL, DTYPE, array->dtype.lanes = 0);
  WAY("of 65535 lanes", MUST_FAIL, DTYPE, array->dtype.lanes = 65535);
  WAY("ndim 0", MUST_FAIL, SHAPE, array->ndim = 0);
  WAY("ndim -1", MUST_FAIL, SHAPE, array->ndim = -1);
  WAY("ndim 8", MUST_FAIL, SHAPE, array->ndim = 8);
  WAY("ndim INT_MAX", MUST_FAIL, SHAPE, array->ndim = INT_MAX);
  WAY("ndim INT_MIN", MUST_FAIL, SHAPE, array->ndim = INT_MIN);
  WAY("shape is NULL", MUST_FAIL, SHAPE, array->shape = NULL);
  WAY("shape is NULL and ndim INT_MAX", MUST_FAIL, SHAPE, array->shape = NULL; array->ndim = INT_MAX);
  WAY("misaligned", MUST_FAIL, DTYPE, array->data = value->memory.bytes + 1);
  WAY("byte_offset 4", MUST_FAIL, DTYPE, array->byte_offset = 4);
  WAY("byte_offset 2^64 - 1", MUST_FAIL, SHAPE, array->byte_offset = UINT64_MAX);
  WAY("byte_offset 2^63", MUST_FAIL, SHAPE, array->byte_offset = (uint64_t)1 << 63);
  WAY("byte_offset 64", MUST_WORK, NULL, array->byte_offset = 64);
  static const struct {
    const char *name;
    int64_t extent;
  } extents[] = {{"extent 0", 0},
                 {"extent -1", -1},
                 {"extent INT64_MIN", INT64_MIN},
                 {"extent 2^31", 0x80000000},
                 {"extent 2^62", INT64_MAX / 2 + 1},
                 {"extent INT64_MAX", INT64_MAX}};
  static const struct {
    const char *name;
    int64_t stride;
  } strides[] = {{"stride INT64_MAX", INT64_MAX},
                 {"stride INT64_MIN", INT64_MIN},
                 {"stride 2^60", (int64_t)1 << 60},
                 {"stride -2^60", -((int64_t)1 << 60)}};
  for (int axis = 0; axis < argument->shapes[0].rank; ++axis) {
    for (size_t way = 0; way < sizeof extents / sizeof *extents; ++way) {
      WAY(extents[way].name, MUST_FAIL, SHAPE, value->shape[axis] = extents[way].extent);
    }
    bool matters = argument->shapes[0].extents[axis] > 1;
    for (size_t way = 0; way < sizeof strides / sizeof *strides; ++way) {
      WAY(strides[way].name, matters ? MUST_FAIL : MUST_WORK, matters ? SHAPE : NULL,
          with_stride(value, axis, strides[way].stride));
    }
    WAY("stride 0", matters && written ? MUST_FAIL : MUST_WORK, matters && written ? SHAPE : NULL,
        with_stride(value, axis, 0));
  }
  WAY("every extent 2^31 - 1", MUST_FAIL, SHAPE,
      for (int axis = 0; axis < 8; ++axis) value->shape[axis] = INT32_MAX);
  WAY("one extent more", MUST_FAIL, SHAPE, ++value->shape[array->ndim - 1]);
  WAY("single precision", MUST_WORK, NULL, in_single_precision(value));
  WAY("Fortran order", MUST_WORK, NULL, in_fortran_order(value));
  WAY("backwards", MUST_WORK, NULL, backwards(value));
  for (int other = 1; other < argument->shape_count; ++other) {
    WAY("another shape", MUST_WORK, NULL, set_shape(value, argument->shapes[other]));
  }
  if (!written) {
    size_t last = elements_of(argument->shapes[0]) - 1;
    WAY("first is NaN", MUST_FAIL, NOT_FINITE, value->memory.f64[0] = NAN);
    WAY("last is NaN", MUST_FAIL, NOT_FINITE, value->memory.f64[last] = NAN);
    WAY("last is infinite", MUST_FAIL, NOT_FINITE, value->memory.f64[last] = INFINITY);
    WAY("all 0", MAY_FAIL, NULL, memset(value->memory.bytes, 0, MEMORY));
    WAY("all large", MAY_FAIL, NULL, for (int k = 0; k < MEMORY / 8; ++k) value->memory.f64[k] = 1e30);
    WAY("all enormous", MAY_FAIL, NULL, for (int k = 0; k < MEMORY / 8; ++k) value->memory.f64[k] = DBL_MAX);
  }
  return false;
}

static bool break_callback(call *call, int index, int which, breakage *breakage) {
  value *value = &call->values[index];
  WAY("answers 1", MUST_WORK, NULL, value->answer = 1);
  WAY("answers INT_MAX", MUST_WORK, NULL, value->answer = INT_MAX);
  WAY("answers -1", MUST_FAIL, "RFGSNN_ERROR_CALLBACK", value->answer = -1);
  WAY("answers INT_MIN", MUST_FAIL, "RFGSNN_ERROR_CALLBACK", value->answer = INT_MIN);
  return false;
}

bool break_argument(call *call, int index, int which, world *world, breakage *breakage) {
  enum { BY_NULL = 2 }; /* at most so many ways */
  kind kind = call->function->arguments[index].kind;
  if (kind != KIND_NUMBER) {
    int ways = call->function->arguments[index].null_with >= 0 ? BY_NULL : 1;
    if (which < ways) return break_by_null(call, index, which, breakage);
    which -= ways;
  }
  switch (kind) {
    case KIND_HANDLE:
    case KIND_FREED_HANDLE: return break_handle(call, index, which, world, breakage);
    case KIND_NUMBER: return break_number(call, index, which, breakage);
    case KIND_NUMBERS: return break_numbers(call, index, which, breakage);
    case KIND_STRING: return break_string(call, index, which, breakage);
    case KIND_ARRAY:
    case KIND_ARRAYS:
    case KIND_ARRAY_OUT: return break_array(call, index, which, breakage);
    case KIND_CALLBACK: return break_callback(call, index, which, breakage);
    default: return false;
  }
}
