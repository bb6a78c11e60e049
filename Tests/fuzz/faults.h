/* Allocations that fail: the program's own malloc and its kin come before the C library's, for the library under test
 * too, and refuse some of what is asked for while a call runs. Not in builds with a sanitizer, whose own must be used.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* Refuses one allocation in `one_in`, chosen by the seed; 0 refuses none. */
void faults_begin(uint64_t seed, int64_t one_in);

/* Whether code of the library runs now. */
void faults_armed(bool armed);

/* Refused so far, by this process. */
uint64_t faults_count(void);

#endif
