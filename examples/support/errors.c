#include "errors.h"

#include <math.h>
#include <stdio.h>

static double square(double x) { return x * x; }

double global_relative_error(const double *prediction, const double *targets, int functions, int values) {
  double error = 0, norm = 0;
  for (long i = 0; i < (long)functions * values; ++i) {
    error += square(prediction[i] - targets[i]);
    norm += square(targets[i]);
  }
  return sqrt(error / norm);
}

double mean_relative_error(const double *prediction, const double *targets, int functions, int values) {
  double sum = 0;
  for (int f = 0; f < functions; ++f) {
    sum += global_relative_error(prediction + (long)f * values, targets + (long)f * values, 1, values);
  }
  return sum / functions;
}

void print_heading(const char *problem, const operator_data *test) {
  printf("\n%s: relative L2 errors on %d unseen functions\n", problem, test->functions);
  printf("%-40s %17s %8s %8s\n", "", "mean of functions", "global", "seconds");
}

void print_errors(const char *method, const operator_data *test, const double *prediction, double seconds) {
  int values = test->points * test->times;
  printf("%-40s %17.4f %8.4f %8.1f\n", method,
         mean_relative_error(prediction, test->targets, test->functions, values),
         global_relative_error(prediction, test->targets, test->functions, values), seconds);
}
