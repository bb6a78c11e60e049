/* NumPy's normal random numbers: numpy.random.Generator(numpy.random.Philox(seed)).standard_normal. */
#ifndef RANDOM_NUMBERS_H
#define RANDOM_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/* Fills `values` with independent numbers from N(0, 1). */
void standard_normal(uint32_t seed, double *values, size_t count);

#endif
