/* What is called and what comes back: every call of the library is made through CALL, which looks at its status,
 * its sentence and the floating-point flags, counts it, and keeps what is being done where the parent process
 * finds it after a crash. */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "rfgsnn.h"

#define FUNCTION(name, ...) FUNCTION_##name,
typedef enum function {
#include "functions.inc"
  FUNCTIONS
} function;
#undef FUNCTION

/* A call that returns a status; what follows the arguments is printf's, for the trace. */
#define CALL(name, arguments, ...) (call_begin(FUNCTION_##name, __VA_ARGS__), call_end(name arguments))

/* A call that returns something else. */
#define COUNTED(name, arguments) (call_counted(FUNCTION_##name), name arguments)

void call_begin(function called, const char *format, ...);
rfgsnn_status call_end(rfgsnn_status status);
void call_counted(function called);

/* Says that the library did something wrong. One kind of finding is told in full a few times and then counted. */
#define FINDING(...) finding(__FILE__, __LINE__, __VA_ARGS__)
void finding(const char *file, int line, const char *format, ...);

/* Adds to the trace what is no call. */
void note(const char *format, ...);

enum { STATUSES = 32, MOST_KINDS = 200 };

/* Shared by the parent and the processes of the episodes. */
typedef struct record {
  uint64_t calls[FUNCTIONS][STATUSES]; /* by status + STATUS_SHIFT */
  double seconds[FUNCTIONS];           /* in all these calls, callbacks included */
  uint64_t episodes, failed_episodes, findings, refused_allocations;
  struct {
    char where[80], first[200];
    uint64_t count, first_seed, first_call;
  } kinds[MOST_KINDS];
  uint64_t seed, number; /* of the episode and the call that are under way */
  function latest;       /* that began or ended */
  char running[1200];    /* the call that is under way, or "" */
  double slowest;
  char slowest_call[1300];
} record;

enum { STATUS_SHIFT = 24 };

extern record *shared;
extern bool tracing;
extern const char *program;
extern int64_t calls_per_episode;
extern unsigned hang_seconds;

void record_create(void);
const char *function_name(function called);
uint64_t calls_of(function called);

/* Statuses of failures that a function may return; RFGSNN_OK ends them. */
const rfgsnn_status *statuses_of(function called);

/* Whether a call may be refused because its handle is inside another one: inside callbacks. */
extern bool inside_callback;

#endif
