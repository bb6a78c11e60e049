/// Vector operations that Swift's SIMD types lack, or that its standard library does lane by lane.
///
/// Clang's vector types are imported into Swift as SIMD16<Float> and the like, and the functions are inlined for
/// the instruction set of the importing module.
#ifndef RFGSNN_VECTOR_HELPERS_H
#define RFGSNN_VECTOR_HELPERS_H

#include <stdint.h>

typedef float rfgv_float16 __attribute__((ext_vector_type(16)));
typedef int32_t rfgv_int16 __attribute__((ext_vector_type(16)));
typedef float rfgv_float32 __attribute__((ext_vector_type(32)));
typedef float rfgv_float64 __attribute__((ext_vector_type(64)));
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

/// The low halves of the 64-bit lanes of a and b.
RFGV rfgv_int16 rfgv_narrow(rfgv_uint64x8 a, rfgv_uint64x8 b) {
  return __builtin_shufflevector((rfgv_int16)a, (rfgv_int16)b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                 30);
}

/// The 64 floats a[0], b[0], c[0], d[0], a[1], ...
RFGV rfgv_float64 rfgv_interleave(rfgv_float16 a, rfgv_float16 b, rfgv_float16 c, rfgv_float16 d) {
  rfgv_float32 ac = __builtin_shufflevector(a, c, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25,
                                            10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  rfgv_float32 bd = __builtin_shufflevector(b, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25,
                                            10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  return __builtin_shufflevector(
      ac, bd, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45,
      14, 46, 15, 47, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55, 24, 56, 25, 57, 26, 58, 27, 59,
      28, 60, 29, 61, 30, 62, 31, 63);
}

/// The 64 floats a[0], ..., a[15], b[0], ...
RFGV rfgv_float64 rfgv_concatenate(rfgv_float16 a, rfgv_float16 b, rfgv_float16 c, rfgv_float16 d) {
  rfgv_float64 x;
  x.lo.lo = a;
  x.lo.hi = b;
  x.hi.lo = c;
  x.hi.hi = d;
  return x;
}

/// Stores 64 floats at any address.
RFGV void rfgv_store_64(float *p, rfgv_float64 x) { __builtin_memcpy(p, &x, sizeof x); }

/// Stores the lanes from <= j < to.
RFGV void rfgv_store_part_64(float *p, rfgv_float64 x, int64_t from, int64_t to) {
  __builtin_memcpy(p, (const char *)&x + from * 4, (uint64_t)(to - from) * 4);
}

#pragma clang assume_nonnull end

#endif
