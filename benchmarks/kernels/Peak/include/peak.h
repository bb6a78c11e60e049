/// What this processor can do at best: loops of nothing but multiply-adds, or nothing but loads.
#ifndef RFGSNN_PEAK_H
#define RFGSNN_PEAK_H

#include <stdint.h>

/// Multiply-adds of a whole vector at once, from registers to registers, `rounds` times on each of 12 registers.
///
/// @param level 4: AVX-512, 3: AVX2 with FMA, else what every processor of the architecture has.
/// @return floating point operations done, two for each multiply-add.
double rfgp_multiply_adds(int level, int64_t rounds);

/// Loads every float of an array, `rounds` times; `count` is a multiple of 128.
/// @return a number that depends on all of them.
float rfgp_loads(int level, const float *values, int64_t count, int64_t rounds);

#endif
