/* What the tests of operator networks are about: functions a + b x at sensors, points, networks and trainers. */
#ifndef OPERATOR_FIXTURE_H
#define OPERATOR_FIXTURE_H

#include <stdbool.h>

#include "rfgsnn.h"

enum { FUNCTIONS = 24, SENSORS = 5, POINTS = 6, WIDE = 4, HIGH = 3, FIELDS = 2 };

extern double sensors[FUNCTIONS][SENSORS];
extern double points[POINTS], own_points[FUNCTIONS][POINTS];
extern double axis_0[WIDE], axis_1[HIGH];

/* Fills them. */
void make_data(void);

/* The integral of function f from 0 to x. */
double integral(int f, double x);

/* A small operator network on one thread; `words` say which, as for options_of. */
rfgsnn_network *network_of(const char *words);
rfgsnn_trainer *trainer_of(rfgsnn_network *network, const char *words);

#endif
