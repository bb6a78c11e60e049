/* Whatever the environment says, the library installs no signal handler, prints nothing and starts no process: the program
 * runs itself with each variable, its output in a file, through all calls. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "check.h"

static bool well = true;

static void run(const fault_case *one) {
  subject subject;
  if (prepare(&subject, one)) well = one->call->run(&subject) != RFGSNN_ERROR_INTERNAL && well;
  well = dispose(&subject) && well;
}

/* Exit status of the run: 0, or what went wrong. */
enum { FAULT = 2, HANDLER = 3, PROCESS = 4 };

static int run_all(bool all) {
  struct sigaction before[65], after;
  memset(before, 0, sizeof before);
  for (int number = 1; number < 65; ++number) sigaction(number, NULL, &before[number]);
  for_each_case(2, all, run);
  if (!well) return FAULT;
  for (int number = 1; number < 65; ++number) {
    if (sigaction(number, NULL, &after)) continue;
    if (after.sa_handler != before[number].sa_handler || after.sa_flags != before[number].sa_flags) return HANDLER;
  }
  return waitpid(-1, NULL, WNOHANG) == 0 ? PROCESS : 0; /* -1: there never was a child */
}

/* Runs this program again with the variable; bytes that it printed, -1 if it failed. */
static long printed(const char *program, const char *variable, const char *form, int *status) {
  char name[] = "/tmp/rfgsnn-environment-XXXXXX";
  int file = mkstemp(name);
  if (file < 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    char text[128];
    snprintf(text, sizeof text, "%s", variable);
    if (variable[0]) putenv(text);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    close(file);
    execl(program, program, "run", form, (char *)NULL);
    _exit(1);
  }
  waitpid(child, status, 0);
  struct stat found;
  fstat(file, &found);
  close(file);
  unlink(name);
  return (long)found.st_size;
}

int main(int argc, char **argv) {
  static const char *const variables[] = {
      "",
      "SWIFT_BACKTRACE=enable=yes",
      "SWIFT_BACKTRACE=enable=tty,color=yes",
      "SWIFT_BACKTRACE=enable=yes,warnings=suppressed,swift-backtrace=/bin/true",
      "SWIFT_BACKTRACE=help",
      "SWIFT_BACKTRACE=nonsense=yes",
      "SWIFT_DEBUG_HELP=YES",
      "SWIFT_DETERMINISTIC_HASHING=1",
      "SWIFT_DEBUG_ENABLE_METADATA_ALLOCATION_ITERATION=yes",
      "SWIFT_DEBUG_IMPLICIT_OBJC_ENTRYPOINT=3",
      "SWIFT_DEBUG_VALIDATE_UNCHECKED_CONTINUATIONS=nonsense",
      "SWIFT_ROOT=/nowhere",
  };
  if (argc > 1 && strcmp(argv[1], "run") == 0) return run_all(is_long(argc - 1, argv + 1));
  group("under every variable that the Swift runtime knows: no output, no handlers, no processes, and all works");
  for (size_t index = 0; index < sizeof variables / sizeof *variables; ++index) {
    int status = -1;
    long bytes = printed(argv[0], variables[index], is_long(argc, argv) ? "long" : "short", &status);
    if (bytes || status) printf("\"%s\": %ld bytes printed, status %d\n", variables[index], bytes, WEXITSTATUS(status));
    CHECK_EQUAL(bytes, 0);
    CHECK_EQUAL(status, 0);
  }
  return summary();
}
