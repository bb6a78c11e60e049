/* What Swift lacks without Foundation or Dispatch: checked allocation, futexes, threads. */
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

/* Sleeps while *word == expected (or wakes spuriously); wakes every sleeper. No-ops where there is no futex. */
void rfgs_wait(const uint32_t *word, uint32_t expected);
void rfgs_wake_all(const uint32_t *word);

/* A hint to the processor that this thread spins. */
void rfgs_pause(void);

/* Lets another thread have the processor. */
void rfgs_yield(void);

/* Starts a detached thread with all signals blocked; 0 on success, else an errno. */
int rfgs_start_thread(void (*body)(void *), void *context);

/* A Swift closure (Int, Int) -> Void that does not escape, as the two words that Swift passes it in. Swift lets such a
 * closure only be called or passed on; to keep it for other threads, it would copy it to the heap. */
typedef struct {
  void *function, *context;
} rfgs_loop_body;

/* Calls a closure that is still in scope. */
void rfgs_call(rfgs_loop_body body, intptr_t index, intptr_t worker);

/* Number that differs between threads of a process and is never 0. */
uint64_t rfgs_thread_id(void);
int64_t rfgs_process_id(void);

/* Processors this process may run on (its affinity mask). */
int32_t rfgs_allowed_processors(void);

/* Seconds of a clock that never goes back. */
double rfgs_seconds(void);

#endif
