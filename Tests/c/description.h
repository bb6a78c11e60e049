/* What the conformance test knows of the API: tables that describe.py makes from signatures.json. */
#ifndef DESCRIPTION_H
#define DESCRIPTION_H

#include <ffi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The one public struct, as DLPack has it; description.inc compares the layout. */
typedef struct rfgsnn_device {
  int32_t device_type, device_id;
} rfgsnn_device;
typedef struct rfgsnn_dtype {
  uint8_t code, bits;
  uint16_t lanes;
} rfgsnn_dtype;
typedef struct rfgsnn_array {
  void *data;
  rfgsnn_device device;
  int32_t ndim;
  rfgsnn_dtype dtype;
  int64_t *shape, *strides;
  uint64_t byte_offset;
} rfgsnn_array;

typedef enum kind {
  KIND_HANDLE,
  KIND_NEW_HANDLE,
  KIND_FREED_HANDLE,
  KIND_NUMBER,
  KIND_NUMBER_OUT,
  KIND_NUMBERS,
  KIND_NUMBERS_OUT,
  KIND_VIEW_OUT,
  KIND_STRING,
  KIND_STRING_OUT,
  KIND_ARRAY,
  KIND_ARRAYS,
  KIND_ARRAY_OUT,
  KIND_CALLBACK,
  KIND_CONTEXT
} kind;

typedef struct shape {
  int rank;
  int64_t extents[4];
} shape;

typedef struct argument {
  const char *name;
  kind kind;
  const char *type; /* of the handle, the number or the elements */
  ffi_type *ffi;
  bool is_const;
  size_t element_size;
  bool nullable;
  int null_with;       /* an argument that is NULL if and only if this one is; or -1 */
  int length_argument; /* the argument that says how many numbers there are; or -1 and `length` */
  int64_t length;
  bool has_minimum, has_maximum;
  double minimum, maximum;
  double example;
  const char *example_text;
  bool is_option_key;
  int64_t example_list[8];
  int example_list_length;
  const char *const *choices;
  int shape_count;
  shape shapes[4];
} argument;

typedef struct setting {
  const char *key, *type, *value;
} setting;

typedef struct function {
  const char *name, *returns;
  ffi_type *ffi;
  int argument_count;
  const argument *arguments;
  const int *errors; /* ends with 0 */
  const char *const *after;
  const setting *needs;
} function;

typedef struct callback {
  const char *name;
  ffi_type *returns;
  unsigned argument_count;
  ffi_type **types;
  int context;
} callback;

typedef struct handle_kind {
  const char *name, *created_by, *freed_by;
} handle_kind;

typedef struct option {
  const char *key, *type, *default_text, *range_text;
  bool has_minimum;
  double minimum;
  bool minimum_excluded;
  bool has_maximum;
  double maximum;
  bool maximum_excluded;
  const char *const *choices;
} option;

typedef struct named {
  const char *name;
  int value;
} named;

/* Those with a NULL name at the end have no count. */
extern const function functions[];
extern const int function_count;
extern const callback callbacks[];
extern const handle_kind handle_kinds[];
extern const setting example_options[];
extern const option options[];
extern const int option_table_count;
extern const named statuses[];

const function *find_function(const char *name);

/* Value of a status by its name. */
int status_of(const char *name);
const char *status_text(int status);

#endif
