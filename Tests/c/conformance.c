/* Does the library do what its description says, whatever it is called with?
 *
 * Every described function is called through libffi, once as it should be and then with each argument broken
 * in every way that its kind allows. Nothing here knows a function by name but for the error sentence, the
 * bytes held and the option setters; a function that is added to the description is covered without a change.
 * Each function runs in a child process, so that a crash names the function, the argument and the way.
 */
#include <dlfcn.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakages.h"
#include "judge.h"
#include "values.h"

/* One call, as described (argument -1) or broken in one way; false if there is no such way or call. */
static bool run_case(const function *function, int index, int which) {
  world world = {0};
  call *call = calloc(1, sizeof *call);
  breakage breakage = {"as described", MUST_WORK, NULL};
  long held_before = memory_held();
  bool well = true, goes_on = true;
  if (!call) exit(1);
  world.needs = function->needs;
  world.extra = extra;
  snprintf(shared->what, sizeof shared->what, "%s: preparing %s, way %d", function->name,
           index < 0 ? "the call" : function->arguments[index].name, which);
  if (!prepare(call, function, &world, true)) {
    well = is_extra() && strlen(last_error()) > 0; /* the option does not go with this call */
    if (!well) complain("could not be prepared", last_error());
    goes_on = false;
  } else if (index >= 0 && !break_argument(call, index, which, &world, &breakage)) {
    dispose(call);
    free(call);
    end_world(&world);
    return false;
  } else {
    snprintf(shared->what, sizeof shared->what, "%s: %s %s%s%s%s%s", function->name,
             index < 0 ? "called" : function->arguments[index].name, breakage.name,
             is_extra() ? " with " : "", is_extra() ? extra->key : "", is_extra() ? " = " : "",
             is_extra() ? extra->value : "");
    size_t size, size_after;
    unsigned char *views = copy_views(&world, &size);
    char *sentence = mark_sentence(function);
    bool returns_status = strcmp(function->returns, "rfgsnn_status") == 0;
    perform(call);
    well = returns_status ? check_status(call, index, &breakage, sentence) : check_returned(call);
    well = check_memory(call, !returns_status || call->status >= 0) && well;
    if (index < 0 && well && !is_extra()) well = check_outputs(call);
    if (!returns_status || call->status >= 0) {
      settle(call, &world);
    } else if (!may_have_begun(call, &breakage)) {
      unsigned char *views_after = copy_views(&world, &size_after);
      if (size != size_after || (size > 0 && memcmp(views, views_after, size) != 0)) {
        complain("failed, but changed", "numbers behind a view");
        well = false;
      }
      free(views_after);
    }
    free(views);
    free(sentence);
  }
  dispose(call);
  free(call);
  if (!end_world(&world)) {
    complain("a handle cannot be freed afterwards", last_error());
    well = false;
  }
  if (memory_held() != held_before) {
    complain("memory is held afterwards", "");
    well = false;
  }
  ++*(well ? &shared->passed : &shared->failed);
  return goes_on;
}

/* All ways to call the functions from shared->function to `last`. */
static void run_functions(int last) {
  for (; shared->function <= last; ++shared->function, shared->argument = -1) {
    const function *function = &functions[shared->function];
    for (; shared->argument < function->argument_count; ++shared->argument, shared->which = 0) {
      if (shared->argument < 0) {
        if (!run_case(function, -1, 0)) break;
        continue;
      }
      while (run_case(function, shared->argument, shared->which)) ++shared->which;
    }
  }
}

static void expect_setting(void *handle, const option *option, double number, const char *word, bool inside) {
  char text[64];
  snprintf(text, sizeof text, strcmp(option->type, "float") == 0 ? "%.17g" : "%.0f", number);
  int status = set_option(handle, option->key, option->type, word ? word : text);
  bool well = inside ? status == 0
                     : status == status_of("RFGSNN_ERROR_OUT_OF_RANGE") &&
                           strstr(last_error(), option->key) && strstr(last_error(), option->range_text);
  snprintf(shared->what, sizeof shared->what, "option %s = %s", option->key, word ? word : text);
  if (!well) complain(status_text(status), status < 0 ? last_error() : "it was to be refused");
  ++*(well ? &shared->passed : &shared->failed);
}

/* Every option is listed as described, takes what is in its range and refuses what is outside. */
static void run_options(int unused) {
  (void)unused;
  world world = {0};
  void *handle = need_handle(&world, find_function("rfgsnn_options_set_int")->arguments[0].type);
  int (*describe)(int32_t, const char **, int *, const char **, const char **, const char **);
  int32_t (*count)(void);
  *(void **)&describe = symbol_of(find_function("rfgsnn_option_describe"));
  *(void **)&count = symbol_of(find_function("rfgsnn_option_count"));
  bool complete = count() == option_table_count;
  if (!complete) complain("the number of options", "is not as described");
  ++*(complete ? &shared->passed : &shared->failed);
  for (int index = 0; complete && index < option_table_count; ++index) {
    const option *option = &options[index];
    const char *key = "", *default_text = "", *range_text = "";
    ++*calls_made;
    bool same = describe(index, &key, NULL, &default_text, &range_text, NULL) == 0 &&
                strcmp(key, option->key) == 0 && strcmp(default_text, option->default_text) == 0 &&
                strcmp(range_text, option->range_text) == 0;
    if (!same) complain("is not listed as described", option->key);
    ++*(same ? &shared->passed : &shared->failed);
    bool is_float = strcmp(option->type, "float") == 0;
    double step_down = is_float ? fabs(option->minimum) * 1e-9 + 1e-40 : 1;
    double step_up = is_float ? fabs(option->maximum) * 1e-9 : 1;
    if (option->has_minimum) {
      expect_setting(handle, option, option->minimum, NULL, !option->minimum_excluded);
      expect_setting(handle, option, option->minimum - step_down, NULL, false);
    }
    if (option->has_maximum) {
      expect_setting(handle, option, option->maximum, NULL, !option->maximum_excluded);
      expect_setting(handle, option, option->maximum + step_up, NULL, false);
    }
    for (const char *const *choice = option->choices; *choice; ++choice) {
      expect_setting(handle, option, 0, *choice, true);
    }
    if (option->choices[0]) expect_setting(handle, option, 0, "no such word", false);
  }
  end_world(&world);
}

static void too_slow(int signal_number) {
  (void)signal_number;
  static const char text[] = "FAILED: the conformance test hangs\n";
  if (write(STDOUT_FILENO, text, sizeof text - 1) < 0) _exit(2);
  _exit(1);
}

/* Runs a group in child processes: one, and another after each crash, which goes on behind the case that
 * crashed. */
static void run_group(const char *name, void (*run)(int), int first, int last) {
  enum { MOST_CRASHES = 20 };
  int passed = shared->passed, failed = shared->failed;
  shared->function = first;
  shared->argument = -1;
  shared->which = 0;
  for (int crashes = 0; crashes < MOST_CRASHES; ++crashes) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      /* Memory that cannot be had must be refused, not lent and then missed. */
      struct rlimit limit = {(rlim_t)1 << 31, (rlim_t)1 << 31};
      setrlimit(RLIMIT_AS, &limit);
      signal(SIGALRM, SIG_DFL);
      alarm(60);
      run(last);
      fflush(stdout);
      _exit(0);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child) exit(1);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;
    printf("%s: crashed with %s %d\n", shared->what, WIFSIGNALED(status) ? "signal" : "exit code",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    ++shared->failed;
    ++*(shared->argument < 0 ? &shared->argument : &shared->which);
  }
  printf("%s %s (%d checks)\n", shared->failed > failed ? "FAILED" : "ok    ", name,
         shared->passed + shared->failed - passed - failed);
}

/* Exported and described are the same names. */
static void compare_exports(void) {
  Dl_info info;
  char command[1200], line[256];
  int exported = 0, failed = 0;
  if (!dladdr(symbol_of(&functions[0]), &info)) exit(1);
  snprintf(command, sizeof command, "nm -D --defined-only '%s'", info.dli_fname);
  FILE *names = popen(command, "r");
  if (!names) exit(1);
  while (fgets(line, sizeof line, names)) {
    char *name = strstr(line, " T ");
    if (!name) continue;
    name += 3;
    name[strcspn(name, "@\n")] = '\0';
    ++exported;
    int index = 0;
    while (index < function_count && strcmp(functions[index].name, name) != 0) ++index;
    if (index < function_count) continue;
    printf("%s is exported and not described\n", name);
    ++failed;
  }
  if (pclose(names) != 0 || exported - failed != function_count) ++failed; /* dlsym has found all others */
  printf("%s %d functions are exported, %d described\n", failed ? "FAILED" : "ok    ", exported,
         function_count);
  shared->failed += failed;
  shared->passed += failed == 0;
}

/* All ways to call all functions with each choice of an option, with its least number, and with its greatest
 * one where that cannot mean endless work. */
static void run_setting(const option *option, const char *value) {
  char name[120];
  extra[0] = (setting){option->key, option->type, value};
  snprintf(name, sizeof name, "all of them with %s = %s", option->key, value);
  run_group(name, run_functions, 0, function_count - 1);
  extra[0] = (setting){NULL, NULL, NULL};
}

static void run_settings(const option *option) {
  char text[64];
  for (const char *const *choice = option->choices; *choice; ++choice) run_setting(option, *choice);
  if (option->has_minimum && !option->minimum_excluded) {
    snprintf(text, sizeof text, "%.17g", option->minimum);
    run_setting(option, text);
  }
  if (option->has_maximum && !option->maximum_excluded && strcmp(option->type, "float") == 0) {
    snprintf(text, sizeof text, "%.17g", option->maximum);
    run_setting(option, text);
  }
}

int main(void) {
  int on_stack = 0;
  const char *missing = "", *seconds = getenv("RFGSNN_TEST_SECONDS");
  address_on_stack = &on_stack;
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  calls_made = &shared->calls;
  signal(SIGALRM, too_slow);
  alarm(seconds ? (unsigned)atoi(seconds) : 300);
  if (!open_library("librfgsnn.so.1", &missing)) {
    printf("FAILED: not in the library: %s\n", missing);
    return 1;
  }
  compare_exports();
  run_group("options are as described", run_options, 0, 0);
  for (int index = 0; index < function_count; ++index) {
    run_group(functions[index].name, run_functions, index, index);
  }
  for (int index = 0; index < option_table_count; ++index) run_settings(&options[index]);
  printf("%d functions, %ld calls\n%d passed, %d failed\n", function_count, shared->calls, shared->passed,
         shared->failed);
  return shared->failed > 0 || shared->passed == 0;
}
