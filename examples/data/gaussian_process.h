/* Smooth random functions: a Gaussian process with mean 0, variance 1 and the RBF kernel. */
#ifndef GAUSSIAN_PROCESS_H
#define GAUSSIAN_PROCESS_H

#include <stdint.h>

/* Draws functions at x, which ascends, from the kernel exp(-(x - x')^2 / (2 length^2)); values [functions][points]. */
void gaussian_process(const double *x, int points, int functions, uint32_t seed, double length, double *values);

/* Fills x [points] with a uniform grid from low to high, both included. */
void uniform_grid(double low, double high, int points, double *x);

#endif
