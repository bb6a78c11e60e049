/* Allocations that fail: the program's own calloc comes before the C library's, for the library under test too, and
 * refuses some of its numeric buffers while a call runs. Not in builds with a sanitizer, whose calloc must be used. */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* Refuses one buffer in `one_in`, chosen by the seed; 0 refuses none. */
void faults_begin(uint64_t seed, int64_t one_in);

/* Whether a call of the library runs now. */
void faults_armed(bool armed);

/* Refused so far in this episode. */
uint64_t faults_count(void);

#endif
