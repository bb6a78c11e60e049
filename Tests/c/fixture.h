/* What the tests are about: small networks, their trainers, and data. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "rfgsnn.h"

/* A view of numbers in C order; the shape lives as long as the block. */
#define SHAPE(...) ((int64_t[]){__VA_ARGS__})
#define RANK(...) ((int32_t)(sizeof SHAPE(__VA_ARGS__) / sizeof(int64_t)))
#define DOUBLES(data, ...) view((data), 64, RANK(__VA_ARGS__), SHAPE(__VA_ARGS__))
#define FLOATS(data, ...) view((data), 32, RANK(__VA_ARGS__), SHAPE(__VA_ARGS__))

rfgsnn_array view(void *data, uint8_t bits, int32_t rank, int64_t *shape);

/* Options from words such as "inputs=2 hidden=8,8 loss=mse". Exits if one is refused. */
rfgsnn_options *options_of(const char *words);

/* Sets more of them. */
void set_options(rfgsnn_options *options, const char *words);

/* Samples of a smooth function of two inputs, with two outputs. */
enum { SAMPLES = 40, INPUTS = 2, OUTPUTS = 2 };

typedef struct fixture {
  rfgsnn_options *options;
  rfgsnn_network *network;
  rfgsnn_trainer *trainer;
  double x[SAMPLES][INPUTS];
  double y[SAMPLES][OUTPUTS];
  int64_t x_shape[2], y_shape[2];
  rfgsnn_array inputs, targets;
} fixture;

/* A network of 2 inputs, hidden layers of 7 and 5 neurons, 2 outputs and 6 time steps on one thread, and a
 * trainer of 20 steps; `words` change that. Exits if it cannot be had. */
fixture *fixture_make(const char *words);
void fixture_free(fixture *fixture);

/* A view of the network's parameters, and their number. */
float *parameters_of(rfgsnn_network *network);
int64_t parameter_count(rfgsnn_network *network);

/* A copy of them, to be freed. */
float *copy_parameters(rfgsnn_network *network);

int64_t memory_held(void);

#endif
