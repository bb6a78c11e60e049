#include "operator_data.h"

#include <stdio.h>
#include <stdlib.h>

double *allocate(size_t count) {
  double *memory = malloc(count * sizeof *memory);
  if (memory) return memory;
  fprintf(stderr, "not enough memory for %zu numbers\n", count);
  exit(EXIT_FAILURE);
}

void free_operator_data(operator_data *data) {
  free(data->inputs), free(data->targets), free(data->x), free(data->t);
}
