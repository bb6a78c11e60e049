/* What stands between the Swift runtime inside librfgsnn.so and the host's C library. The linker puts these functions
 * in the place of the C library's own (`--wrap` in Package.swift), in librfgsnn.so and nowhere else. */
#ifndef RFGSNN_RUNTIME_GUARD_H
#define RFGSNN_RUNTIME_GUARD_H

#include <stddef.h>

/* As the C library's, but small blocks come from a reserve when the system has none. */
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
int __wrap_posix_memalign(void **block, size_t alignment, size_t size);
void __wrap_free(void *block);
size_t __wrap_malloc_usable_size(void *block);

/* C++'s operator new and delete, plain and with an alignment: the runtime would be ended by an exception. */
void *__wrap__Znwm(size_t size);
void *__wrap__ZnwmSt11align_val_t(size_t size, size_t alignment);
void __wrap__ZdlPvm(void *block, size_t size);
void __wrap__ZdlPvmSt11align_val_t(void *block, size_t size, size_t alignment);

/* An empty environment: by its variables, the Swift runtime would print and install signal handlers in the host. */
char *__wrap_getenv(const char *name);
extern char **__wrap_environ;

#endif
