/* The Poisson equation on an interval, solved by the 3-point stencil. */
#include <stdlib.h>

#include "gaussian_process.h"
#include "operator_data.h"
#include "tridiagonal.h"

operator_data make_poisson(int functions, uint32_t seed, int points) {
  size_t count = (size_t)functions * points;
  operator_data data = {functions, points, 1, allocate(count), allocate(count), allocate(points), NULL};
  double h = 2.0 / (points - 1), *diagonal = allocate(points);
  uniform_grid(-1, 1, points, data.x);
  gaussian_process(data.x, points, functions, seed, 1, data.inputs);
  for (int f = 0; f < functions; ++f) {
    const double *source = data.inputs + (size_t)f * points;
    double *u = data.targets + (size_t)f * points;
    for (int p = 0; p < points; ++p) {
      diagonal[p] = 2;
      u[p] = h * h * source[p];
    }
    u[0] = u[points - 1] = 0;
    solve_tridiagonal(points - 2, diagonal, -1, u + 1);
  }
  free(diagonal);
  return data;
}
