/* Random descriptions of arrays: any type, order, padding, direction and place, and now and then one that is
 * wrong. Memory that is described is there: the library cannot know better than its caller what is. */
#ifndef ARRAYS_H
#define ARRAYS_H

#include <stdbool.h>

#include "random.h"
#include "rfgsnn.h"

enum { MOST_DIMENSIONS = 8 };

typedef enum array_use { ARRAY_READ, ARRAY_WRITTEN } array_use;

typedef struct array {
  rfgsnn_array view; /* what is passed */
  int64_t extents[MOST_DIMENSIONS + 4], strides[MOST_DIMENSIONS + 4];
  char *first;                 /* where the fuzzer reaches the first element */
  char *lowest, *past;         /* all elements lie between */
  char *watched, *watched_end; /* bytes around an output */
  const char *broken;          /* what is wrong, so that it must be refused; or NULL */
} array;

/* Lays an array out in a region, in random order. */
void array_make(array *made, int region, array_use use, int rank, const int64_t *extents);

/* An array that lies at the same place as another one, as far as the library sees. */
void array_overlap(array *made, int region, int rank, const int64_t *extents);

/* Gives every element a value; nothing if the description is wrong. */
void array_fill(array *filled, value_kind kind);

/* Remembers an output as it is before the call... */
void array_watch(array *output);

/* ... and says what was written wrongly, or NULL: nothing may be, every element must be, or any may be, as the call
 * says; with a finite number, and nothing beside them. */
typedef enum array_outcome { ARRAY_UNTOUCHED, ARRAY_FILLED, ARRAY_PARTLY_FILLED } array_outcome;
const char *array_complaint(const array *output, array_outcome expected);

/* For the trace, into a text that the next eight calls leave alone. */
const char *array_text(const array *described);

#endif
