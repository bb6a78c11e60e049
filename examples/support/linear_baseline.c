#include "linear_baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"

/* Means of the columns of values [rows][columns]. */
static void column_means(const double *values, int rows, int columns, double *means) {
  for (int c = 0; c < columns; ++c) means[c] = 0;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) means[c] += values[(long)r * columns + c] / rows;
  }
}

/* Solves a x = b in place, a [n][n] positive definite, b [n][columns], by Cholesky's method. */
static void solve(double *a, double *b, int n, int columns) {
  for (int j = 0; j < n; ++j) {
    for (int k = 0; k < j; ++k) a[j * n + j] -= a[j * n + k] * a[j * n + k];
    a[j * n + j] = sqrt(a[j * n + j]);
    for (int i = j + 1; i < n; ++i) {
      for (int k = 0; k < j; ++k) a[i * n + j] -= a[i * n + k] * a[j * n + k];
      a[i * n + j] /= a[j * n + j];
    }
  }
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < i; ++k) {
      for (int c = 0; c < columns; ++c) b[(long)i * columns + c] -= a[i * n + k] * b[(long)k * columns + c];
    }
    for (int c = 0; c < columns; ++c) b[(long)i * columns + c] /= a[i * n + i];
  }
  for (int i = n - 1; i >= 0; --i) {
    for (int k = i + 1; k < n; ++k) {
      for (int c = 0; c < columns; ++c) b[(long)i * columns + c] -= a[k * n + i] * b[(long)k * columns + c];
    }
    for (int c = 0; c < columns; ++c) b[(long)i * columns + c] /= a[i * n + i];
  }
}

/* Fits the first `functions` of the training data, and predicts for inputs [count][points]. */
static void predict(
    const operator_data *training, int functions, double ridge, const double *inputs, int count, double *prediction) {
  int sensors = training->points, values = training->points * training->times;
  double *input_means = allocate(sensors), *target_means = allocate(values);
  double *matrix = allocate((size_t)sensors * sensors), *map = allocate((size_t)sensors * values), trace = 0;
  column_means(training->inputs, functions, sensors, input_means);
  column_means(training->targets, functions, values, target_means);
  memset(matrix, 0, (size_t)sensors * sensors * sizeof *matrix);
  memset(map, 0, (size_t)sensors * values * sizeof *map);
  for (int f = 0; f < functions; ++f) {
    const double *x = training->inputs + (long)f * sensors, *y = training->targets + (long)f * values;
    for (int i = 0; i < sensors; ++i) {
      double own = x[i] - input_means[i];
      for (int j = 0; j < sensors; ++j) matrix[i * sensors + j] += own * (x[j] - input_means[j]);
      for (int v = 0; v < values; ++v) map[(long)i * values + v] += own * (y[v] - target_means[v]);
    }
  }
  for (int i = 0; i < sensors; ++i) trace += matrix[i * sensors + i];
  for (int i = 0; i < sensors; ++i) matrix[i * sensors + i] += ridge * trace / sensors;
  solve(matrix, map, sensors, values);
  for (int f = 0; f < count; ++f) {
    double *row = prediction + (long)f * values;
    memcpy(row, target_means, values * sizeof *row);
    for (int i = 0; i < sensors; ++i) {
      double own = inputs[(long)f * sensors + i] - input_means[i];
      for (int v = 0; v < values; ++v) row[v] += own * map[(long)i * values + v];
    }
  }
  free(input_means), free(target_means), free(matrix), free(map);
}

void linear_baseline(const operator_data *training, const operator_data *test, double *prediction) {
  int held = training->functions / 5, kept = training->functions - held, values = training->points * training->times;
  const double *inputs = training->inputs + (long)kept * training->points;
  const double *targets = training->targets + (long)kept * values;
  double *guess = allocate((size_t)held * values), best = 0, least = INFINITY;
  for (int power = -12; power <= 0; ++power) {
    predict(training, kept, pow(10, power), inputs, held, guess);
    double error = mean_relative_error(guess, targets, held, values);
    if (error < least) least = error, best = pow(10, power);
  }
  predict(training, training->functions, best, test->inputs, test->functions, prediction);
  free(guess);
}
