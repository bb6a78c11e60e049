/* Memory for arguments, between pages that nobody may touch: an access outside of it ends the process.
 *
 * A region is seen twice: the fuzzer writes through one address, and the library reads through another one
 * that is read-only, so that a library that writes to its inputs is found out as well. */
#ifndef GUARDED_H
#define GUARDED_H

#include <stddef.h>

enum { REGION_BYTES = 1 << 18 };

/* Places for the arguments of one call. A callback is inside the call of its rfgsnn_fit, whose arguments must
 * stay as they are, so each depth of calls has places of its own. */
typedef enum region {
  REGION_INPUTS, /* and the next ones, one for each array */
  REGION_TARGETS = REGION_INPUTS + 5,
  REGION_VALIDATION_INPUTS,
  REGION_VALIDATION_TARGETS = REGION_VALIDATION_INPUTS + 5,
  REGION_OUTPUTS,
  REGION_LISTS, /* and the next ones */
  REGIONS = REGION_LISTS + 4
} region;

void guarded_create(void);

/* First byte of a region of the present depth, as the fuzzer sees it. */
char *guarded(int region);

/* The same byte as a read-only one. */
char *guarded_read_only(int region);

/* A list of numbers that ends where its region ends. */
void *guarded_list(int number, size_t bytes);

/* Depth of the calls that are running: 0, or more inside callbacks. */
void guarded_depth(int depth);

#endif
