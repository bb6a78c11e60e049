#include "judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "values.h"

progress *shared;
setting extra[2];

bool is_extra(void) { return extra[0].key != NULL; }

void complain(const char *problem, const char *detail) {
  printf("%s: %s: %s\n", shared->what, problem, detail);
}

static bool is_utf8(const char *text) {
  for (const unsigned char *byte = (const unsigned char *)text; *byte;) {
    int more = *byte < 0x80 ? 0 : *byte >> 5 == 6 ? 1 : *byte >> 4 == 14 ? 2 : *byte >> 3 == 30 ? 3 : -1;
    if (more < 0) return false;
    for (++byte; more > 0; --more, ++byte) {
      if (*byte >> 6 != 2) return false;
    }
  }
  return true;
}

/* The sentence names the broken argument, its partner, the word that the call is about, or, if the argument
 * may be as it is, another one that does not fit it. */
static bool names_argument(const char *sentence, const call *call, int index, bool may_be_another) {
  const argument *arguments = call->function->arguments;
  for (int other = 0; other < call->function->argument_count; ++other) {
    const char *text = call->values[other].text;
    if (arguments[other].kind == KIND_STRING && text && *text && strstr(sentence, text)) return true;
    bool counts = may_be_another || other == index || other == arguments[index].null_with;
    if (counts && strstr(sentence, arguments[other].name)) return true;
  }
  return false;
}

static bool is_documented(const function *function, int status) {
  bool may_stop = false;
  for (int index = 0; index < function->argument_count; ++index) {
    may_stop = may_stop || function->arguments[index].kind == KIND_CALLBACK;
  }
  if (status == 0) return true;
  if (status > 0) return may_stop && strncmp(status_text(status), "RFGSNN_STOPPED", 14) == 0;
  for (const int *error = function->errors; *error; ++error) {
    if (*error == status) return true;
  }
  return false;
}

bool check_memory(const call *call, bool succeeded) {
  bool well = true;
  for (int index = 0; index < call->function->argument_count; ++index) {
    const argument *argument = &call->function->arguments[index];
    const value *value = &call->values[index], *before = &call->before[index];
    size_t written = 0;
    if (is_output(argument) && succeeded) {
      written = argument->kind == KIND_NUMBER_OUT ? argument->element_size : sizeof(void *);
      if (argument->kind == KIND_ARRAY_OUT) {
        written = (size_t)before->array.byte_offset + 8 * elements_of(argument->shapes[0]);
      }
      if (argument->kind == KIND_NUMBERS_OUT) {
        int64_t length = length_of(call, index);
        written = length > MEMORY / 8 ? MEMORY : (size_t)length * argument->element_size;
      }
    }
    if (memcmp(value->memory.bytes + written, before->memory.bytes + written, MEMORY - written) != 0 ||
        memcmp(&value->array, &before->array, sizeof value->array) != 0 ||
        memcmp(value->shape, before->shape, sizeof value->shape) != 0 ||
        memcmp(value->strides, before->strides, sizeof value->strides) != 0) {
      complain(succeeded ? "wrote where it must not" : "failed, but wrote", argument->name);
      well = false;
    }
  }
  return well;
}

bool check_outputs(const call *call) {
  bool well = true;
  for (int index = 0; index < call->function->argument_count; ++index) {
    const argument *argument = &call->function->arguments[index];
    const value *value = &call->values[index];
    bool good = true;
    double sum = 0;
    if (argument->kind == KIND_NUMBER_OUT && argument->has_minimum &&
        argument->minimum == argument->maximum) {
      good = (argument->element_size == 4 ? *(const int32_t *)value->memory.bytes : value->memory.i64[0]) ==
             (int64_t)argument->minimum;
    }
    if (argument->kind == KIND_STRING_OUT) good = is_utf8(value->memory.pointer);
    if (argument->kind == KIND_VIEW_OUT) {
      int64_t length = call->values[argument->length_argument].memory.i64[0];
      for (int64_t k = 0; k < length; ++k) sum += (double)((const float *)value->memory.pointer)[k];
      good = isfinite(sum);
    }
    if (argument->kind == KIND_ARRAY_OUT) {
      for (size_t k = 0; k < elements_of(argument->shapes[0]); ++k) {
        good = good && isfinite(value->memory.f64[k]) &&
               memcmp(&value->memory.f64[k], call->before[index].memory.bytes, sizeof(double)) != 0;
      }
    }
    if (argument->kind == KIND_NEW_HANDLE) good = value->memory.pointer != NULL;
    if (!good) complain("gave no good", argument->name);
    well = well && good;
  }
  return well;
}

unsigned char *copy_views(world *world, size_t *size) {
  unsigned char *copy = NULL;
  *size = 0;
  for (const function *function = functions; function < functions + function_count; ++function) {
    const argument *arguments = function->arguments;
    bool gives_view = function->argument_count == 3 && arguments[0].kind == KIND_HANDLE &&
                      arguments[1].kind == KIND_VIEW_OUT && !arguments[1].is_const;
    bool is_held = false;
    for (int index = 0; gives_view && index < world->count; ++index) {
      is_held = is_held || strcmp(world->held[index].kind, arguments[0].type) == 0;
    }
    if (!is_held) continue;
    call *read = calloc(1, sizeof *read);
    if (!read || !prepare(read, function, world, false)) exit(1);
    perform(read);
    if (read->status == 0) {
      size_t bytes = (size_t)read->values[2].memory.i64[0] * arguments[1].element_size;
      copy = realloc(copy, *size + bytes);
      if (!copy) exit(1);
      memcpy(copy + *size, read->values[1].memory.pointer, bytes);
      *size += bytes;
    }
    dispose(read);
    free(read);
  }
  return copy;
}

bool check_returned(const call *call) {
  if (strcmp(call->function->returns, "const char *") == 0) {
    if (call->returned && is_utf8(call->returned)) return true;
    complain("returned", "no text");
    return false;
  }
  if (call->status >= 0) return true;
  complain("returned", "a negative number");
  return false;
}

bool check_status(const call *call, int index, const breakage *breakage, const char *sentence_before) {
  int status = call->status;
  const char *sentence = last_error();
  if (!is_documented(call->function, status)) {
    complain("undocumented status", status_text(status));
    return false;
  }
  bool expected = breakage->expectation == MUST_WORK   ? status >= 0 || is_extra()
                  : breakage->expectation == MUST_FAIL ? status < 0 || (is_extra() && !breakage->status)
                                                       : true;
  if (breakage->status && status != status_of(breakage->status) && !is_extra()) expected = false;
  if (!expected) {
    complain(status_text(status), status < 0 ? sentence : "it was to be refused");
    return false;
  }
  if (status >= 0) return true;
  bool is_new = strcmp(sentence, sentence_before) != 0;
  if (!is_new) complain(status_text(status), "it has no sentence of its own");
  bool is_text = is_utf8(sentence) && strlen(sentence) < 1000;
  if (!is_text) complain("the sentence is cut or not UTF-8", sentence);
  bool may_be_another = breakage->expectation == MAY_FAIL;
  bool is_named = is_extra() || index < 0 || names_argument(sentence, call, index, may_be_another);
  if (!is_named) complain("the sentence does not name the argument", sentence);
  return is_new && is_text && is_named;
}

char *mark_sentence(const function *next) {
  const handle_kind *kind = handle_kinds;
  for (int index = 0; index < next->argument_count && (kind + 1)->name; ++index) {
    if (strcmp(next->arguments[index].type, kind->name) != 0) continue;
    ++kind;
    index = -1;
  }
  int (*release)(void *);
  *(void **)&release = symbol_of(find_function(kind->freed_by));
  ++*calls_made;
  release((void *)0x18);
  char *copy = malloc(strlen(last_error()) + 1);
  if (!copy) exit(1);
  return strcpy(copy, last_error());
}

bool may_have_begun(const call *call, const breakage *breakage) {
  for (int index = 0; index < call->function->argument_count; ++index) {
    if (call->function->arguments[index].kind != KIND_CALLBACK) continue;
    if (call->values[index].called || breakage->expectation == MAY_FAIL) return true;
  }
  return false;
}
