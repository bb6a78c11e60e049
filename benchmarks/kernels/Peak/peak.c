#include "peak.h"

// The compiler must neither merge nor drop rounds.
#if defined(__x86_64__)
#define KEEP(value) __asm__ volatile("" : "+v"(value))
#else
#define KEEP(value) __asm__ volatile("" : "+w"(value))
#endif

// One pair of functions for each vector length, all from the same text.

#define REGISTERS 12

#define PEAK(NAME, LANES, TARGET, MULTIPLY_ADD)                                                        \
  typedef float NAME##_vector __attribute__((vector_size(4 * LANES), aligned(4 * LANES)));             \
  TARGET static double NAME##_multiply_adds(int64_t rounds) {                                          \
    NAME##_vector sums[REGISTERS], factor, addend;                                                     \
    for (int lane = 0; lane < LANES; ++lane) factor[lane] = 0.75f, addend[lane] = 0.25f;                \
    for (int i = 0; i < REGISTERS; ++i) sums[i] = factor * (float)i;                                   \
    for (int64_t round = 0; round < rounds; ++round) {                                                 \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < REGISTERS; ++i) {                         \
        sums[i] = MULTIPLY_ADD(sums[i], factor, addend);                                               \
        KEEP(sums[i]);                                                          \
      }                                                                                                \
    }                                                                                                  \
    return 2.0 * LANES * REGISTERS * (double)rounds;                                                   \
  }                                                                                                    \
  TARGET static float NAME##_loads(const float *values, int64_t count, int64_t rounds) {               \
    NAME##_vector sums[4] = {{0}};                                                                     \
    for (int64_t round = 0; round < rounds; ++round) {                                                 \
      for (int64_t place = 0; place < count; place += 4 * LANES) {                                     \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; ++i) {                               \
          sums[i] += *(const NAME##_vector *)(values + place + i * LANES);                             \
        }                                                                                              \
      }                                                                                                \
      __asm__ volatile("" ::: "memory");                                                               \
    }                                                                                                  \
    NAME##_vector sum = sums[0] + sums[1] + sums[2] + sums[3];                                         \
    return sum[0] + sum[LANES - 1];                                                                    \
  }

#define SEPARATE(sum, factor, addend) ((sum) * (factor) + (addend))

#if defined(__x86_64__)
#include <immintrin.h>
#define V4 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define V3 __attribute__((target("avx2,fma")))
#define FUSED4(sum, factor, addend) ((v4_vector)_mm512_fmadd_ps((__m512)(sum), (__m512)(factor), (__m512)(addend)))
#define FUSED3(sum, factor, addend) ((v3_vector)_mm256_fmadd_ps((__m256)(sum), (__m256)(factor), (__m256)(addend)))
PEAK(v4, 16, V4, FUSED4)
PEAK(v3, 8, V3, FUSED3)
PEAK(baseline, 4, , SEPARATE)
#else
PEAK(baseline, 4, , SEPARATE)
#endif

double rfgp_multiply_adds(int level, int64_t rounds) {
#if defined(__x86_64__)
  if (level == 4) return v4_multiply_adds(rounds);
  if (level == 3) return v3_multiply_adds(rounds);
#endif
  return baseline_multiply_adds(rounds);
}

float rfgp_loads(int level, const float *values, int64_t count, int64_t rounds) {
#if defined(__x86_64__)
  if (level == 4) return v4_loads(values, count, rounds);
  if (level == 3) return v3_loads(values, count, rounds);
#endif
  return baseline_loads(values, count, rounds);
}
