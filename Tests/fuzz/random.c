#include "random.h"

#include <math.h>

static uint64_t current;

void random_seed(uint64_t seed) { current = seed * 0x2545F4914F6CDD1Du + 0x9E3779B97F4A7C15u; }

uint64_t random_swap(uint64_t state) {
  uint64_t before = current;
  current = state;
  return before;
}

uint64_t random_bits(void) {
  uint64_t z = current += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

int64_t below(int64_t count) { return (int64_t)(random_bits() % (uint64_t)count); }

int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }

double unit(void) { return (double)(random_bits() >> 11) * 0x1p-53; }

bool chance(double probability) { return unit() < probability; }

value_kind random_kind(void) { return chance(0.85) ? USUAL : (value_kind)below(VALUE_KINDS); }

double random_value(value_kind kind) {
  double value = 4 * unit() - 2;
  switch (kind) {
    case SOME_NOT_FINITE:
      if (!chance(0.2)) return value;
      return chance(0.4) ? NAN : chance(0.5) ? INFINITY : -INFINITY;
    case HUGE_FOR_FLOAT: return value * (chance(0.5) ? 1e30 : chance(0.5) ? 1.6e38 : 1e19);
    case SUBNORMAL: return value * 1e-40;
    case HUGE_FOR_DOUBLE: return value * (chance(0.5) ? 1e300 : 1e45);
    case ALL_ZERO: return 0;
    case PLUS_MINUS_ONE: return value < 0 ? -1 : 1;
    case ANY_MAGNITUDE: return value * pow(10, 60 * unit() - 30);
    default: return value;
  }
}

const char *kind_name(value_kind kind) {
  static const char *const names[] = {"usual", "some not finite", "huge for float", "subnormal", "huge for double",
                                      "zero",  "plus minus one",  "any magnitude"};
  return names[kind];
}
