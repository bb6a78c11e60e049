#include "reserve.h"

#include <stdint.h>

/* Blocks of 64 bytes to 1 MiB, each four times as large as the one before, CLASS_BYTES of each size. */
enum { SMALLEST = 64, CLASSES = 8, CLASS_BYTES = 1 << 20, WORDS = CLASS_BYTES / SMALLEST / 64 };

static _Alignas(64) unsigned char arena[CLASSES][CLASS_BYTES];
/* A bit for each block that is taken. */
static uint64_t taken[CLASSES][WORDS];
static size_t count[CLASSES];

static size_t block_size(int class) { return (size_t)SMALLEST << (2 * class); }

static void *take(int class) {
  size_t blocks = CLASS_BYTES / block_size(class);
  for (size_t word = 0; word < (blocks + 63) / 64; ++word) {
    uint64_t bits = __atomic_load_n(&taken[class][word], __ATOMIC_RELAXED);
    while (~bits) {
      int bit = __builtin_ctzll(~bits);
      if (64 * word + (size_t)bit >= blocks) break;
      if (__atomic_compare_exchange_n(&taken[class][word], &bits, bits | (uint64_t)1 << bit, true, __ATOMIC_ACQUIRE,
                                      __ATOMIC_RELAXED)) {
        __atomic_fetch_add(&count[class], 1, __ATOMIC_RELAXED);
        return arena[class] + (64 * word + (size_t)bit) * block_size(class);
      }
    }
  }
  return NULL;
}

void *rfgs_reserve_take(size_t size) {
  for (int class = 0; class < CLASSES; ++class) {
    if (size > block_size(class)) continue;
    void *block = take(class);
    if (block != NULL) return block;
  }
  return NULL;
}

/* The class of a block, or -1. */
static int class_of(const void *block) {
  uintptr_t offset = (uintptr_t)block - (uintptr_t)arena;
  return offset < sizeof arena ? (int)(offset / CLASS_BYTES) : -1;
}

size_t rfgs_reserve_size(const void *block) {
  int class = class_of(block);
  return class < 0 ? 0 : block_size(class);
}

void rfgs_reserve_give(void *block) {
  int class = class_of(block);
  size_t index = (size_t)((unsigned char *)block - arena[class]) / block_size(class);
  __atomic_fetch_and(&taken[class][index / 64], ~((uint64_t)1 << (index % 64)), __ATOMIC_RELEASE);
  __atomic_fetch_sub(&count[class], 1, __ATOMIC_RELAXED);
}

bool rfgs_reserve_is_low(void) {
  for (int class = 0; class < CLASSES; ++class) {
    if (2 * __atomic_load_n(&count[class], __ATOMIC_RELAXED) > CLASS_BYTES / block_size(class)) return true;
  }
  return false;
}
