/// Vector operations that Swift's SIMD types lack, or that its standard library does lane by lane.
///
/// Clang's vector types are imported into Swift as SIMD16<Float> and the like, and the functions are
/// inlined for the instruction set of the importing module.
#ifndef RFGSNN_VECTOR_HELPERS_H
#define RFGSNN_VECTOR_HELPERS_H

#include <stdint.h>

typedef float rfgv_float16 __attribute__((ext_vector_type(16)));
typedef int32_t rfgv_int16 __attribute__((ext_vector_type(16)));
typedef uint64_t rfgv_uint64x8 __attribute__((ext_vector_type(8)));
typedef float rfgv_float8 __attribute__((ext_vector_type(8)));
typedef double rfgv_double8 __attribute__((ext_vector_type(8)));
typedef _Bool rfgv_bool16 __attribute__((ext_vector_type(16)));

#define RFGV static inline __attribute__((always_inline))

#pragma clang assume_nonnull begin

/// Sixteen floats from any address.
RFGV rfgv_float16 rfgv_load(const float *p) {
  rfgv_float16 x;
  __builtin_memcpy(&x, p, sizeof x);
  return x;
}

/// Stores sixteen floats at any address.
RFGV void rfgv_store(float *p, rfgv_float16 x) { __builtin_memcpy(p, &x, sizeof x); }

/// The first n <= 16 floats, then zeros; reads nothing beyond them.
RFGV rfgv_float16 rfgv_load_first(const float *p, int64_t n) {
  rfgv_float16 x = 0.0f;
  __builtin_memcpy(&x, p, (uint64_t)n * sizeof(float));
  return x;
}

/// Stores the first n <= 16 lanes.
RFGV void rfgv_store_first(float *p, rfgv_float16 x, int64_t n) {
  __builtin_memcpy(p, &x, (uint64_t)n * sizeof(float));
}

/// Eight doubles from any address.
RFGV rfgv_double8 rfgv_load_double(const double *p) {
  rfgv_double8 x;
  __builtin_memcpy(&x, p, sizeof x);
  return x;
}

/// Stores eight doubles at any address.
RFGV void rfgv_store_double(double *p, rfgv_double8 x) { __builtin_memcpy(p, &x, sizeof x); }

/// Eight floats from any address, as doubles.
RFGV rfgv_double8 rfgv_load_widened(const float *p) {
  rfgv_float8 x;
  __builtin_memcpy(&x, p, sizeof x);
  return __builtin_convertvector(x, rfgv_double8);
}

/// The first n <= 8 floats as doubles, then zeros; reads nothing beyond them.
RFGV rfgv_double8 rfgv_load_widened_first(const float *p, int64_t n) {
  rfgv_float8 x = 0.0f;
  __builtin_memcpy(&x, p, (uint64_t)n * sizeof(float));
  return __builtin_convertvector(x, rfgv_double8);
}

/// a b + c, rounded once; for instruction sets that have it, elsewhere it would call libm for every lane.
RFGV rfgv_float16 rfgv_fma(rfgv_float16 a, rfgv_float16 b, rfgv_float16 c) {
  return __builtin_elementwise_fma(a, b, c);
}
RFGV rfgv_double8 rfgv_fma_double(rfgv_double8 a, rfgv_double8 b, rfgv_double8 c) {
  return __builtin_elementwise_fma(a, b, c);
}

RFGV rfgv_float16 rfgv_sqrt(rfgv_float16 x) { return __builtin_elementwise_sqrt(x); }
RFGV rfgv_float16 rfgv_abs(rfgv_float16 x) { return __builtin_elementwise_abs(x); }
RFGV rfgv_float16 rfgv_max(rfgv_float16 a, rfgv_float16 b) { return a > b ? a : b; }
RFGV rfgv_float16 rfgv_min(rfgv_float16 a, rfgv_float16 b) { return a < b ? a : b; }
RFGV rfgv_float16 rfgv_to_float(rfgv_int16 x) { return __builtin_convertvector(x, rfgv_float16); }
RFGV double rfgv_sqrt_double(double x) { return __builtin_elementwise_sqrt(x); }

/// Bit j is set where a[j] >= b[j].
RFGV uint16_t rfgv_mask_not_below(rfgv_float16 a, rfgv_float16 b) {
  union { rfgv_bool16 mask; uint16_t bits; } r;
  r.mask = __builtin_convertvector(a >= b, rfgv_bool16);
  return r.bits;
}

/// Bit j is set where a[j] is not 0.
RFGV uint16_t rfgv_mask_not_zero(rfgv_float16 a) {
  union { rfgv_bool16 mask; uint16_t bits; } r;
  r.mask = __builtin_convertvector(a != 0.0f, rfgv_bool16);
  return r.bits;
}

/// The low halves of the 64-bit lanes of a and b.
RFGV rfgv_int16 rfgv_narrow(rfgv_uint64x8 a, rfgv_uint64x8 b) {
  return __builtin_shufflevector((rfgv_int16)a, (rfgv_int16)b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24,
                                 26, 28, 30);
}

/// x[0], y[0], x[1], ..., y[7]
RFGV rfgv_float16 rfgv_alternate_low(rfgv_float16 x, rfgv_float16 y) {
  return __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/// x[8], y[8], x[9], ..., y[15]
RFGV rfgv_float16 rfgv_alternate_high(rfgv_float16 x, rfgv_float16 y) {
  return __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/// Stores the lanes from <= j < to of four vectors in a row.
RFGV void rfgv_store_part(float *p, rfgv_float16 a, rfgv_float16 b, rfgv_float16 c, rfgv_float16 d,
                          int64_t from, int64_t to) {
  float x[64];
  __builtin_memcpy(x, &a, sizeof a);
  __builtin_memcpy(x + 16, &b, sizeof b);
  __builtin_memcpy(x + 32, &c, sizeof c);
  __builtin_memcpy(x + 48, &d, sizeof d);
  __builtin_memcpy(p, x + from, (uint64_t)(to - from) * sizeof(float));
}

#pragma clang assume_nonnull end

#endif
