/* A reaction-diffusion equation: the 3-point stencil in space; in time the trapezoidal rule with the reaction
 * linearised about the last step, one tridiagonal solve per step.
 */
#include <stdlib.h>
#include <string.h>

#include "gaussian_process.h"
#include "operator_data.h"
#include "tridiagonal.h"

static const double DIFFUSION = 0.01, REACTION = 0.01;
enum { LEAST_INTERVALS = 127, LEAST_STEPS = 254 }; /* of the solver's grid */

operator_data make_reaction_diffusion(int functions, uint32_t seed, int points, int times) {
  int refinement = (LEAST_INTERVALS + points - 2) / (points - 1), substeps = (LEAST_STEPS + times - 2) / (times - 1);
  int fine = (points - 1) * refinement + 1, steps = (times - 1) * substeps;
  operator_data data = {functions, points, times, allocate((size_t)functions * points),
                        allocate((size_t)functions * points * times), allocate(points), allocate(times)};
  double *x = allocate(fine), *sources = allocate((size_t)functions * fine);
  double *u = allocate(fine), *velocity = allocate(fine), *diagonal = allocate(fine);
  double step = 1.0 / steps, rate = DIFFUSION * (fine - 1.0) * (fine - 1.0), beside = -step / 2 * rate;
  uniform_grid(0, 1, points, data.x);
  uniform_grid(0, 1, times, data.t);
  uniform_grid(0, 1, fine, x);
  gaussian_process(x, fine, functions, seed, 0.2, sources);
  for (int f = 0; f < functions; ++f) {
    const double *source = sources + (size_t)f * fine;
    double *field = data.targets + (size_t)f * points * times;
    for (int p = 0; p < points; ++p) data.inputs[(size_t)f * points + p] = source[p * refinement];
    memset(u, 0, fine * sizeof *u);
    for (int p = 0; p < points; ++p) field[p * times] = 0;
    for (int index = 1; index <= steps; ++index) {
      for (int p = 1; p < fine - 1; ++p) {
        velocity[p] = rate * (u[p + 1] - 2 * u[p] + u[p - 1]) + REACTION * u[p] * u[p] + source[p];
        diagonal[p] = 1 - 2 * beside - step / 2 * (2 * REACTION * u[p]);
      }
      solve_tridiagonal(fine - 2, diagonal + 1, beside, velocity + 1);
      for (int p = 1; p < fine - 1; ++p) u[p] += step * velocity[p];
      if (index % substeps) continue;
      for (int p = 0; p < points; ++p) field[p * times + index / substeps] = u[p * refinement];
    }
  }
  free(x), free(sources), free(u), free(velocity), free(diagonal);
  return data;
}
