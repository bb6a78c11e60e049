/* A process with a limit on its address space (RLIMIT_AS): what no longer fits is RFGSNN_ERROR_OUT_OF_MEMORY, and nothing
 * else happens. Each limit in a process of its own. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"

/* Bytes of address space that the process has. */
static rlim_t address_space(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%ld", &pages) != 1) _exit(3);
  fclose(file);
  return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static bool expected(rfgsnn_status status) { return status >= 0 || status == RFGSNN_ERROR_OUT_OF_MEMORY; }

/* 0 if all went well with so much more than the process had at its first training; 10 if all calls were even served. */
static int with_spare(rlim_t spare) {
  fixture *f = fixture_make("threads=2");
  if (rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL) < 0) return 4;
  fixture_free(f);
  struct rlimit limit = {address_space() + spare, RLIM_INFINITY};
  if (setrlimit(RLIMIT_AS, &limit)) return 5;

  rfgsnn_options *options = options_of("inputs=2 outputs=2 hidden=1500,1500 time_steps=4 steps=2 threads=2");
  rfgsnn_network *network = NULL, *clone = NULL;
  rfgsnn_trainer *trainer = NULL;
  static double x[SAMPLES][INPUTS], y[SAMPLES][OUTPUTS];
  rfgsnn_array inputs = DOUBLES(x, SAMPLES, INPUTS), targets = DOUBLES(y, SAMPLES, OUTPUTS);
  rfgsnn_status status[4] = {rfgsnn_network_create(options, &network)};
  if (!status[0]) status[1] = rfgsnn_trainer_create(network, options, &trainer);
  if (trainer) status[2] = rfgsnn_fit(trainer, &inputs, 1, &targets, NULL, 0, NULL, NULL, NULL);
  if (network) status[3] = rfgsnn_network_clone(network, &clone);
  bool served = true, well = true;
  for (int index = 0; index < 4; ++index) {
    well = well && expected(status[index]);
    served = served && status[index] >= 0;
  }
  well = well && !rfgsnn_trainer_free(trainer) && !rfgsnn_network_free(clone) && !rfgsnn_network_free(network) &&
         !rfgsnn_options_free(options) && memory_held() == 0;
  return !well ? 6 : served ? 10 : 0;
}

int main(void) {
  bool short_of_memory = false, enough = false;
  group("whatever the limit of the address space is, calls succeed or say OUT_OF_MEMORY");
  for (rlim_t mebibytes = 0; mebibytes <= 256; mebibytes += mebibytes < 16 ? 1 : 16) {
    pid_t child = fork();
    if (child == 0) _exit(with_spare(mebibytes << 20));
    int status = -1;
    waitpid(child, &status, 0);
    bool well = WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 10);
    if (!well)
      printf("%d MiB to spare: %s %d\n", (int)mebibytes, WIFEXITED(status) ? "status" : "signal",
             WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    CHECK(well);
    short_of_memory = short_of_memory || (well && WEXITSTATUS(status) == 0);
    enough = enough || (well && WEXITSTATUS(status) == 10);
  }
  CHECK(short_of_memory && enough); /* both happened */
  return summary();
}
