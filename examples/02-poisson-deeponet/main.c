/* A spiking DeepONet learns the Poisson equation, from the source f to the solution u, without back-propagation.
 *
 * usage: 02-poisson-deeponet [FOLDER [--quick]]
 *
 * Writes functions.svg and predictions.csv into the folder. `--quick` takes few steps, to test the program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../data/operator_data.h"
#include "../support/calls.h"
#include "../support/errors.h"
#include "../support/linear_baseline.h"
#include "../support/picture.h"

enum { TRAINING = 1000, VALIDATION = 200, TEST = 200, POINTS = 51 };
enum { STEPS = 1500, QUICK_STEPS = 60, PICTURED = 4 };

/* All settings of network and training that are not the library's own. */
static void choose(rfgsnn_options *options, int quick) {
  require(rfgsnn_options_set_string(options, "architecture", "deeponet"));
  require(rfgsnn_options_set_int(options, "inputs", POINTS));
  require(rfgsnn_options_set_int(options, "outputs", 1));
  require(rfgsnn_options_set_ints(options, "hidden", SHAPE(256, 256), 2));
  require(rfgsnn_options_set_int(options, "latent", 16));
  require(rfgsnn_options_set_int(options, "time_steps", 32));
  require(rfgsnn_options_set_string(options, "readout", "tapered")); /* spikes at both ends of time count little */
  require(rfgsnn_options_set_float(options, "readout_gain", 0.1));
  require(rfgsnn_options_set_float(options, "first_current", 0.25)); /* of the calibration; smooth inputs: small ones */
  require(rfgsnn_options_set_float(options, "hidden_current", 0.5));
  require(rfgsnn_options_set_float(options, "bias_current", 0.7));

  require(rfgsnn_options_set_string(options, "estimator", "weight_mirror"));
  require(rfgsnn_options_set_string(options, "trunks", "held")); /* once solved for: modes of the targets */
  require(rfgsnn_options_set_string(options, "branch_start", "kept"));
  require(rfgsnn_options_set_string(options, "readout_solve", "both"));
  require(rfgsnn_options_set_float(options, "learning_rate", 0.003));
  require(rfgsnn_options_set_int(options, "batch_size", 100));
  require(rfgsnn_options_set_int(options, "steps", quick ? QUICK_STEPS : STEPS));
}

int main(int count, char **words) {
  const char *folder = count > 1 ? words[1] : ".";
  int quick = count > 2 && strcmp(words[2], "--quick") == 0;
  char path[4096];
  operator_data training = make_poisson(TRAINING, 1, POINTS), test = make_poisson(TEST, 2, POINTS);
  operator_data validation = make_poisson(VALIDATION, 3, POINTS);
  double *prediction = allocate((size_t)TEST * POINTS);

  /* A DeepONet takes functions at the sensors, and points that all functions share. */
  rfgsnn_array inputs[2] = {VIEW(training.inputs, TRAINING, POINTS), VIEW(training.x, POINTS)};
  rfgsnn_array held_inputs[2] = {VIEW(validation.inputs, VALIDATION, POINTS), VIEW(validation.x, POINTS)};
  rfgsnn_array test_inputs[2] = {VIEW(test.inputs, TEST, POINTS), VIEW(test.x, POINTS)};
  rfgsnn_array targets = VIEW(training.targets, TRAINING, POINTS);
  rfgsnn_array held_targets = VIEW(validation.targets, VALIDATION, POINTS);
  rfgsnn_array outputs = VIEW(prediction, TEST, POINTS);

  rfgsnn_options *options;
  rfgsnn_network *network, *untrained;
  rfgsnn_trainer *trainer;
  require(rfgsnn_options_create(&options));
  choose(options, quick);
  require(rfgsnn_network_create(options, &network));
  require(rfgsnn_network_fit_scaling(network, "standard", inputs, 2, &targets));
  require(rfgsnn_network_calibrate(network, inputs, 2));
  require(rfgsnn_network_clone(network, &untrained));
  require(rfgsnn_trainer_create(network, options, &trainer));
  printf("rfgsnn %s, kernels for %s\n", rfgsnn_version(), rfgsnn_instruction_set());

  double start = seconds();
  require(rfgsnn_fit(trainer, inputs, 2, &targets, held_inputs, 2, &held_targets, show_progress, NULL));
  double training_seconds = seconds() - start;

  print_heading("Poisson equation", &test);
  start = seconds();
  linear_baseline(&training, &test, prediction);
  print_errors("linear regression", &test, prediction, seconds() - start);
  start = seconds();
  require(rfgsnn_network_solve_readout(untrained, inputs, 2, &targets, 0, NULL, NULL));
  double solving_seconds = seconds() - start;
  require(rfgsnn_network_predict(untrained, test_inputs, 2, &outputs));
  print_errors("untrained layers, closed-form readouts", &test, prediction, solving_seconds);
  require(rfgsnn_network_predict(network, test_inputs, 2, &outputs));
  print_errors("trained by a weight mirror", &test, prediction, training_seconds);

  snprintf(path, sizeof path, "%s/functions.svg", folder);
  draw_functions(path, &test, prediction, PICTURED);
  snprintf(path, sizeof path, "%s/predictions.csv", folder);
  write_predictions(path, &test, prediction, TEST);
  printf("written: functions.svg and predictions.csv in %s\n", folder);

  require(rfgsnn_trainer_free(trainer));
  require(rfgsnn_network_free(untrained));
  require(rfgsnn_network_free(network));
  require(rfgsnn_options_free(options));
  free_operator_data(&training), free_operator_data(&validation), free_operator_data(&test), free(prediction);
  return EXIT_SUCCESS;
}
