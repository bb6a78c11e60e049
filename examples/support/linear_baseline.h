/* What a linear map of the sensors reaches: the baseline that a network has to beat. */
#ifndef LINEAR_BASELINE_H
#define LINEAR_BASELINE_H

#include "../data/operator_data.h"

/* Ridge regression of the targets on the inputs; predicts the targets of `test`, [functions][points][times]. Of ridges
 * from 1e-12 to 1, relative to the mean variance of a sensor, it takes the one that is best on the last fifth of the
 * training functions, and then all functions. */
void linear_baseline(const operator_data *training, const operator_data *test, double *prediction);

#endif
