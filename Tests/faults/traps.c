/* Floating-point traps of the host are on: no call divides by zero, computes what is invalid, or overflows, neither with
 * usual numbers nor with huge ones, and none leaves such a flag set. Each case in a process of its own. */
#include <fenv.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "check.h"

enum { WATCHED = FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW };

static double factor;

static void enlarge(const rfgsnn_array *array) {
  int64_t count = 1;
  for (int32_t axis = 0; axis < array->ndim; ++axis) count *= array->shape[axis];
  for (int64_t index = 0; index < count; ++index) ((double *)array->data)[index] *= factor;
}

/* 1: a status that such numbers do not explain; 2: a flag. */
static int run(const fault_case *one, bool trapped) {
  subject subject;
  if (!prepare(&subject, one)) return 0;
  enlarge(&subject.inputs[0]);
  enlarge(&subject.targets);
  feclearexcept(FE_ALL_EXCEPT);
  if (trapped) feenableexcept(WATCHED);
  rfgsnn_status status = one->call->run(&subject);
  int flags = fetestexcept(WATCHED);
  fedisableexcept(FE_ALL_EXCEPT);
  if (status == RFGSNN_ERROR_INTERNAL) return 1;
  if (factor == 1 && status == RFGSNN_ERROR_NOT_FINITE) return 1;
  return flags ? 2 : 0;
}

static void in_child(const fault_case *one, bool trapped) {
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    _exit(run(one, trapped));
  }
  int status = -1;
  waitpid(child, &status, 0);
  if (status)
    printf("%s, numbers times %g: %s %d\n", case_name(one), factor, WIFEXITED(status) ? "fault" : "signal",
           WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
  CHECK(status == 0);
}

static void trapped(const fault_case *one) { in_child(one, true); }
static void flagged(const fault_case *one) { in_child(one, false); }

int main(int argc, char **argv) {
  bool all = is_long(argc, argv);
  static const double factors[] = {1, 0, 1e30, 1e300};
  for (int index = 0; index < 4; ++index) {
    char sentence[100];
    factor = factors[index];
    snprintf(sentence, sizeof sentence, "no call raises a trap, nor leaves a flag, with numbers times %g", factor);
    group(sentence);
    for_each_case(1, all, trapped);
    for_each_case(1, all, flagged);
    if (index == 0 || all) for_each_case(2, all, trapped);
  }
  return summary();
}
