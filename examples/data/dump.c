/* Writes the inputs and the targets of a data set as raw doubles, to be compared with Python's:
 * dump poisson|burgers|reaction_diffusion FUNCTIONS SEED POINTS [TIMES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operator_data.h"

int main(int count, char **words) {
  if (count < 5) {
    fprintf(stderr, "usage: dump poisson|burgers|reaction_diffusion FUNCTIONS SEED POINTS [TIMES]\n");
    return EXIT_FAILURE;
  }
  int functions = atoi(words[2]), points = atoi(words[4]);
  uint32_t seed = (uint32_t)strtoul(words[3], NULL, 10);
  operator_data data;
  if (strcmp(words[1], "poisson") == 0) {
    data = make_poisson(functions, seed, points);
  } else if (strcmp(words[1], "burgers") == 0) {
    data = make_burgers(functions, seed, points);
  } else {
    data = make_reaction_diffusion(functions, seed, points, count > 5 ? atoi(words[5]) : 2);
  }
  fwrite(data.inputs, sizeof(double), (size_t)data.functions * data.points, stdout);
  fwrite(data.targets, sizeof(double), (size_t)data.functions * data.points * data.times, stdout);
  free_operator_data(&data);
  return EXIT_SUCCESS;
}
