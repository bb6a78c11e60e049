#include "episode.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "host.h"
#include "random.h"
#include "record.h"
#include "world.h"

static int entries(const char *folder) {
  DIR *opened = opendir(folder);
  int count = 0;
  while (opened && readdir(opened)) ++count;
  if (opened) closedir(opened);
  return count - 2;
}

/* Worker threads may stay for the next call: as many as the machine has processors, or as options ask for. */
static int most_threads(void) {
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  return 1 + (int)(processors > 3 ? processors : 3);
}

void episode_run(uint64_t seed, int64_t calls) {
  shared->seed = seed;
  shared->number = 0;
  random_seed(seed);
  world_begin();
  host_begin(seed);
  int descriptors = entries("/proc/self/fd");
  begin_calls();
  for (int64_t call = 1; call <= calls; ++call) {
    shared->number = (uint64_t)call;
    any_call();
  }
  host_end();
  world_end();
  strcpy(shared->running, "the end of the episode");
  int64_t held = -1;
  if (rfgsnn_memory_held(&held) || held) FINDING("at the end: %lld bytes are held", (long long)held);
  if (entries("/proc/self/fd") != descriptors)
    FINDING("at the end: %d file descriptors, not %d", entries("/proc/self/fd"), descriptors);
  int threads = entries("/proc/self/task");
  if (threads > most_threads()) FINDING("at the end: %d threads", threads);
}
