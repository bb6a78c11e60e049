#include "check.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char current[160];
static int passed, failed, group_checks, group_failures;

static float *watched, *remembered;
static size_t watched_count;

static void give_up(int signal_number) {
  (void)signal_number;
  static const char text[] = "FAILED: a test hangs\n";
  if (write(STDOUT_FILENO, text, sizeof text - 1) < 0) _exit(2);
  _exit(1);
}

static void end_group(void) {
  if (current[0]) printf("%s %s (%d checks)\n", group_failures ? "FAILED" : "ok    ", current, group_checks);
  fflush(stdout); /* so that a forked child does not print it again */
  group_checks = group_failures = 0;
}

void group(const char *sentence) {
  if (!current[0]) {
    const char *seconds = getenv("RFGSNN_TEST_SECONDS");
    signal(SIGALRM, give_up);
    alarm(seconds ? (unsigned)atoi(seconds) : 60);
  }
  end_group();
  snprintf(current, sizeof current, "%s", sentence);
}

int summary(void) {
  end_group();
  watch(NULL);
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0 || passed == 0;
}

static void count(bool holds) {
  ++group_checks;
  if (holds) {
    ++passed;
  } else {
    ++failed;
    ++group_failures;
  }
}

bool check_that(bool holds, const char *file, int line, const char *claim) {
  count(holds);
  if (!holds) printf("%s:%d: not true: %s\n", file, line, claim);
  return holds;
}

void check_equal(double left, double right, const char *file, int line, const char *claim) {
  count(left == right);
  if (left != right) printf("%s:%d: %s: %.17g is not %.17g\n", file, line, claim, left, right);
}

void check_text(const char *text, const char *expected, const char *file, int line, const char *claim) {
  bool same = text && strcmp(text, expected) == 0;
  count(same);
  if (!same) printf("%s:%d: %s: \"%s\" is not \"%s\"\n", file, line, claim, text ? text : "(NULL)", expected);
}

bool check_ok(rfgsnn_status status, const char *file, int line, const char *call) {
  count(status == RFGSNN_OK);
  if (status != RFGSNN_OK) {
    printf("%s:%d: %s: %s: %s\n", file, line, call, rfgsnn_status_name(status), rfgsnn_last_error());
  }
  return status == RFGSNN_OK;
}

void watch(rfgsnn_network *network) {
  int64_t parameters = 0;
  free(remembered);
  watched = remembered = NULL;
  watched_count = 0;
  if (!network || rfgsnn_network_parameters(network, &watched, &parameters) != RFGSNN_OK) return;
  watched_count = (size_t)parameters;
  remembered = malloc(watched_count * sizeof *remembered);
  if (!remembered) exit(1);
}

void remember_watched(void) {
  if (watched) memcpy(remembered, watched, watched_count * sizeof *remembered);
}

void check_refused(rfgsnn_status status, rfgsnn_status expected, const char *file, int line, const char *call,
                   ...) {
  const char *sentence = rfgsnn_last_error();
  bool holds = status == expected;
  if (!holds) {
    printf("%s:%d: %s: %s instead of %s: %s\n", file, line, call, rfgsnn_status_name(status),
           rfgsnn_status_name(expected), status < 0 ? sentence : "");
  } else {
    va_list words;
    va_start(words, call);
    for (const char *word = va_arg(words, const char *); word; word = va_arg(words, const char *)) {
      if (strstr(sentence, word)) continue;
      printf("%s:%d: %s: the sentence \"%s\" does not say \"%s\"\n", file, line, call, sentence, word);
      holds = false;
    }
    va_end(words);
  }
  if (watched && memcmp(remembered, watched, watched_count * sizeof *remembered) != 0) {
    printf("%s:%d: %s: changed the parameters\n", file, line, call);
    holds = false;
  }
  count(holds);
}
