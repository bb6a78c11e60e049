/* Calls through libffi, and the handles that they need. */
#ifndef WORLD_H
#define WORLD_H

#include "description.h"

enum { MOST_ARGUMENTS = 16, MEMORY = 2048, MOST_HANDLES = 32 };

/* Live handles, in the order of their creation, and the options they are made from. */
typedef struct world {
  int count;
  struct {
    const char *kind;
    void *handle;
  } held[MOST_HANDLES];
  const setting *needs, *extra; /* set on top of the examples; each ends with a NULL key, or is NULL */
} world;

/* An argument as it is passed, and the memory that it points to. */
typedef struct value {
  union {
    int32_t i32;
    int64_t i64;
    float f32;
    double f64;
    void *pointer;
  } passed;
  union {
    unsigned char bytes[MEMORY];
    double f64[MEMORY / 8];
    float f32[MEMORY / 4];
    int64_t i64[MEMORY / 8];
    void *pointer;
  } memory;
  rfgsnn_array array;
  int64_t shape[8], strides[8];
  char *text; /* owned */
  int answer; /* of a callback */
  bool called;
  ffi_closure *closure;
  ffi_cif closure_interface;
} value;

typedef struct call {
  const function *function;
  value values[MOST_ARGUMENTS], before[MOST_ARGUMENTS];
  int status; /* or any number or truth that is returned */
  void *returned;
} call;

/* Opens the library and finds every described function; false, and what is missing. */
bool open_library(const char *name, const char **missing);
void *symbol_of(const function *function);

/* Counts calls. */
extern long *calls_made;

const char *last_error(void);
long memory_held(void);

/* A live handle of a kind, made from the examples of the description and the settings of the world. NULL and
 * a sentence if it cannot be had. */
void *need_handle(world *world, const char *kind);
void *make_handle(world *world, const char *kind);
void keep_handle(world *world, const char *kind, void *handle);
void forget_handle(world *world, void *handle);

/* Sets an option by its typed setter; the status. */
int set_option(void *options, const char *key, const char *type, const char *value);

/* Frees all handles, the last one first; false if one is refused. */
bool end_world(world *world);

/* Makes the arguments of a call that should succeed; runs what must come before it, if `with_after`. */
bool prepare(call *call, const function *function, world *world, bool with_after);
void perform(call *call);

/* Registers new handles of a call that succeeded, and forgets freed ones. */
void settle(call *call, world *world);
void dispose(call *call);

#endif
