/* What Swift lacks without Foundation or Dispatch: checked allocation, futexes, threads, processors. */
#ifndef RFGSNN_SYSTEM_H
#define RFGSNN_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/* 64-byte aligned memory, zeroed; NULL when the system has none. Swift's own allocation would abort. */
void *rfgs_allocate(size_t bytes);
void rfgs_free(void *memory);

/* Zeroed pages of their own, for what stays for ever: in the heap it would keep all that was freed below it from
 * going back to the system. NULL when the system has none. */
void *rfgs_map_pages(size_t bytes);
void rfgs_unmap_pages(void *memory, size_t bytes);

/* Sleeps while *word == expected (or wakes spuriously); wakes sleepers. No-ops where there is no futex. */
void rfgs_wait(const uint32_t *word, uint32_t expected);
void rfgs_wake(const uint32_t *word, int32_t most);

/* A hint to the processor that this thread spins. */
void rfgs_pause(void);

/* Where the process keeps what it knows of its worker threads: zeros at first, and in the child of a fork again, which
 * has none of them. */
enum { RFGS_CACHE_LINE = 128, RFGS_CREW_LINES = 17 };
void *rfgs_crew_memory(void);

/* Starts a detached thread with all signals blocked; 0 on success, else an errno. One caller at a time. */
int rfgs_start_worker(void (*work)(void));

/* A Swift closure (Int, Int) -> Void that does not escape, as the two words that Swift passes it in. Swift lets such a
 * closure only be called or passed on; to keep it for other threads, it would copy it to the heap. */
typedef struct {
  void *function, *context;
} rfgs_loop_body;

/* Calls a closure that is still in scope. */
void rfgs_call(rfgs_loop_body body, intptr_t index, intptr_t worker);

/* Number that differs between threads of a process and is never 0. */
uint64_t rfgs_thread_id(void);

/* Processors that the calling thread may use, at least 1: those of its affinity mask, as far as the quotas of its
 * control groups, which are read once, pay for them. */
int32_t rfgs_usable_processors(void);
/* Its parts. Those of a mask, which `read_mask` writes or refuses (0); and what the quotas under /proc and /sys of a
 * root directory pay for (INT32_MAX: there is none). */
int32_t rfgs_mask_processors(int (*read_mask)(size_t bytes, void *mask));
int32_t rfgs_quota_processors(const char *root);

/* Seconds of a clock that never goes back. */
double rfgs_seconds(void);

#endif
