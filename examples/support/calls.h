/* What every program around the C interface needs: views of arrays, a check of each call, a line of progress. */
#ifndef CALLS_H
#define CALLS_H

#include "rfgsnn.h"

/* A view of doubles in C order with the extents that follow; it lives as long as the block. */
#define SHAPE(...) ((int64_t[]){__VA_ARGS__})
#define RANK(...) (sizeof SHAPE(__VA_ARGS__) / sizeof(int64_t))
#define VIEW(values, ...) \
  ((rfgsnn_array){(values), {1, 0}, RANK(__VA_ARGS__), {2, 64, 1}, SHAPE(__VA_ARGS__), NULL, 0})

/* Ends the program with the library's sentence if a call failed. */
void require(rfgsnn_status status);

/* Prints steps, losses and the time left on one line; for rfgsnn_fit. */
int32_t show_progress(
    void *context, int64_t step, int64_t steps, double loss, double validation_loss, double seconds_left);

/* Seconds since the first call. */
double seconds(void);

#endif
