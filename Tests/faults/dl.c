/* A host that loads the library, trains on two threads, unloads it and goes on: with everything freed or nothing, at
 * once or a little later, and again. Each way in a process of its own. */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rfgsnn.h"

#define FUNCTION(name)                  \
  __typeof__(name) *p_##name = NULL;    \
  *(void **)&p_##name = dlsym(library, #name)

static const char *path;

/* One loading; true if all calls went well. */
static int load_and_train(int mode, int frees) {
  void *library = dlopen(path, mode);
  if (!library) return puts(dlerror()), 0;
  FUNCTION(rfgsnn_options_create);
  FUNCTION(rfgsnn_options_set_int);
  FUNCTION(rfgsnn_options_free);
  FUNCTION(rfgsnn_network_create);
  FUNCTION(rfgsnn_network_free);
  FUNCTION(rfgsnn_trainer_create);
  FUNCTION(rfgsnn_trainer_free);
  FUNCTION(rfgsnn_fit);
  static double x[2000], y[1000];
  int64_t x_shape[2] = {1000, 2}, y_shape[2] = {1000, 1};
  rfgsnn_array inputs = {x, {1, 0}, 2, {2, 64, 1}, x_shape, NULL, 0};
  rfgsnn_array targets = {y, {1, 0}, 2, {2, 64, 1}, y_shape, NULL, 0};
  rfgsnn_options *options;
  rfgsnn_network *network;
  rfgsnn_trainer *trainer;
  int well = !p_rfgsnn_options_create(&options) && !p_rfgsnn_options_set_int(options, "inputs", 2) &&
             !p_rfgsnn_options_set_int(options, "outputs", 1) && !p_rfgsnn_options_set_int(options, "threads", 2) &&
             !p_rfgsnn_options_set_int(options, "steps", 5) && !p_rfgsnn_network_create(options, &network) &&
             !p_rfgsnn_trainer_create(network, options, &trainer) &&
             p_rfgsnn_fit(trainer, &inputs, 1, &targets, NULL, 0, NULL, NULL, NULL) == RFGSNN_STOPPED_STEPS;
  if (frees)
    well = well && !p_rfgsnn_trainer_free(trainer) && !p_rfgsnn_network_free(network) && !p_rfgsnn_options_free(options);
  return dlclose(library) == 0 && well;
}

static void wait_microseconds(long microseconds) { nanosleep(&(struct timespec){0, 1000 * microseconds}, NULL); }

int main(int argc, char **argv) {
  path = argc > 1 ? argv[1] : RFGSNN_LIBRARY;
  int deaths = 0, processes = 0;
  for (int mode = 0; mode < 4; ++mode) {
    for (int frees = 0; frees < 2; ++frees) {
      for (long pause = 0; pause <= 2000; pause += 500) {
        ++processes;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
          alarm(60);
          int well = 1;
          for (int round = 0; round < 4; ++round) {
            well = load_and_train((mode & 1 ? RTLD_NOW : RTLD_LAZY) | (mode & 2 ? RTLD_GLOBAL : RTLD_LOCAL), frees) && well;
            wait_microseconds(pause);
          }
          wait_microseconds(20000); /* for those threads that still sleep in what was unloaded */
          if (!well) fflush(stdout);
          return well ? 0 : 1; /* by way of exit, which runs what the library left to be run */
        }
        int status = -1;
        waitpid(child, &status, 0);
        if (status == 0) continue;
        ++deaths;
        printf("%s, %s, %ld microseconds between: %s %d\n", mode & 1 ? "now" : "lazily", frees ? "freed" : "not freed", pause,
               WIFEXITED(status) ? "exit" : "signal", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
      }
    }
  }
  printf("%s loaded, trained with and unloaded: %d of %d processes died\n", deaths ? "FAILED" : "ok    ", deaths, processes);
  return deaths != 0;
}
