/* White noise that a Gaussian smooths: f(x) = sum_j w_j exp(-((x - j h) / length)^2), w_j ~ N(0, sqrt(2 / pi) h /
 * length), h = length / 3. Unlike the Cholesky factor of the kernel matrix, whose condition number is above 1e16, it
 * needs no jitter, so that a seed fixes the functions.
 */
#include "gaussian_process.h"

#include <math.h>
#include <stdlib.h>

#include "operator_data.h"
#include "random_numbers.h"

void gaussian_process(const double *x, int points, int functions, uint32_t seed, double length, double *values) {
  const double pi = 3.14159265358979323846, spacing = length / 3, reach = 5 * length;
  int first = (int)floor((x[0] - reach) / spacing), last = (int)ceil((x[points - 1] + reach) / spacing);
  int centres = last - first + 1;
  double deviation = sqrt(sqrt(2 / pi) / 3);
  double *weights = allocate((size_t)functions * centres), *bumps = allocate((size_t)centres * points);
  standard_normal(seed, weights, (size_t)functions * centres);
  for (int j = 0; j < centres; ++j) {
    for (int p = 0; p < points; ++p) {
      double distance = (x[p] - (first + j) * spacing) / length;
      bumps[(size_t)j * points + p] = deviation * exp(-distance * distance);
    }
  }
  for (int f = 0; f < functions; ++f) {
    double *row = values + (size_t)f * points;
    for (int p = 0; p < points; ++p) row[p] = 0;
    for (int j = 0; j < centres; ++j) {
      double weight = weights[(size_t)f * centres + j];
      for (int p = 0; p < points; ++p) row[p] += weight * bumps[(size_t)j * points + p];
    }
  }
  free(weights), free(bumps);
}

void uniform_grid(double low, double high, int points, double *x) {
  for (int p = 0; p < points; ++p) x[p] = low + p * ((high - low) / (points - 1));
  x[points - 1] = high;
}
