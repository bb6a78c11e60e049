#include "runtime_guard.h"

#include <errno.h>
#include <string.h>

#include "reserve.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
int __real_posix_memalign(void **block, size_t alignment, size_t size);
void __real_free(void *block);
size_t __real_malloc_usable_size(void *block);

void *__wrap_malloc(size_t size) {
  void *block = __real_malloc(size);
  return block != NULL ? block : rfgs_reserve_take(size);
}

void *__wrap_calloc(size_t count, size_t size) {
  void *block = __real_calloc(count, size);
  if (block != NULL || (size != 0 && count > (size_t)-1 / size)) return block;
  block = rfgs_reserve_take(count * size);
  return block != NULL ? memset(block, 0, count * size) : NULL;
}

void *__wrap_realloc(void *block, size_t size) {
  size_t reserved = rfgs_reserve_size(block);
  if (reserved == 0) {
    void *moved = __real_realloc(block, size);
    if (moved != NULL || size == 0) return moved;
    moved = rfgs_reserve_take(size);
    if (moved == NULL) return NULL;
    if (block != NULL) {
      size_t present = __real_malloc_usable_size(block);
      memcpy(moved, block, present < size ? present : size);
      __real_free(block);
    }
    return moved;
  }
  void *moved = __wrap_malloc(size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, reserved < size ? reserved : size);
  rfgs_reserve_give(block);
  return moved;
}

int __wrap_posix_memalign(void **block, size_t alignment, size_t size) {
  int error = __real_posix_memalign(block, alignment, size);
  if (error != ENOMEM || alignment > 64) return error;
  void *reserved = rfgs_reserve_take(size);
  if (reserved == NULL) return error;
  *block = reserved;
  return 0;
}

void __wrap_free(void *block) {
  if (rfgs_reserve_size(block) != 0) {
    rfgs_reserve_give(block);
  } else {
    __real_free(block);
  }
}

size_t __wrap_malloc_usable_size(void *block) {
  size_t reserved = rfgs_reserve_size(block);
  return reserved != 0 ? reserved : __real_malloc_usable_size(block);
}

char *__wrap_getenv(const char *name) {
  (void)name;
  return NULL;
}

static char *nothing[] = {NULL};
char **__wrap_environ = nothing;
