/* The data of an operator on functions of x, as rfgsnn.data makes it: the same laws, seeds and solvers as Python's,
 * and the same numbers within 1e-12 of the largest one (scripts/check-example-data.py compares them all).
 */
#ifndef OPERATOR_DATA_H
#define OPERATOR_DATA_H

#include <stddef.h>
#include <stdint.h>

typedef struct operator_data {
  int functions, points, times; /* times is 1 where the solution does not depend on t */
  double *inputs;               /* input functions at the sensors, which are x; [functions][points] */
  double *targets;              /* output functions; [functions][points][times] */
  double *x;                    /* [points] */
  double *t;                    /* [times]; NULL where times is 1 */
} operator_data;

/* f -> u with -u'' = f on [-1, 1], u(-1) = u(1) = 0; f a Gaussian process of length 1. At least 3 points. */
operator_data make_poisson(int functions, uint32_t seed, int points);

/* u(x, 0) -> u(x, 1) with u_t + u u_x = 0.01 u_xx of period 1; points is a power of 2. */
operator_data make_burgers(int functions, uint32_t seed, int points);

/* f -> u(x, t) with u_t = 0.01 u_xx + 0.01 u^2 + f(x) on [0, 1]^2, zero at x = 0, 1 and t = 0; f a Gaussian process
 * of length 0.2. At least 2 points and times. */
operator_data make_reaction_diffusion(int functions, uint32_t seed, int points, int times);

void free_operator_data(operator_data *data);

/* Memory for `count` doubles, or the end of the program. */
double *allocate(size_t count);

#endif
