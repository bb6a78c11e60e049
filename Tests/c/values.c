#include "values.h"

#include <stdlib.h>
#include <string.h>

bool is_output(const argument *argument) {
  switch (argument->kind) {
    case KIND_NEW_HANDLE:
    case KIND_NUMBER_OUT:
    case KIND_NUMBERS_OUT:
    case KIND_VIEW_OUT:
    case KIND_STRING_OUT:
    case KIND_ARRAY_OUT: return true;
    default: return false;
  }
}

size_t elements_of(shape shape) {
  size_t elements = 1;
  for (int axis = 0; axis < shape.rank; ++axis) elements *= (size_t)shape.extents[axis];
  return elements;
}

void set_number(value *value, const argument *argument, double number) {
  /* Conversion of a double outside the range is undefined; 2^63 is the first that int64_t has not. */
  if (argument->ffi == &ffi_type_double) {
    value->passed.f64 = number;
  } else if (argument->ffi == &ffi_type_float) {
    value->passed.f32 = (float)number;
  } else if (argument->ffi == &ffi_type_sint64) {
    value->passed.i64 = number >= 0x1p63 ? INT64_MAX : number <= -0x1p63 ? INT64_MIN : (int64_t)number;
  } else {
    value->passed.i32 = number >= 0x1p31 ? INT32_MAX : number <= -0x1p31 ? INT32_MIN : (int32_t)number;
  }
}

void set_shape(value *value, shape shape) {
  value->array.ndim = shape.rank;
  memcpy(value->shape, shape.extents, sizeof shape.extents);
  value->array.shape = value->shape;
  value->array.strides = NULL;
}

static void fill_numbers(value *value, const argument *argument) {
  bool is_float = strcmp(argument->type, "float") == 0, is_double = strcmp(argument->type, "double") == 0;
  for (int index = 0; index < MEMORY / 8; ++index) {
    if (is_double) value->memory.f64[index] = 0.5 + 0.125 * (index % 3);
    if (is_float)
      value->memory.f32[2 * index] = value->memory.f32[2 * index + 1] = 0.25f * (float)(index % 3);
    if (!is_float && !is_double) {
      value->memory.i64[index] = argument->example_list_length > 0
                                     ? argument->example_list[index % argument->example_list_length]
                                     : 1;
    }
  }
}

static void answer(ffi_cif *interface, void *result, void **arguments, void *of_value) {
  (void)interface, (void)arguments;
  value *value = of_value;
  value->called = true;
  *(ffi_sarg *)result = value->answer;
}

static bool make_callback(value *value, const char *name) {
  const callback *callback = callbacks;
  while (callback->name && strcmp(callback->name, name) != 0) ++callback;
  if (!callback->name) return false;
  value->closure = ffi_closure_alloc(sizeof *value->closure, &value->passed.pointer);
  return value->closure &&
         ffi_prep_cif(&value->closure_interface, FFI_DEFAULT_ABI, callback->argument_count, callback->returns,
                      callback->types) == FFI_OK &&
         ffi_prep_closure_loc(value->closure, &value->closure_interface, answer, value,
                              value->passed.pointer) == FFI_OK;
}

bool make_value(value *value, const argument *argument, world *world) {
  memset(value->memory.bytes, UNTOUCHED, MEMORY);
  value->passed.pointer = value->memory.bytes;
  switch (argument->kind) {
    case KIND_HANDLE:
    case KIND_FREED_HANDLE:
      value->passed.pointer = need_handle(world, argument->type);
      return value->passed.pointer != NULL;
    case KIND_NUMBER: set_number(value, argument, argument->example); return true;
    case KIND_NUMBERS: fill_numbers(value, argument); return true;
    case KIND_STRING:
      value->text = malloc(strlen(argument->example_text) + 1);
      if (!value->text) return false;
      value->passed.pointer = strcpy(value->text, argument->example_text);
      return true;
    case KIND_ARRAY:
    case KIND_ARRAYS:
      for (int index = 0; index < MEMORY / 8; ++index)
        value->memory.f64[index] = 0.125 * (index * 7 % 11) - 0.5;
      /* fallthrough */
    case KIND_ARRAY_OUT:
      value->array.data = value->memory.bytes;
      value->array.device.device_type = 1;
      value->array.dtype = (rfgsnn_dtype){2, 64, 1};
      set_shape(value, argument->shapes[0]);
      value->passed.pointer = &value->array;
      return true;
    case KIND_CALLBACK: return make_callback(value, argument->type);
    default: return true;
  }
}

int64_t length_of(const call *call, int argument) {
  int other = call->function->arguments[argument].length_argument;
  if (other < 0) return call->function->arguments[argument].length;
  return call->function->arguments[other].ffi == &ffi_type_sint32 ? call->values[other].passed.i32
                                                                  : call->values[other].passed.i64;
}
