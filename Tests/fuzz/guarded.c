#include "guarded.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, DEPTHS = 2 };

static struct {
  char *writable, *read_only;
} regions[DEPTHS][REGIONS];

static int depth;

static void give_up(const char *what) {
  perror(what);
  exit(2);
}

/* Addresses for a view of a region, with a page on either side that stays out of reach. */
static char *map(int file, off_t offset, int protection) {
  char *whole = mmap(NULL, REGION_BYTES + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (whole == MAP_FAILED) give_up("mmap");
  void *inside = mmap(whole + PAGE, REGION_BYTES, protection, MAP_SHARED | MAP_FIXED, file, offset);
  if (inside == MAP_FAILED) give_up("mmap");
  return inside;
}

void guarded_create(void) {
  int file = memfd_create("fuzz", 0);
  if (file < 0 || ftruncate(file, (off_t)DEPTHS * REGIONS * REGION_BYTES)) give_up("memfd_create");
  off_t offset = 0;
  for (int level = 0; level < DEPTHS; ++level) {
    for (int region = 0; region < REGIONS; ++region, offset += REGION_BYTES) {
      regions[level][region].writable = map(file, offset, PROT_READ | PROT_WRITE);
      regions[level][region].read_only = map(file, offset, PROT_READ);
    }
  }
  close(file);
}

char *guarded(int region) { return regions[depth][region].writable; }

char *guarded_read_only(int region) { return regions[depth][region].read_only; }

void *guarded_list(int number, size_t bytes) {
  return regions[depth][REGION_LISTS + number].writable + REGION_BYTES - bytes;
}

void guarded_depth(int level) { depth = level; }
