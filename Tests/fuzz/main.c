/* fuzz: random calls of librfgsnn, an episode for each seed, each in a process of its own, so that one that crashes or
 * hangs is told and the others go on. The same seed makes the same calls; what depends on the clock are the calls of
 * trainings that take more than 0.25 s, and what is stopped where stops come from a timer.
 *
 *     fuzz [--seed FIRST] [--episodes COUNT | --seconds TIME] [--calls COUNT] [--hang SECONDS] [--trace]
 *
 * What a host must not do, and no fuzzer can blame a library for, is left out:
 * - memory that is described is there, and of the type that is described (arrays.h);
 * - outputs that overlap inputs, which the header forbids: only the process must survive (inference_calls.c);
 * - parameters are not written through the view while a training runs (network_calls.c);
 * - one thread uses the handles: what two threads do to one handle is in Tests/c/threads.c;
 * - a handle is not freed while a signal asks its call to stop (stops.c).
 * And what this machine cannot bear: sizes that are valid and take gigabytes or minutes (options_calls.c,
 * state_calls.c). Where they must be refused they are asked for.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "episode.h"
#include "guarded.h"
#include "record.h"

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void run_apart(uint64_t seed) {
  uint64_t findings = shared->findings;
  fflush(stdout);
  shared->seed = seed;
  shared->running[0] = 0;
  pid_t child = fork();
  if (child == 0) {
    episode_run(seed, calls_per_episode);
    fflush(stdout);
    _exit(0);
  }
  int how = 0;
  waitpid(child, &how, 0);
  if (WIFSIGNALED(how) && WTERMSIG(how) == SIGALRM) FINDING("a call hangs");
  if (WIFSIGNALED(how) && WTERMSIG(how) != SIGALRM)
    FINDING("the process ended by signal %d (%s)", WTERMSIG(how), strsignal(WTERMSIG(how)));
  if (WIFEXITED(how) && WEXITSTATUS(how)) FINDING("the process ended with %d", WEXITSTATUS(how));
  ++shared->episodes;
  shared->failed_episodes += shared->findings != findings;
}

static const char *short_name(int status) {
  return rfgsnn_status_name((rfgsnn_status)status) + strlen("RFGSNN_ERROR_");
}

/* A line for each function: what its calls came to, and what none came to that is documented. */
static void print_function(function f) {
  uint64_t all = calls_of(f), fine = 0;
  for (int s = STATUS_SHIFT; s < STATUSES; ++s) fine += shared->calls[f][s];
  printf("%-46s %9llu %9llu %9.1f ", function_name(f), (unsigned long long)all, (unsigned long long)fine,
         all ? 1e6 * shared->seconds[f] / (double)all : 0);
  for (int s = STATUS_SHIFT - 1; s >= 0; --s) {
    uint64_t count = shared->calls[f][s];
    if (count) printf(" %s %llu", short_name(s - STATUS_SHIFT), (unsigned long long)count);
  }
  const char *separator = " | not seen:";
  for (const rfgsnn_status *s = statuses_of(f); *s != RFGSNN_OK; ++s) {
    if (shared->calls[f][*s + STATUS_SHIFT]) continue;
    printf("%s %s", separator, short_name(*s));
    separator = "";
  }
  printf("\n");
}

static void print_totals(double seconds) {
  uint64_t calls = 0, fine = 0;
  printf("%-46s %9s %9s %9s  refused\n", "function", "calls", "fine", "us each");
  for (int f = 0; f < FUNCTIONS; ++f) {
    print_function((function)f);
    calls += calls_of((function)f);
    for (int s = STATUS_SHIFT; s < STATUSES; ++s) fine += shared->calls[f][s];
  }
  for (int kind = 0; kind < MOST_KINDS && shared->kinds[kind].count; ++kind) {
    printf("%8llu findings like seed %llu call %llu, %s: %s\n", (unsigned long long)shared->kinds[kind].count,
           (unsigned long long)shared->kinds[kind].first_seed, (unsigned long long)shared->kinds[kind].first_call,
           shared->kinds[kind].where, shared->kinds[kind].first);
  }
  printf("slowest %.2f s: %s\n", shared->slowest, shared->slowest_call);
  printf("%llu calls, %llu fine, %.0f a second, %llu allocations refused\n", (unsigned long long)calls,
         (unsigned long long)fine, (double)calls / seconds, (unsigned long long)shared->refused_allocations);
}

/* Functions that a long run never called; a run too short to say so has none. */
static int never_called(void) {
  int missing = 0;
  for (int f = 0; f < FUNCTIONS && shared->episodes >= 50; ++f) {
    if (calls_of((function)f)) continue;
    printf("NEVER CALLED: %s\n", function_name((function)f));
    ++missing;
  }
  return missing;
}

int main(int count, char **words) {
  uint64_t first = 1;
  long long episodes = 0;
  double seconds = 0;
  program = words[0];
  record_create();
  for (int i = 1; i < count; ++i) {
    const char *value = i + 1 < count ? words[i + 1] : "";
    if (strcmp(words[i], "--trace") == 0) {
      tracing = true;
      continue;
    }
    ++i;
    if (strcmp(words[i - 1], "--seed") == 0) {
      first = strtoull(value, NULL, 10);
    } else if (strcmp(words[i - 1], "--episodes") == 0) {
      episodes = atoll(value);
    } else if (strcmp(words[i - 1], "--seconds") == 0) {
      seconds = atof(value);
    } else if (strcmp(words[i - 1], "--calls") == 0) {
      calls_per_episode = atoll(value);
    } else if (strcmp(words[i - 1], "--hang") == 0) {
      hang_seconds = (unsigned)atoi(value);
    } else {
      fprintf(stderr, "fuzz: what is %s?\n", words[i - 1]);
      return 2;
    }
  }
  guarded_create();
  options_describe();
  double start = now();
  uint64_t seed = first;
  do {
    run_apart(seed++);
  } while (seconds > 0 ? now() - start < seconds : (long long)(seed - first) < episodes);
  double took = now() - start;
  if (seed - first > 1) print_totals(took);
  int missing = never_called();
  printf("%llu passed, %llu failed\n", (unsigned long long)(shared->episodes - shared->failed_episodes),
         (unsigned long long)shared->failed_episodes);
  return shared->failed_episodes || missing ? 1 : 0;
}
