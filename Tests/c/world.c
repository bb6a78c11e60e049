#include "world.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "values.h"

#include "description.inc"

static void *library;
static void *symbols[256];
long *calls_made;

bool open_library(const char *name, const char **missing) {
  library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    *missing = dlerror();
    return false;
  }
  for (int index = 0; index < function_count; ++index) {
    symbols[index] = dlsym(library, functions[index].name);
    if (!symbols[index]) {
      *missing = functions[index].name;
      return false;
    }
  }
  return true;
}

void *symbol_of(const function *function) { return symbols[function - functions]; }

const function *find_function(const char *name) {
  for (int index = 0; index < function_count; ++index) {
    if (strcmp(functions[index].name, name) == 0) return &functions[index];
  }
  printf("FAILED: %s is not described\n", name);
  exit(1);
}

int status_of(const char *name) {
  for (const named *status = statuses; status->name; ++status) {
    if (strcmp(status->name, name) == 0) return status->value;
  }
  printf("FAILED: %s is not described\n", name);
  exit(1);
}

const char *status_text(int status) {
  for (const named *entry = statuses; entry->name; ++entry) {
    if (entry->value == status) return entry->name;
  }
  return "an unknown status";
}

const char *last_error(void) {
  const char *(*read)(void);
  *(void **)&read = symbol_of(find_function("rfgsnn_last_error"));
  return read();
}

long memory_held(void) {
  int (*read)(int64_t *);
  int64_t bytes = -1;
  *(void **)&read = symbol_of(find_function("rfgsnn_memory_held"));
  return read(&bytes) == 0 ? (long)bytes : -1;
}

int set_option(void *options, const char *key, const char *type, const char *value) {
  char name[64];
  snprintf(name, sizeof name, "rfgsnn_options_set_%s", type);
  void *symbol = symbol_of(find_function(name));
  ++*calls_made;
  if (strcmp(type, "int") == 0) {
    int (*set)(void *, const char *, int64_t);
    *(void **)&set = symbol;
    return set(options, key, atoll(value));
  }
  if (strcmp(type, "float") == 0) {
    int (*set)(void *, const char *, double);
    *(void **)&set = symbol;
    return set(options, key, strtod(value, NULL));
  }
  if (strcmp(type, "string") == 0) {
    int (*set)(void *, const char *, const char *);
    *(void **)&set = symbol;
    return set(options, key, value);
  }
  int (*set)(void *, const char *, const int64_t *, int64_t);
  *(void **)&set = symbol;
  int64_t list[64], count = 0;
  char *rest = (char *)value;
  while (*rest && count < 64) list[count++] = strtoll(rest, &rest, 10);
  return set(options, key, list, count);
}

/* Options that are refused stay as they are: the calls then show what comes of it. */
static void set_options(void *options, const setting *settings) {
  for (; settings && settings->key; ++settings)
    set_option(options, settings->key, settings->type, settings->value);
}

void keep_handle(world *world, const char *kind, void *handle) {
  if (world->count == MOST_HANDLES) exit(1);
  world->held[world->count].kind = kind;
  world->held[world->count++].handle = handle;
}

void forget_handle(world *world, void *handle) {
  for (int index = 0; index < world->count; ++index) {
    if (world->held[index].handle != handle) continue;
    memmove(&world->held[index], &world->held[index + 1],
            (size_t)(world->count - index - 1) * sizeof *world->held);
    --world->count;
    return;
  }
}

static const handle_kind *find_kind(const char *name) {
  for (const handle_kind *kind = handle_kinds; kind->name; ++kind) {
    if (strcmp(kind->name, name) == 0) return kind;
  }
  printf("FAILED: no handle %s is described\n", name);
  exit(1);
}

void *make_handle(world *world, const char *kind) {
  call *create = calloc(1, sizeof *create);
  void *handle = NULL;
  if (!create) exit(1);
  if (prepare(create, find_function(find_kind(kind)->created_by), world, true)) {
    perform(create);
    for (int index = 0; index < create->function->argument_count; ++index) {
      if (create->status == 0 && create->function->arguments[index].kind == KIND_NEW_HANDLE) {
        handle = create->values[index].memory.pointer;
      }
    }
  }
  dispose(create);
  free(create);
  if (!handle) return NULL;
  keep_handle(world, kind, handle);
  if (strcmp(kind, find_function("rfgsnn_options_set_int")->arguments[0].type) == 0) {
    set_options(handle, example_options);
    set_options(handle, world->extra);
    set_options(handle, world->needs);
  }
  return handle;
}

void *need_handle(world *world, const char *kind) {
  for (int index = 0; index < world->count; ++index) {
    if (strcmp(world->held[index].kind, kind) == 0) return world->held[index].handle;
  }
  return make_handle(world, kind);
}

bool end_world(world *world) {
  bool well = true;
  while (world->count > 0) {
    int last = world->count - 1;
    int (*release)(void *);
    *(void **)&release = symbol_of(find_function(find_kind(world->held[last].kind)->freed_by));
    ++*calls_made;
    well = release(world->held[last].handle) == 0 && well;
    world->count = last;
  }
  return well;
}

bool prepare(call *call, const function *function, world *world, bool with_after) {
  call->function = function;
  for (const char *const *name = function->after; with_after && *name; ++name) {
    struct call *first = calloc(1, sizeof *first);
    if (!first) exit(1);
    bool well = prepare(first, find_function(*name), world, false);
    if (well) {
      perform(first);
      well = first->status >= 0;
      if (well) settle(first, world);
    }
    dispose(first);
    free(first);
    if (!well) return false;
  }
  for (int index = 0; index < function->argument_count; ++index) {
    if (!make_value(&call->values[index], &function->arguments[index], world)) return false;
  }
  return true;
}

void perform(call *call) {
  const function *function = call->function;
  ffi_cif interface;
  ffi_type *types[MOST_ARGUMENTS];
  void *places[MOST_ARGUMENTS];
  for (int index = 0; index < function->argument_count; ++index) {
    types[index] = function->arguments[index].ffi;
    places[index] = &call->values[index].passed;
  }
  memcpy(call->before, call->values, sizeof call->before);
  if (ffi_prep_cif(&interface, FFI_DEFAULT_ABI, (unsigned)function->argument_count, function->ffi, types) !=
      FFI_OK) {
    exit(1);
  }
  union {
    ffi_arg number;
    void *pointer;
  } result = {0};
  void (*target)(void);
  *(void **)&target = symbol_of(function);
  ++*calls_made;
  ffi_call(&interface, target, &result, places);
  call->status = (int)result.number;
  call->returned = result.pointer;
}

void settle(call *call, world *world) {
  for (int index = 0; index < call->function->argument_count; ++index) {
    const argument *argument = &call->function->arguments[index];
    value *value = &call->values[index];
    if (argument->kind == KIND_NEW_HANDLE && value->passed.pointer) {
      keep_handle(world, argument->type, value->memory.pointer);
    }
    if (argument->kind == KIND_FREED_HANDLE) forget_handle(world, value->passed.pointer);
  }
}

void dispose(call *call) {
  for (int index = 0; index < MOST_ARGUMENTS; ++index) {
    free(call->values[index].text);
    if (call->values[index].closure) ffi_closure_free(call->values[index].closure);
    call->values[index].text = NULL;
    call->values[index].closure = NULL;
  }
}
