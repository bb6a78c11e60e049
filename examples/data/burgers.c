/* The viscous Burgers equation with period 1: pseudo-spectral in space with the modes k < points / 3, which keeps the
 * product free of aliasing; in time a Runge-Kutta method of order 4 with integrating factors for diffusion and for the
 * transport by the mean.
 */
#include <math.h>
#include <stdlib.h>

#include "operator_data.h"
#include "random_numbers.h"

static const double PI = 3.14159265358979323846, VISCOSITY = 0.01;
enum { MODES = 40, LEAST_POINTS = 128, STEPS = 200 };

/* Fourier coefficients of real functions on a grid of `points`, those of the modes k < kept. */
typedef struct spectral {
  int points, kept;
  double *cosines, *sines; /* of 2 pi j / points, j < points / 2 */
  double *real, *imaginary;
} spectral;

typedef struct number {
  double re, im;
} number;

/* The sums over j of (real + i imaginary)[j] exp(sign 2 pi i j k / points), in place. */
static void transform(spectral *s, int sign) {
  double *re = s->real, *im = s->imaginary;
  for (int i = 1, j = 0; i < s->points; ++i) { /* the order of reversed bits */
    int bit = s->points >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    double swap = re[i];
    re[i] = re[j], re[j] = swap;
    swap = im[i];
    im[i] = im[j], im[j] = swap;
  }
  for (int half = 1; half < s->points; half *= 2) {
    for (int k = 0; k < half; ++k) {
      double c = s->cosines[s->points / (2 * half) * k], d = sign * s->sines[s->points / (2 * half) * k];
      for (int i = k; i < s->points; i += 2 * half) {
        int j = i + half;
        double x = c * re[j] - d * im[j], y = c * im[j] + d * re[j];
        re[j] = re[i] - x, im[j] = im[i] - y;
        re[i] += x, im[i] += y;
      }
    }
  }
}

static void to_points(spectral *s, const number *w) {
  for (int k = 0; k < s->points; ++k) s->real[k] = s->imaginary[k] = 0;
  s->real[0] = w[0].re / s->points;
  for (int k = 1; k < s->kept; ++k) {
    s->real[k] = s->real[s->points - k] = w[k].re / s->points;
    s->imaginary[k] = w[k].im / s->points, s->imaginary[s->points - k] = -w[k].im / s->points;
  }
  transform(s, 1);
}

/* step * (-w^2 / 2)_x. */
static void advance(spectral *s, double step, const number *w, number *change) {
  to_points(s, w);
  for (int p = 0; p < s->points; ++p) s->real[p] *= s->real[p], s->imaginary[p] = 0;
  transform(s, -1);
  for (int k = 0; k < s->kept; ++k) {
    double factor = step * PI * k; /* half the wave number */
    change[k].re = factor * s->imaginary[k], change[k].im = -factor * s->real[k];
  }
}

static number times(number a, number b) {
  number product = {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  return product;
}

/* a + factor * b */
static number plus(number a, double factor, number b) {
  number sum = {a.re + factor * b.re, a.im + factor * b.im};
  return sum;
}

/* Takes u [points] from time 0 to 1; `room` is for 8 * kept numbers. */
static void solve(spectral *s, double *u, number *room) {
  int kept = s->kept;
  number *w = room, *half = w + kept, *full = half + kept, *stage = full + kept;
  number *first = stage + kept, *second = first + kept, *third = second + kept, *fourth = third + kept;
  double mean = 0, step = 1.0 / STEPS;
  for (int p = 0; p < s->points; ++p) mean += u[p] / s->points;
  for (int p = 0; p < s->points; ++p) s->real[p] = u[p] - mean, s->imaginary[p] = 0;
  transform(s, -1);
  for (int k = 0; k < kept; ++k) {
    double wave = 2 * PI * k, decay = exp(-step / 2 * VISCOSITY * wave * wave), turn = -step / 2 * wave * mean;
    w[k].re = s->real[k], w[k].im = s->imaginary[k];
    half[k].re = decay * cos(turn), half[k].im = decay * sin(turn);
    full[k] = times(half[k], half[k]);
  }
  for (int index = 0; index < STEPS; ++index) {
    advance(s, step, w, first);
    for (int k = 0; k < kept; ++k) stage[k] = times(half[k], plus(w[k], 0.5, first[k]));
    advance(s, step, stage, second);
    for (int k = 0; k < kept; ++k) stage[k] = plus(times(half[k], w[k]), 0.5, second[k]);
    advance(s, step, stage, third);
    for (int k = 0; k < kept; ++k) stage[k] = plus(times(full[k], w[k]), 1, times(half[k], third[k]));
    advance(s, step, stage, fourth);
    for (int k = 0; k < kept; ++k) {
      number middle = times(half[k], plus(second[k], 1, third[k]));
      w[k] = times(full[k], plus(w[k], 1.0 / 6, first[k]));
      w[k] = plus(plus(w[k], 1.0 / 3, middle), 1.0 / 6, fourth[k]);
    }
  }
  to_points(s, w);
  for (int p = 0; p < s->points; ++p) u[p] = s->real[p] + mean;
}

operator_data make_burgers(int functions, uint32_t seed, int points) {
  int refinement = (LEAST_POINTS + points - 1) / points, fine = points * refinement;
  size_t count = (size_t)functions * points;
  operator_data data = {functions, points, 1, allocate(count), allocate(count), allocate(points), NULL};
  spectral s = {fine, (fine + 2) / 3, allocate(fine / 2), allocate(fine / 2), allocate(fine), allocate(fine)};
  double *u = allocate(fine), *coefficients = allocate((size_t)functions * 2 * MODES);
  double *waves = allocate((size_t)2 * MODES * fine);
  number *room = (number *)allocate((size_t)2 * 8 * s.kept);
  for (int p = 0; p < points; ++p) data.x[p] = (double)p / points;
  for (int j = 0; j < fine / 2; ++j) s.cosines[j] = cos(2 * PI * j / fine), s.sines[j] = sin(2 * PI * j / fine);
  for (int k = 0; k < MODES; ++k) {
    double damping = 2 * PI * k * 2 * PI * k + 25, amplitude = 625 / (damping * damping) / sqrt(2);
    for (int p = 0; p < fine; ++p) {
      waves[(size_t)k * fine + p] = amplitude * cos(2 * PI * k * p / fine);
      waves[(size_t)(MODES + k) * fine + p] = amplitude * sin(2 * PI * k * p / fine);
    }
  }
  standard_normal(seed, coefficients, (size_t)functions * 2 * MODES);
  for (int f = 0; f < functions; ++f) {
    for (int p = 0; p < fine; ++p) u[p] = 0;
    for (int k = 0; k < 2 * MODES; ++k) {
      double coefficient = coefficients[(size_t)f * 2 * MODES + k];
      for (int p = 0; p < fine; ++p) u[p] += coefficient * waves[(size_t)k * fine + p];
    }
    for (int p = 0; p < points; ++p) data.inputs[(size_t)f * points + p] = u[p * refinement];
    solve(&s, u, room);
    for (int p = 0; p < points; ++p) data.targets[(size_t)f * points + p] = u[p * refinement];
  }
  free(s.cosines), free(s.sines), free(s.real), free(s.imaginary);
  free(u), free(coefficients), free(waves), free(room);
  return data;
}
