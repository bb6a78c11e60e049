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
  for_each_case(all ? 2 : 1, all, run);
  if (!well) return FAULT;
  for (int number = 1; number < 65; ++number) { /* also those of the time before main */
    struct sigaction found;
    if (sigaction(number, NULL, &found) == 0 && found.sa_handler != SIG_DFL && found.sa_handler != SIG_IGN) return HANDLER;
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
      "SWIFT_DEBUG_ENABLE_METADATA_ALLOCATION_ITERATION=YES",
      "SWIFT_DEBUG_ENABLE_METADATA_BACKTRACE_LOGGING=YES",
      "SWIFT_DEBUG_ENABLE_MALLOC_SCRIBBLE=YES",
      "SWIFT_DEBUG_ENABLE_COW_CHECKS=YES",
      "SWIFT_DEBUG_FAILED_TYPE_LOOKUP=YES",
      "SWIFT_DEBUG_ENABLE_LIB_PRESPECIALIZED_LOGGING=YES",
      "SWIFT_DEBUG_VALIDATE_UNCHECKED_CONTINUATIONS=YES",
      "SWIFT_DEBUG_IMPLICIT_OBJC_ENTRYPOINT=3",
      "SWIFT_DEBUG_IMPLICIT_OBJC_ENTRYPOINT=nonsense",
      "SWIFT_DETERMINISTIC_HASHING=YES",
      "SWIFT_ENABLE_MANGLED_NAME_VERIFICATION=YES",
      "SWIFT_DUMP_ACCESSIBLE_FUNCTIONS=YES",
      "SWIFT_BINARY_COMPATIBILITY_VERSION=nonsense",
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
