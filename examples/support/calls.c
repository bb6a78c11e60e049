#define _POSIX_C_SOURCE 200809L
#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void require(rfgsnn_status status) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", rfgsnn_status_name(status), rfgsnn_last_error());
  exit(EXIT_FAILURE);
}

int32_t show_progress(
    void *context, int64_t step, int64_t steps, double loss, double validation_loss, double seconds_left) {
  (void)context;
  printf("\rstep %5lld of %lld   mean squared error %.2e, on the validation set %.2e   %4.0f s left ", (long long)step,
         (long long)steps, loss, validation_loss, seconds_left);
  if (step == steps) printf("\n");
  fflush(stdout);
  return 0; /* go on */
}

double seconds(void) {
  static double start;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double total = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
  if (start == 0) start = total;
  return total - start;
}
