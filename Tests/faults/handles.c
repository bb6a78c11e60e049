/* Handles until there are no more: the next is refused in words, all are freed, and their memory is given back. The short
 * form takes fewer, and ends before the refusal. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "calls.h"
#include "check.h"
#include "fixture.h"

static long resident_bytes(void) {
  long pages = 0, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%ld %ld", &pages, &resident) != 2) exit(1);
  fclose(file);
  return resident * sysconf(_SC_PAGESIZE);
}

int main(int argc, char **argv) {
  bool all = is_long(argc, argv);
  long most = all ? 3000000 : 50000, count = 0;
  rfgsnn_options **handles = calloc((size_t)most, sizeof *handles);
  if (!handles) return 1;
  long before = resident_bytes();
  rfgsnn_status status = RFGSNN_OK;
  group("handles can be had until there are no more");
  while (count < most && (status = rfgsnn_options_create(&handles[count])) == RFGSNN_OK) ++count;
  long at_most = resident_bytes();
  if (all) {
    rfgsnn_options *none = NULL;
    REFUSED(RFGSNN_ERROR_OUT_OF_MEMORY, rfgsnn_options_create(&none), "handle");
    CHECK(none == NULL);
  } else {
    CHECK_EQUAL(status, RFGSNN_OK);
  }

  group("those that are there work, and can be freed");
  long refused = 0;
  for (long index = 0; index < count; ++index) {
    refused += index % 1000 == 0 && rfgsnn_options_set_int(handles[index], "seed", index) != RFGSNN_OK;
    refused += rfgsnn_options_free(handles[index]) != RFGSNN_OK;
  }
  CHECK_EQUAL(refused, 0);
  free(handles);
  fixture_free(fixture_make("")); /* and there are new ones */

  group("freed handles leave no more than 64 MiB, and no more than half of what they took");
  malloc_trim(0); /* what the C library keeps for later is not the question */
  long left = resident_bytes() - before;
  printf("%ld handles took %ld MiB and left %ld MiB\n", count, (at_most - before) >> 20, left >> 20);
  CHECK(left <= 64L << 20);
  CHECK(left <= (at_most - before) / 2);
  return summary();
}
