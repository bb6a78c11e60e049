/* Trainings, with callbacks that call back, and diagnoses. */
#include <math.h>
#include <stddef.h>

#include "calls.h"
#include "data.h"
#include "guarded.h"
#include "host.h"
#include "record.h"

/* Which training a callback belongs to. */
typedef struct training {
  int trainer;
  uint64_t seed;
} training;

/* Functions of class reader, on the handles that train. */
static void read_from_callback(const trainer_model *trainer) {
  const network_model *network = &networks[trainer->network];
  rfgsnn_status status;
  float *values;
  const float *gradient;
  const char *text;
  int64_t number, other;
  int32_t count;
  double widths[MOST_LAYERS];
  switch (below(9)) {
    case 0: status = CALL(rfgsnn_network_parameters, (network->handle, &values, &number), ""); break;
    case 1: status = CALL(rfgsnn_gradient, (trainer->handle, &gradient, &number), ""); break;
    case 2: status = CALL(rfgsnn_trainer_updates, (trainer->handle, &number), ""); break;
    case 3: status = CALL(rfgsnn_trainer_memory, (trainer->handle, &number, &other), ""); break;
    case 4: status = CALL(rfgsnn_trainer_history, (trainer->handle, 0, 0, NULL, NULL, NULL, &number), ""); break;
    case 5: status = CALL(rfgsnn_trainer_advice, (trainer->handle, &text), ""); break;
    case 6: status = CALL(rfgsnn_network_surrogate_widths, (network->handle, widths, network->layers), ""); break;
    case 7: status = CALL(rfgsnn_network_tensor_count, (network->handle, &count), ""); break;
    default: status = CALL(rfgsnn_network_memory, (network->handle, &number, &other), "");
  }
  if (status == RFGSNN_ERROR_BUSY) FINDING("a reader is refused inside the callback");
}

/* Functions of class exclusive, on the handles that train: each must be refused and change nothing. */
static void misbehave(const trainer_model *trainer) {
  const network_model *network = &networks[trainer->network];
  rfgsnn_network *clone;
  rfgsnn_state *state;
  rfgsnn_trainer *other;
  float values[1] = {0};
  double widths[1] = {1};
  rfgsnn_status status;
  int place = live_place(OPTIONS);
  switch (below(8)) {
    case 0: status = CALL(rfgsnn_trainer_free, (trainer->handle), "inside"); break;
    case 1: status = CALL(rfgsnn_network_free, (network->handle), "inside"); break;
    case 2: status = CALL(rfgsnn_update, (trainer->handle), "inside"); break;
    case 3: status = CALL(rfgsnn_perturb, (trainer->handle, -1), "inside"); break;
    case 4: status = CALL(rfgsnn_network_clone, (network->handle, &clone), "inside"); break;
    case 5: status = CALL(rfgsnn_state_create, (network->handle, 1, &state), "inside"); break;
    case 6:
      status =
          CALL(rfgsnn_trainer_create, (network->handle, all_options[place < 0 ? 0 : place].handle, &other), "inside");
      break;
    default:
      if (chance(0.5)) {
        status = CALL(rfgsnn_network_set_parameters, (network->handle, values, 1), "inside");
      } else {
        status = CALL(rfgsnn_network_set_surrogate_widths, (network->handle, widths, 1), "inside");
      }
  }
  if (status != RFGSNN_ERROR_BUSY)
    FINDING("an exclusive function inside the callback returned %s", rfgsnn_status_name(status));
}

/* How often it comes depends on the clock once a training takes longer than 0.25 s, so what it draws follows from the
 * step and does not move what comes after the training. */
static int32_t progress(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                        double seconds_left) {
  host_leaves();
  const training *own = context;
  const trainer_model *trainer = &trainers[own->trainer];
  uint64_t outer = random_swap(own->seed + (uint64_t)step);
  if (step < 1 || step > steps) FINDING("step %lld of %lld", (long long)step, (long long)steps);
  if (!isfinite(loss)) FINDING("progress is told the loss %g", loss);
  if (isinf(validation_loss)) FINDING("progress is told the validation loss %g", validation_loss);
  if (!(seconds_left >= 0) || isinf(seconds_left)) FINDING("progress is told %g seconds", seconds_left);
  inside_callback = true;
  guarded_depth(1);
  for (int64_t calls = below(4); calls > 0; --calls) {
    double kind = unit();
    if (kind < 0.5) {
      read_from_callback(trainer);
    } else if (kind < 0.75) {
      misbehave(trainer);
    } else if (kind < 0.95) {
      any_call();
    } else {
      if (chance(0.5)) {
        CALL(rfgsnn_request_stop, (trainer->handle), "inside");
      } else {
        CALL(rfgsnn_network_request_stop, (networks[trainer->network].handle), "inside");
      }
    }
  }
  guarded_depth(0);
  inside_callback = false;
  static const int32_t answers[] = {1, -1, INT32_MAX, INT32_MIN};
  int32_t answer = chance(0.95) ? 0 : answers[below(4)];
  random_swap(outer);
  host_enters(true);
  return answer;
}

void trainer_fit(void) {
  chosen used = choose_any(TRAINER);
  if (used.place < 0) return;
  trainer_model *trainer = &trainers[used.place];
  network_model *network = &networks[trainer->network];
  dataset data, validation;
  data_inputs(&data, network, random_samples(), REGION_INPUTS);
  data_targets(&data, network, REGION_TARGETS);
  data_inputs(&validation, network, random_samples(), REGION_VALIDATION_INPUTS);
  data_targets(&validation, network, REGION_VALIDATION_TARGETS);
  bool validated = chance(0.35), half = validated && chance(0.01);
  training own = {used.place, random_bits()};
  /* One training inside another one is deep enough. */
  rfgsnn_progress callback = !inside_callback && chance(0.6) ? progress : NULL;
  before seen = look(trainer->network);
  rfgsnn_status status =
      CALL(rfgsnn_fit,
           (used.handle, data.views, data.count, &data.targets.view, validated ? validation.views : NULL,
            validation.count, validated && !half ? &validation.targets.view : NULL, callback, &own),
           "t%d of n%d, %s%s", used.place, trainer->network, data_text(&data), validated ? ", validated" : "");
  bool wrong = data_broken(&data, true) || (validated && data_broken(&validation, true)) || half;
  /* A request to stop may be honoured before all arguments have been looked at. */
  expect_failure(wrong && status != RFGSNN_STOPPED_REQUEST, status);
  /* After an error the network has the parameters of the last whole step; arguments are refused before the first. */
  bool refused = wrong || status == RFGSNN_ERROR_SHAPE || status == RFGSNN_ERROR_DTYPE ||
                 status == RFGSNN_ERROR_UNSUPPORTED || status == RFGSNN_ERROR_NULL_POINTER ||
                 status == RFGSNN_ERROR_BUSY;
  compare(seen, refused ? NOTHING : PARAMETERS | WIDTHS);
  if (status != RFGSNN_ERROR_BUSY) trainer->samples = 0;
}

void trainer_diagnose(void) {
  chosen used = choose_any(TRAINER);
  if (used.place < 0) return;
  trainer_model *trainer = &trainers[used.place];
  dataset data;
  data_inputs(&data, &networks[trainer->network], random_samples(), REGION_INPUTS);
  data_targets(&data, &networks[trainer->network], REGION_TARGETS);
  static const int64_t wrong_draws[] = {0, 1, -1, 1025, INT64_MIN, INT64_MAX};
  int64_t draws = chance(0.96) ? 2 + below(4) : wrong_draws[below(6)];
  const double untouched = -7;
  double cosine = untouched, bias = untouched, variance = untouched, ratio = untouched;
  const char *reference = NULL, *advice = NULL;
  before seen = look(trainer->network);
  rfgsnn_status status =
      CALL(rfgsnn_trainer_diagnose,
           (used.handle, data.views, data.count, &data.targets.view, draws, &reference, chance(0.9) ? &cosine : NULL,
            &bias, &variance, &ratio),
           "t%d of n%d, %lld draws, %s", used.place, trainer->network, (long long)draws, data_text(&data));
  expect_failure(data_broken(&data, true) || draws < 2 || draws > 1024 || !seen.finite, status);
  compare(seen, NOTHING);
  if (status == RFGSNN_OK) {
    if (!reference) FINDING("no reference");
    if (cosine != untouched && !(isnan(cosine) || fabs(cosine) <= 1.000001)) FINDING("the cosine is %g", cosine);
    if (isinf(bias)) FINDING("the bias is %g", bias);
    if (CALL(rfgsnn_trainer_advice, (used.handle, &advice), "t%d", used.place) != RFGSNN_OK || !*advice)
      FINDING("no advice");
  } else if (reference || cosine != untouched || bias != untouched || variance != untouched || ratio != untouched) {
    FINDING("an output was written to by a call that failed");
  }
}
