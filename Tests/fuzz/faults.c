#include "faults.h"

#include <stddef.h>

/* Worker threads allocate as well. */
static bool in_call;
static uint64_t count, state;
static int64_t rarity;

void faults_begin(uint64_t seed, int64_t one_in) {
  rarity = one_in;
  __atomic_store_n(&state, seed, __ATOMIC_RELAXED);
  __atomic_store_n(&count, 0, __ATOMIC_RELAXED);
}

void faults_armed(bool armed) { __atomic_store_n(&in_call, armed, __ATOMIC_RELAXED); }

uint64_t faults_count(void) { return __atomic_load_n(&count, __ATOMIC_RELAXED); }

#if !defined(__SANITIZE_ADDRESS__) && !defined(FUZZ_SANITIZED)
extern void *__libc_calloc(size_t number, size_t size);

void *calloc(size_t number, size_t size) {
  if (rarity > 0 && __atomic_load_n(&in_call, __ATOMIC_RELAXED)) {
    uint64_t draw = __atomic_add_fetch(&state, 0x9E3779B97F4A7C15u, __ATOMIC_RELAXED);
    draw = (draw ^ (draw >> 29)) * 0xBF58476D1CE4E5B9u;
    if ((draw >> 20) % (uint64_t)rarity == 0) {
      __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
      return NULL;
    }
  }
  return __libc_calloc(number, size);
}
#endif
