#include "faults.h"

#include <errno.h>
#include <stddef.h>

/* Worker threads allocate as well. */
static bool in_library;
static uint64_t count, state;
static int64_t rarity;

void faults_begin(uint64_t seed, int64_t one_in) {
  __atomic_store_n(&state, seed, __ATOMIC_RELAXED);
  rarity = one_in;
}

void faults_armed(bool armed) { __atomic_store_n(&in_library, armed, __ATOMIC_RELAXED); }

uint64_t faults_count(void) { return __atomic_load_n(&count, __ATOMIC_RELAXED); }

#ifndef FUZZ_SANITIZED
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static bool refused(void) {
  if (rarity == 0 || !__atomic_load_n(&in_library, __ATOMIC_RELAXED)) return false;
  uint64_t draw = __atomic_add_fetch(&state, 0x9E3779B97F4A7C15u, __ATOMIC_RELAXED);
  draw = (draw ^ (draw >> 29)) * 0xBF58476D1CE4E5B9u;
  if ((draw >> 20) % (uint64_t)rarity) return false;
  __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
  errno = ENOMEM;
  return true;
}

void *malloc(size_t size) { return refused() ? NULL : __libc_malloc(size); }
void *calloc(size_t number, size_t size) { return refused() ? NULL : __libc_calloc(number, size); }
void *realloc(void *memory, size_t size) { return refused() ? NULL : __libc_realloc(memory, size); }
void *aligned_alloc(size_t alignment, size_t size) { return refused() ? NULL : __libc_memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
  *memory = refused() ? NULL : __libc_memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}
#endif
