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

enum { BLOCK = 256 }; /* values at a time, for the cache */

/* What ridge regression needs of the first functions of the training data, for any ridge. */
typedef struct moments {
  int sensors, values;
  double *input_means, *target_means;
  double *matrix;  /* [sensors][sensors]: the centred inputs with themselves */
  double *product; /* [sensors][values]: with the centred targets */
} moments;

static moments make_moments(const operator_data *training, int functions) {
  int sensors = training->points, values = training->points * training->times;
  moments m = {sensors, values, allocate(sensors), allocate(values), allocate((size_t)sensors * sensors),
               allocate((size_t)sensors * values)};
  column_means(training->inputs, functions, sensors, m.input_means);
  column_means(training->targets, functions, values, m.target_means);
  memset(m.matrix, 0, (size_t)sensors * sensors * sizeof *m.matrix);
  memset(m.product, 0, (size_t)sensors * values * sizeof *m.product);
  for (int f = 0; f < functions; ++f) {
    const double *x = training->inputs + (long)f * sensors;
    for (int i = 0; i < sensors; ++i) {
      double own = x[i] - m.input_means[i];
      for (int j = 0; j < sensors; ++j) m.matrix[i * sensors + j] += own * (x[j] - m.input_means[j]);
    }
  }
  for (int from = 0; from < values; from += BLOCK) {
    int to = from + BLOCK < values ? from + BLOCK : values;
    for (int f = 0; f < functions; ++f) {
      const double *x = training->inputs + (long)f * sensors, *y = training->targets + (long)f * values;
      for (int i = 0; i < sensors; ++i) {
        double own = x[i] - m.input_means[i], *row = m.product + (long)i * values;
        for (int v = from; v < to; ++v) row[v] += own * (y[v] - m.target_means[v]);
      }
    }
  }
  return m;
}

static void free_moments(moments *m) { free(m->input_means), free(m->target_means), free(m->matrix), free(m->product); }

/* Makes a [n][n], positive definite, its Cholesky factor. */
static void factorise(double *a, int n) {
  for (int j = 0; j < n; ++j) {
    for (int k = 0; k < j; ++k) a[j * n + j] -= a[j * n + k] * a[j * n + k];
    a[j * n + j] = sqrt(a[j * n + j]);
    for (int i = j + 1; i < n; ++i) {
      for (int k = 0; k < j; ++k) a[i * n + j] -= a[i * n + k] * a[j * n + k];
      a[i * n + j] /= a[j * n + j];
    }
  }
}

/* Solves a x = b in place, a given by its Cholesky factor. */
static void solve(const double *factor, double *b, int n) {
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < i; ++k) b[i] -= factor[i * n + k] * b[k];
    b[i] /= factor[i * n + i];
  }
  for (int i = n - 1; i >= 0; --i) {
    for (int k = i + 1; k < n; ++k) b[i] -= factor[k * n + i] * b[k];
    b[i] /= factor[i * n + i];
  }
}

/* Predicts for inputs [count][sensors]. */
static void predict(const moments *m, double ridge, const double *inputs, int count, double *prediction) {
  int n = m->sensors;
  double *factor = allocate((size_t)n * n), *weights = allocate((size_t)count * n), trace = 0;
  memcpy(factor, m->matrix, (size_t)n * n * sizeof *factor);
  for (int i = 0; i < n; ++i) trace += m->matrix[i * n + i];
  for (int i = 0; i < n; ++i) factor[i * n + i] += ridge * trace / n;
  factorise(factor, n);
  for (int f = 0; f < count; ++f) {
    double *own = weights + (long)f * n;
    for (int i = 0; i < n; ++i) own[i] = inputs[(long)f * n + i] - m->input_means[i];
    solve(factor, own, n);
  }
  for (int from = 0; from < m->values; from += BLOCK) {
    int to = from + BLOCK < m->values ? from + BLOCK : m->values;
    for (int f = 0; f < count; ++f) {
      double *row = prediction + (long)f * m->values;
      memcpy(row + from, m->target_means + from, (to - from) * sizeof *row);
      for (int i = 0; i < n; ++i) {
        double own = weights[(long)f * n + i];
        const double *product = m->product + (long)i * m->values;
        for (int v = from; v < to; ++v) row[v] += own * product[v];
      }
    }
  }
  free(factor), free(weights);
}

void linear_baseline(const operator_data *training, const operator_data *test, double *prediction) {
  int held = training->functions / 5, kept = training->functions - held, values = training->points * training->times;
  const double *inputs = training->inputs + (long)kept * training->points;
  const double *targets = training->targets + (long)kept * values;
  double *guess = allocate((size_t)held * values), best = 0, least = INFINITY;
  moments m = make_moments(training, kept);
  for (int power = -12; power <= 0; ++power) {
    predict(&m, pow(10, power), inputs, held, guess);
    double error = mean_relative_error(guess, targets, held, values);
    if (error < least) least = error, best = pow(10, power);
  }
  free_moments(&m);
  m = make_moments(training, training->functions);
  predict(&m, best, test->inputs, test->functions, prediction);
  free_moments(&m);
  free(guess);
}
