#include "runtime_guard.h"

#include <errno.h>
#include <stdlib.h>
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

/* operator new(size, std::nothrow), which hosts that put their own operator new in its place are asked by too. */
extern const char nothrow __asm__("_ZSt7nothrow");
void *new_nothrow(size_t size, const char *tag) __asm__("_ZnwmRKSt9nothrow_t");
void *new_aligned_nothrow(size_t size, size_t alignment, const char *tag) __asm__("_ZnwmSt11align_val_tRKSt9nothrow_t");
void __real__ZdlPvm(void *block, size_t size);
void __real__ZdlPvmSt11align_val_t(void *block, size_t size, size_t alignment);

static void *or_reserved(void *block, size_t size) {
  if (block == NULL) block = rfgs_reserve_take(size);
  /* As the exception that nobody catches would. */
  if (block == NULL) abort();
  return block;
}

void *__wrap__Znwm(size_t size) { return or_reserved(new_nothrow(size, &nothrow), size); }

void *__wrap__ZnwmSt11align_val_t(size_t size, size_t alignment) {
  return or_reserved(new_aligned_nothrow(size, alignment, &nothrow), size);
}

void __wrap__ZdlPvm(void *block, size_t size) {
  if (rfgs_reserve_size(block) != 0) {
    rfgs_reserve_give(block);
  } else {
    __real__ZdlPvm(block, size);
  }
}

void __wrap__ZdlPvmSt11align_val_t(void *block, size_t size, size_t alignment) {
  if (rfgs_reserve_size(block) != 0) {
    rfgs_reserve_give(block);
  } else {
    __real__ZdlPvmSt11align_val_t(block, size, alignment);
  }
}

char *__wrap_getenv(const char *name) {
  (void)name;
  return NULL;
}

static char *nothing[] = {NULL};
char **__wrap_environ = nothing;
