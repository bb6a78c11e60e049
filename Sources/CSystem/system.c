#define _GNU_SOURCE
#include "system.h"

#include "reserve.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

/* calloc, because large blocks then come as untouched pages of zeros; its own pointer is kept before the aligned one. */
void *rfgs_allocate(size_t bytes) {
  if (bytes > SIZE_MAX - 128) return NULL;
  char *block = calloc(1, bytes + 128);
  /* The reserve is for what cannot fail. */
  if (rfgs_reserve_size(block) != 0) {
    rfgs_reserve_give(block);
    return NULL;
  }
  if (block == NULL) return NULL;
  char *aligned = (char *)(((uintptr_t)block + sizeof block + 63) / 64 * 64);
  memcpy(aligned - sizeof block, &block, sizeof block);
  return aligned;
}

void rfgs_free(void *memory) {
  if (memory == NULL) return;
  void *block;
  memcpy(&block, (char *)memory - sizeof block, sizeof block);
  free(block);
}

void *rfgs_map_pages(size_t bytes) {
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

void rfgs_unmap_pages(void *memory, size_t bytes) { munmap(memory, bytes); }

void rfgs_wait(const uint32_t *word, uint32_t expected) {
#if defined(__linux__)
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
#else
  (void)word, (void)expected;
  sched_yield();
#endif
}

void rfgs_wake(const uint32_t *word, int32_t most) {
#if defined(__linux__)
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, most, NULL, NULL, 0);
#else
  (void)word, (void)most;
#endif
}

void rfgs_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Declared in ThreadPool.swift, where its first argument is the closure. */
__attribute__((swiftcall)) void rfgs_lend(
    void *function, void *context, void *borrower, void (*borrow)(void *, rfgs_loop_body)) {
  rfgs_loop_body body = {function, context};
  borrow(borrower, body);
}

typedef __attribute__((swiftcall)) void loop_body(intptr_t, intptr_t, __attribute__((swift_context)) void *);

void rfgs_call(rfgs_loop_body body, intptr_t index, intptr_t worker) {
  ((loop_body *)body.function)(index, worker, body.context);
}

static _Alignas(RFGS_CACHE_LINE) char crew[RFGS_CREW_LINES * RFGS_CACHE_LINE];

void *rfgs_crew_memory(void) { return crew; }

static void forget_crew(void) { memset(crew, 0, sizeof crew); }

static void *run_worker(void *work) {
  ((void (*)(void))work)();
  return NULL;
}

int rfgs_start_worker(void (*work)(void)) {
  static bool watches_forks;
  if (!watches_forks) {
    int error = pthread_atfork(NULL, NULL, forget_crew);
    if (error != 0) return error;
    watches_forks = true;
  }
  /* The host's signals belong to the host's threads. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, NULL, run_worker, (void *)work);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error == 0) pthread_detach(thread);
  return error;
}

uint64_t rfgs_thread_id(void) { return (uint64_t)(uintptr_t)pthread_self(); }

double rfgs_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
