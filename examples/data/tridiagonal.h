/* Tridiagonal systems. */
#ifndef TRIDIAGONAL_H
#define TRIDIAGONAL_H

/* Solves a system with `beside` in all places beside the diagonal, by elimination without pivots (Thomas algorithm):
 * stable where the matrix is diagonally dominant. The diagonal is overwritten, the right-hand side becomes the
 * solution. */
static inline void solve_tridiagonal(int unknowns, double *diagonal, double beside, double *right) {
  for (int row = 1; row < unknowns; ++row) {
    double factor = beside / diagonal[row - 1];
    diagonal[row] -= factor * beside;
    right[row] -= factor * right[row - 1];
  }
  right[unknowns - 1] /= diagonal[unknowns - 1];
  for (int row = unknowns - 2; row >= 0; --row) right[row] = (right[row] - beside * right[row + 1]) / diagonal[row];
}

#endif
