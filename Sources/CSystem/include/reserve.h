/* A last reserve of small blocks, for when the system has no memory: Swift's allocator would end the process.
 *
 * It is part of the library's zeroed data, so it takes no memory before it is used, and has no locks, so that a fork at
 * any moment leaves it whole. Blocks that outlive a call keep their place until they are freed. */
#ifndef RFGSNN_RESERVE_H
#define RFGSNN_RESERVE_H

#include <stdbool.h>
#include <stddef.h>

/* A block of at least `size` bytes, aligned to 64; NULL when it is larger than the largest, or none is left. */
void *rfgs_reserve_take(size_t size);

/* Whether a block is of the reserve; its size then, or 0. */
size_t rfgs_reserve_size(const void *block);

/* Gives back a block of the reserve. */
void rfgs_reserve_give(void *block);

/* Whether so little is left that no call should begin that makes something. */
bool rfgs_reserve_is_low(void);

#endif
