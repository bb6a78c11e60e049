/* Random numbers, the same ones for the same seed (SplitMix64; Steele, Lea and Flood 2014). */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stdint.h>

void random_seed(uint64_t seed);

/* Goes on from another state, and gives the one so far: what a callback draws does not move its caller's. */
uint64_t random_swap(uint64_t state);

uint64_t random_bits(void);

/* From 0 to count - 1. */
int64_t below(int64_t count);

/* From low to high, both possible. */
int64_t between(int64_t low, int64_t high);

bool chance(double probability);

/* In [0, 1). */
double unit(void);

/* Kinds of numbers that a host may come with. */
typedef enum value_kind {
  USUAL,
  SOME_NOT_FINITE,
  HUGE_FOR_FLOAT, /* near the end of what a float holds */
  SUBNORMAL,
  HUGE_FOR_DOUBLE, /* more than a float holds */
  ALL_ZERO,
  PLUS_MINUS_ONE,
  ANY_MAGNITUDE,
  VALUE_KINDS
} value_kind;

/* Mostly usual. */
value_kind random_kind(void);
double random_value(value_kind kind);
const char *kind_name(value_kind kind);

#endif
