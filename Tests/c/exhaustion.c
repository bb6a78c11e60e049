/* All handles that there can be, at once: one more is refused, and their memory goes back to the system. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"
#include "operator_fixture.h"

enum { ALL = 1 << 20 };

/* Bytes of memory that the process has now. */
static double resident(void) {
  long pages = 0, all;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  if (fscanf(file, "%ld %ld", &all, &pages) != 2) pages = 0;
  fclose(file);
  return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

/* Newest first, or in no order. */
static void free_in_order(rfgsnn_options **made, int64_t count, int round) {
  int64_t failed = 0;
  for (int64_t index = 0; index < count; ++index) {
    int64_t place = round == 0 ? count - 1 - index : (index * 7919 + 13) % count;
    if (rfgsnn_options_free(made[place]) != RFGSNN_OK) ++failed;
  }
  CHECK_EQUAL(failed, 0);
}

static void exhausted_handles(void) {
  group("as many handles as there can be: one more is refused, and freed ones leave a hundred bytes each at most");
  rfgsnn_options **made = malloc(ALL * sizeof *made), *more = NULL;
  rfgsnn_network *network = network_of("architecture=mlp"), *clone = NULL;
  double before = resident();
  if (!made) exit(1);
  for (int round = 0; round < 2; ++round) {
    int64_t count = 0;
    while (count < ALL && rfgsnn_options_create(&made[count]) == RFGSNN_OK) ++count;
    CHECK_EQUAL(count, ALL - 1); /* beside the network's */
    REFUSED(RFGSNN_ERROR_OUT_OF_MEMORY, rfgsnn_options_create(&more), "1048576 handles", "free those");
    CHECK(more == NULL);
    REFUSED(RFGSNN_ERROR_OUT_OF_MEMORY, rfgsnn_network_clone(network, &clone), "handles");
    CHECK(clone == NULL);
    /* Some of them with settings of their own. */
    for (int64_t index = 0; index < count; index += 8) rfgsnn_options_set_int(made[index], "seed", index);
    free_in_order(made, count, round);
    CHECK(resident() - before < 100.0 * ALL);
  }
  free(made);
  OK(rfgsnn_network_clone(network, &clone));
  OK(rfgsnn_network_free(clone));
  OK(rfgsnn_network_free(network));
}

int main(void) {
  exhausted_handles();
  group("nothing is held when everything is freed");
  CHECK_EQUAL(memory_held(), 0);
  return summary();
}
