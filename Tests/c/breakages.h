/* The ways to break one argument of a call. */
#ifndef BREAKAGES_H
#define BREAKAGES_H

#include "world.h"

typedef enum expectation { MUST_WORK, MAY_FAIL, MUST_FAIL } expectation;

typedef struct breakage {
  const char *name;
  expectation expectation;
  const char *status; /* which MUST_FAIL gives; NULL for any that is documented */
} breakage;

/* Set by main. */
extern void *address_on_stack;

/* Breaks argument `index` of a prepared call in the way of number `which`; false if there are no more. */
bool break_argument(call *call, int index, int which, world *world, breakage *breakage);

#endif
