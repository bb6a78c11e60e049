/* Each allocation of each call fails once: the call ends with RFGSNN_OK or RFGSNN_ERROR_OUT_OF_MEMORY, the host lives, a
 * failure changes nothing, the same call then works, and nothing is held when everything is freed.
 *
 * The program's own malloc and its kin come before the C library's, for the library under test too; the chosen one says
 * no. Each case runs in a process of its own, so that one that dies is counted and the others go on. `allocations` takes
 * a part of the allocations, evenly spread; `allocations long` takes all.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "check.h"
#include "fixture.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/* Allocations since arm(), and the one of them that fails; 0 = none is counted. */
static long counted, failing;

static void arm(long number) {
  counted = 0;
  __atomic_store_n(&failing, number, __ATOMIC_SEQ_CST);
}

/* Allocations since arm(). */
static long disarm(void) {
  __atomic_store_n(&failing, 0, __ATOMIC_SEQ_CST);
  return counted;
}

static bool fails(void) {
  long number = __atomic_load_n(&failing, __ATOMIC_RELAXED);
  if (!number || __atomic_add_fetch(&counted, 1, __ATOMIC_RELAXED) != number) return false;
  errno = ENOMEM;
  return true;
}

void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
void *realloc(void *memory, size_t size) { return fails() ? NULL : __libc_realloc(memory, size); }
void *memalign(size_t alignment, size_t size) { return fails() ? NULL : __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
  void *block = memalign(alignment, size);
  if (block) *memory = block;
  return block ? 0 : ENOMEM;
}

/* What a case came to, from the child. */
typedef struct outcome {
  bool offered, ended, refused;
  long allocations;
  char fault[128];
} outcome;

static outcome *last;

static void judge(bool holds, const char *fault) {
  if (!holds && !last->fault[0]) snprintf(last->fault, sizeof last->fault, "%s", fault);
}

/* The case with its allocation of that number failing; beyond the last one it only counts. */
static void run(const fault_case *one, long number) {
  subject subject;
  int64_t before = memory_held();
  alarm(60);
  last->offered = prepare(&subject, one);
  if (last->offered) {
    uint64_t fingerprint_before = fingerprint(&subject);
    arm(number);
    rfgsnn_status status = one->call->run(&subject);
    last->allocations = disarm();
    last->refused = status == RFGSNN_ERROR_OUT_OF_MEMORY;
    if (number == LONG_MAX) {
      last->offered = status == RFGSNN_OK;
    } else {
      judge(status == RFGSNN_OK || last->refused, rfgsnn_status_name(status));
      if (last->refused && fingerprint_before)
        judge(one->call->in_steps || fingerprint(&subject) == fingerprint_before, "a failure changed the network");
      if (last->refused) {
        judge(rfgsnn_last_error()[0] != '\0', "a failure has no sentence");
        judge(one->call->run(&subject) == RFGSNN_OK, "after a failure the call does not work");
      }
    }
  }
  judge(dispose(&subject), "a handle could not be freed");
  judge(memory_held() == before, "something is held when everything was freed");
  last->ended = true;
}

static void try(const fault_case *one, long number) {
  memset(last, 0, sizeof *last);
  pid_t child = fork();
  if (child == 0) {
    if (!freopen("/dev/null", "w", stderr)) _exit(1);
    run(one, number);
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  if (!last->ended) snprintf(last->fault, sizeof last->fault, "the process died, signal %d", WTERMSIG(status));
}

static bool all;
static long total, refusals, deaths;

static void fail_each(const fault_case *one) {
  try(one, LONG_MAX);
  if (last->fault[0]) printf("%s, with no failed allocation: %s\n", case_name(one), last->fault);
  CHECK(!last->fault[0]);
  if (!last->offered) return;
  long count = last->allocations, faults = 0;
  outcome first = {0};
  for (long number = 1; number <= count; number += all || count < 4 ? 1 : count / 4) {
    try(one, number);
    ++total;
    refusals += last->refused;
    deaths += !last->ended;
    if (!last->fault[0] || faults++ > 0) continue;
    first = *last;
    first.allocations = number;
  }
  if (faults)
    printf("%s: %ld faults in %ld allocations; of allocation %ld: %s\n", case_name(one), faults, count, first.allocations,
           first.fault);
  CHECK(faults == 0);
}

int main(int argc, char **argv) {
  all = is_long(argc, argv);
  last = mmap(NULL, sizeof *last, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (last == MAP_FAILED) return 1;
  group("any allocation may fail, of any call, on one thread");
  for_each_case(1, all, fail_each);
  group("and on two");
  for_each_case(2, all, fail_each);
  printf("failed allocations: %ld, answered by OUT_OF_MEMORY: %ld, deaths: %ld\n", total, refusals, deaths);
  return summary();
}
