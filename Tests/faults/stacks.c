/* How much stack a host's thread needs: every call is made on a thread whose stack was painted, and what lost its paint is
 * counted; thread-local storage, which lies there too, is counted with it. On the first use of the library in a process
 * and later. `stacks table` prints the figures by function. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "check.h"

enum { PROMISED = 48 * 1024, STACK = 4 << 20, PAINT = 0xA5 };

/* Which part of a case runs on the painted thread. */
typedef enum part { EVERYTHING, FIRST_CALL, LATER_CALL, PARTS } part;

typedef struct errand {
  const fault_case *one;
  subject subject;
  part part;
  bool offered;
} errand;

static void *run(void *context) {
  errand *errand = context;
  if (errand->part == EVERYTHING) errand->offered = prepare(&errand->subject, errand->one);
  if (errand->offered) errand->offered = errand->one->call->run(&errand->subject) == RFGSNN_OK;
  if (errand->part == EVERYTHING) dispose(&errand->subject);
  return NULL;
}

/* Bytes of stack that the errand takes on a thread of its own; 0 if there is no such thread. */
static long painted(errand *errand) {
  unsigned char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack == MAP_FAILED) return 0;
  memset(stack, PAINT, STACK);
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, stack, STACK);
  if (pthread_create(&thread, &attributes, run, errand)) return 0;
  pthread_join(thread, NULL);
  long untouched = 0;
  while (untouched < STACK && stack[untouched] == PAINT) ++untouched;
  return STACK - untouched;
}

/* In a process of its own, which has not used the library yet; -1 if the architecture does not offer the call. */
static long need(const fault_case *one, part part) {
  int ends[2];
  if (pipe(ends)) exit(1);
  pid_t child = fork();
  if (child == 0) {
    errand errand = {.one = one, .part = part, .offered = true};
    if (part == LATER_CALL) {
      errand.offered = prepare(&errand.subject, one) && one->call->run(&errand.subject) == RFGSNN_OK;
      dispose(&errand.subject);
    }
    if (part != EVERYTHING) errand.offered = prepare(&errand.subject, one) && errand.offered;
    long bytes = painted(&errand);
    if (!errand.offered) bytes = -1;
    _exit(write(ends[1], &bytes, sizeof bytes) != sizeof bytes);
  }
  close(ends[1]);
  long bytes = 0;
  if (read(ends[0], &bytes, sizeof bytes) != sizeof bytes) bytes = 0;
  close(ends[0]);
  waitpid(child, NULL, 0);
  return bytes;
}

static bool table;
static part measured;
static struct row {
  const char *name;
  long most[PARTS];
  char words[PARTS][256];
} rows[64];
static int row_count;

static void enter(const fault_case *one, long bytes) {
  int index = 0;
  while (index < row_count && rows[index].name != one->call->name) ++index;
  if (index == row_count) rows[row_count++].name = one->call->name;
  if (bytes <= rows[index].most[measured]) return;
  rows[index].most[measured] = bytes;
  snprintf(rows[index].words[measured], sizeof rows[index].words[measured], "%s, %s", one->architecture->name, one->words);
}

static void measure(const fault_case *one) {
  long bytes = need(one, measured);
  if (bytes < 0) return;
  CHECK(bytes > 0);
  if (bytes > PROMISED && !table) printf("%s: %ld bytes of stack\n", case_name(one), bytes);
  CHECK(bytes <= PROMISED);
  enter(one, bytes);
}

int main(int argc, char **argv) {
  bool all = is_long(argc, argv) || (argc > 1 && strcmp(argv[1], "table") == 0);
  static const char *const sentences[PARTS] = {
      "a thread with 48 KiB of stack can do everything, from the first use of the library on",
      "each function's first call needs no more than 48 KiB",
      "nor do later calls",
  };
  table = argc > 1 && strcmp(argv[1], "table") == 0;
  for (int part = 0; part < PARTS; ++part) {
    group(sentences[part]);
    measured = (enum part)part;
    for_each_case(1, all, measure);
    if (all) for_each_case(2, all, measure);
  }
  for (int index = 0; table && index < row_count; ++index) {
    printf("%-40s", rows[index].name);
    for (int part = 0; part < PARTS; ++part) printf(" %8ld", rows[index].most[part]);
    printf("   %s\n", rows[index].words[FIRST_CALL]);
  }
  return summary();
}
