#include "record.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

enum { TOLD_IN_FULL = 3 };

typedef struct described {
  const char *name, *arguments;
  const rfgsnn_status *statuses; /* those of failures, and RFGSNN_OK at the end */
} described;

#define FUNCTION(name, arguments, ...) {#name, arguments, (const rfgsnn_status[]){__VA_ARGS__}},
static const described functions[] = {
#include "functions.inc"
};
#undef FUNCTION

record *shared;
bool tracing, inside_callback;
const char *program = "fuzz";
int64_t calls_per_episode = 1000;
unsigned hang_seconds = 120;

/* The calls that are under way, one inside the callback of another. */
static struct {
  function called;
  struct timespec began;
  size_t text; /* its length in shared->running */
} stack[4];
static int depth = -1;

void record_create(void) {
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) exit(2);
}

const char *function_name(function called) { return functions[called].name; }

const rfgsnn_status *statuses_of(function called) { return functions[called].statuses; }

uint64_t calls_of(function called) {
  uint64_t sum = 0;
  for (int status = 0; status < STATUSES; ++status) sum += shared->calls[called][status];
  return sum;
}

void call_begin(function called, const char *format, ...) {
  size_t used = depth < 0 ? 0 : stack[depth].text;
  ++depth;
  stack[depth].called = shared->latest = called;
  char *text = shared->running + used;
  size_t room = sizeof shared->running - used;
  int length = snprintf(text, room, "%s%s ", depth ? " > " : "", functions[called].name + strlen("rfgsnn_"));
  va_list rest;
  va_start(rest, format);
  if ((size_t)length < room) length += vsnprintf(text + length, room - (size_t)length, format, rest);
  va_end(rest);
  stack[depth].text = used + ((size_t)length < room ? (size_t)length : room - 1);
  if (tracing) fprintf(stderr, "#%llu %s\n", (unsigned long long)shared->number, shared->running);
  if (depth == 0) alarm(hang_seconds);
  clock_gettime(CLOCK_MONOTONIC, &stack[depth].began);
  host_enters(!strstr(functions[called].name, "_free"));
}

static bool documented(function called, rfgsnn_status status) {
  if (called == FUNCTION_rfgsnn_fit && status >= RFGSNN_OK) {
    return status >= RFGSNN_STOPPED_STEPS && status <= RFGSNN_STOPPED_REQUEST;
  }
  const rfgsnn_status *listed = functions[called].statuses;
  while (*listed != status && *listed != RFGSNN_OK) ++listed;
  return *listed == status;
}

static bool is_utf8(const char *text) {
  for (const unsigned char *c = (const unsigned char *)text; *c; ++c) {
    int more = *c < 0x80                 ? 0
               : *c >= 0xC2 && *c < 0xE0 ? 1
               : *c >= 0xE0 && *c < 0xF0 ? 2
               : *c >= 0xF0 && *c < 0xF5 ? 3
                                         : -1;
    if (more < 0) return false;
    for (; more > 0; --more) {
      if ((*++c & 0xC0) != 0x80) return false;
    }
  }
  return true;
}

/* Whether a sentence names an argument of the function, an option, or what else it may be about. */
static bool names_something(function called, const char *sentence) {
  char words[400];
  snprintf(words, sizeof words, "%s network parameters system stopped", functions[called].arguments);
  for (char *rest, *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
    if (strstr(sentence, word)) return true;
  }
  const char *key;
  for (int32_t i = 0; rfgsnn_option_describe(i, &key, NULL, NULL, NULL, NULL) == RFGSNN_OK; ++i) {
    if (strstr(sentence, key)) return true;
  }
  return false;
}

static void look_at_sentence(function called) {
  char sentence[1100];
  snprintf(sentence, sizeof sentence, "%s", rfgsnn_last_error()); /* looking for options fails, too, at the end */
  if (strlen(sentence) < 12) FINDING("%s: no sentence: \"%s\"", functions[called].name, sentence);
  if (!is_utf8(sentence)) FINDING("%s: a sentence that is not UTF-8: %s", functions[called].name, sentence);
  if (!names_something(called, sentence)) {
    FINDING("%s: a sentence that names nothing: %s", functions[called].name, sentence);
  }
}

rfgsnn_status call_end(rfgsnn_status status) {
  host_leaves();
  function called = shared->latest = stack[depth].called;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double seconds =
      (double)(now.tv_sec - stack[depth].began.tv_sec) + 1e-9 * (double)(now.tv_nsec - stack[depth].began.tv_nsec);
  if (tracing) {
    fprintf(stderr, "   %s%s%s\n", rfgsnn_status_name(status), status < 0 ? ": " : "",
            status < 0 ? rfgsnn_last_error() : "");
  }
  const char *complaint = host_complaint();
  if (complaint) FINDING("%s %s", functions[called].name, complaint);
  bool sane = status >= -STATUS_SHIFT && status < STATUSES - STATUS_SHIFT;
  if (sane) ++shared->calls[called][status + STATUS_SHIFT];
  shared->seconds[called] += seconds;
  if (status == RFGSNN_ERROR_INTERNAL) FINDING("%s: %s", functions[called].name, rfgsnn_last_error());
  if (!documented(called, status)) {
    FINDING("%s returned %s (%d), which is not documented: %s", functions[called].name, rfgsnn_status_name(status),
            (int)status, rfgsnn_last_error());
  }
  if (status == RFGSNN_ERROR_BUSY && !inside_callback) {
    FINDING("%s is busy, and nothing else is called", functions[called].name);
  }
  if (status < 0) look_at_sentence(called);
  if (depth == 0 && seconds > shared->slowest) {
    shared->slowest = seconds;
    snprintf(shared->slowest_call, sizeof shared->slowest_call, "seed %llu call %llu: %s",
             (unsigned long long)shared->seed, (unsigned long long)shared->number, shared->running);
  }
  --depth;
  return status;
}

void call_counted(function called) { ++shared->calls[called][STATUS_SHIFT]; }

void note(const char *format, ...) {
  if (!tracing) return;
  va_list rest;
  va_start(rest, format);
  fprintf(stderr, "#%llu (", (unsigned long long)shared->number);
  vfprintf(stderr, format, rest);
  fprintf(stderr, ")\n");
  va_end(rest);
}

void finding(const char *file, int line, const char *format, ...) {
  char what[1200], where[80];
  va_list rest;
  va_start(rest, format);
  vsnprintf(what, sizeof what, format, rest);
  va_end(rest);
  /* One place that looks and one function called are one kind. */
  snprintf(where, sizeof where, "%s:%d %s", file, line, functions[shared->latest].name);
  int kind = 0;
  while (kind < MOST_KINDS - 1 && shared->kinds[kind].count && strcmp(shared->kinds[kind].where, where)) ++kind;
  if (!shared->kinds[kind].count) {
    snprintf(shared->kinds[kind].where, sizeof where, "%s", where);
    snprintf(shared->kinds[kind].first, sizeof shared->kinds[kind].first, "%.199s", what);
    shared->kinds[kind].first_seed = shared->seed;
    shared->kinds[kind].first_call = shared->number;
  }
  ++shared->findings;
  if (++shared->kinds[kind].count > TOLD_IN_FULL && !tracing) return;
  printf("FINDING seed %llu call %llu: %s\n    in: %s\n    replay: %s --seed %llu --calls %llu --trace\n",
         (unsigned long long)shared->seed, (unsigned long long)shared->number, what, shared->running, program,
         (unsigned long long)shared->seed, (unsigned long long)shared->number);
  fflush(stdout);
}
