/* An episode: a world begins, is called at random, and ends; nothing of it may be left. */
#ifndef EPISODE_H
#define EPISODE_H

#include <stdint.h>

void episode_run(uint64_t seed, int64_t calls);

#endif
