/* Relative L2 errors of predicted functions. */
#ifndef ERRORS_H
#define ERRORS_H

#include "../data/operator_data.h"

/* The mean over functions of the error's norm over the target's; both [functions][values]. */
double mean_relative_error(const double *prediction, const double *targets, int functions, int values);

/* The norm of all errors over that of all targets. */
double global_relative_error(const double *prediction, const double *targets, int functions, int values);

/* Prints the heading of a table of results for a problem, and a line of it: both errors, and seconds. */
void print_heading(const char *problem, const operator_data *test);
void print_errors(const char *method, const operator_data *test, const double *prediction, double seconds);

#endif
