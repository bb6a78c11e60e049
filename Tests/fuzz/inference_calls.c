/* Networks that are run: predict, activity, calibrate, solve. */
#include <math.h>
#include <stddef.h>

#include "calls.h"
#include "data.h"
#include "guarded.h"
#include "record.h"

/* What lists hold that are not to be written. */
static const double untouched = -7;

static double *new_list(int number, int64_t count) {
  double *list = guarded_list(number, sizeof(double) * (size_t)count);
  for (int64_t i = 0; i < count; ++i) list[i] = untouched;
  return list;
}

/* After success all fractions, after failure nothing. */
static void look_at_fractions(const double *list, int64_t count, rfgsnn_status status) {
  for (int64_t i = 0; list && i < count; ++i) {
    bool good = status == RFGSNN_OK ? list[i] >= 0 && list[i] <= 1 : list[i] == untouched;
    if (!good) FINDING("fraction %lld is %g after %s", (long long)i, list[i], rfgsnn_status_name(status));
  }
}

void network_predict(void) {
  chosen used = choose_any(NETWORK);
  if (used.place < 0) return;
  network_model *network = &networks[used.place];
  dataset data;
  data_inputs(&data, network, random_samples(), REGION_INPUTS);
  array outputs;
  int64_t extents[MOST_DIMENSIONS];
  int rank = output_extents(network, data.samples, &data.points, extents);
  /* The header forbids outputs that overlap inputs; then only the process must survive. */
  bool overlapped = chance(0.02);
  if (overlapped) {
    array_overlap(&outputs, REGION_INPUTS, rank, extents);
    data.views[0].data = guarded(REGION_INPUTS) + ((char *)data.views[0].data - guarded_read_only(REGION_INPUTS));
    if (data_broken(&data, false)) return;
  } else {
    array_make(&outputs, REGION_OUTPUTS, ARRAY_WRITTEN, rank, extents);
    array_watch(&outputs);
  }
  bool nowhere = chance(0.005);
  before seen = look(used.place);
  rfgsnn_status status =
      CALL(rfgsnn_network_predict, (used.handle, data.views, data.count, nowhere ? NULL : &outputs.view),
           "n%d %s -> %s%s", used.place, data_text(&data), array_text(&outputs), overlapped ? " overlapping" : "");
  expect_failure(data_broken(&data, false) || outputs.broken || nowhere || !seen.finite, status);
  /* A prediction that is cancelled may have filled the outputs of some samples. */
  array_outcome expected = status == RFGSNN_OK                ? ARRAY_FILLED
                           : status == RFGSNN_ERROR_CANCELLED ? ARRAY_PARTLY_FILLED
                                                              : ARRAY_UNTOUCHED;
  const char *complaint = overlapped ? NULL : array_complaint(&outputs, expected);
  if (complaint) FINDING("%s", complaint);
  compare(seen, NOTHING);
}

void network_activity(void) {
  chosen used = choose_any(NETWORK);
  if (used.place < 0) return;
  network_model *network = &networks[used.place];
  dataset data;
  data_inputs(&data, network, random_samples(), REGION_INPUTS);
  int64_t layers = network->layers, count = chance(0.02) ? layers + between(-2, 2) : layers;
  double *rates = new_list(0, layers), *dead = new_list(1, layers), *saturated = new_list(2, layers);
  if (chance(0.1)) rates = NULL;
  if (chance(0.2)) dead = NULL;
  before seen = look(used.place);
  rfgsnn_status status;
  bool wrong = data_broken(&data, false) || count != layers || !seen.finite;
  if (chance(0.4)) {
    status = CALL(rfgsnn_network_firing_rates, (used.handle, data.views, data.count, rates, count), "n%d %s",
                  used.place, data_text(&data));
    wrong = wrong || !rates;
  } else {
    status = CALL(rfgsnn_network_activity, (used.handle, data.views, data.count, rates, dead, saturated, count),
                  "n%d %s", used.place, data_text(&data));
    look_at_fractions(dead, layers, status);
    look_at_fractions(saturated, layers, status);
  }
  expect_failure(wrong, status);
  look_at_fractions(rates, layers, status);
  compare(seen, NOTHING);
}

void network_calibrate(void) {
  chosen used = choose_any(NETWORK);
  if (used.place < 0) return;
  network_model *network = &networks[used.place];
  dataset data;
  data_inputs(&data, network, random_samples(), REGION_INPUTS);
  before seen = look(used.place);
  rfgsnn_status status;
  bool wrong = data_broken(&data, false);
  if (chance(0.5)) {
    status =
        CALL(rfgsnn_network_calibrate, (used.handle, data.views, data.count), "n%d %s", used.place, data_text(&data));
    expect_failure(wrong || !seen.finite, status);
    compare(seen, status == RFGSNN_OK ? PARAMETERS : NOTHING);
    return;
  }
  static const char *const kinds[] = {"none", "minmax", "standard", "Minmax", "", "\xff", NULL};
  const char *kind = kinds[chance(0.97) ? below(3) : below(7)];
  bool with_targets = chance(0.7);
  data_targets(&data, network, REGION_TARGETS);
  status = CALL(rfgsnn_network_fit_scaling,
                (used.handle, kind, data.views, data.count, with_targets ? &data.targets.view : NULL), "n%d %s %s",
                used.place, kind ? kind : "NULL", data_text(&data));
  expect_failure(data_broken(&data, with_targets) || !kind || (kind[0] != 'n' && kind[0] != 'm' && kind[0] != 's'),
                 status);
  compare(seen, status == RFGSNN_OK ? SCALING : NOTHING);
}

void network_solve(void) {
  chosen used = choose_any(NETWORK);
  if (used.place < 0) return;
  network_model *network = &networks[used.place];
  dataset data;
  data_inputs(&data, network, random_samples(), REGION_INPUTS);
  data_targets(&data, network, REGION_TARGETS);
  double lambda = chance(0.3) ? 0 : chance(0.9) ? pow(10, -14 * unit()) : random_value(random_kind());
  double loss = untouched, used_lambda = untouched;
  bool wanted = chance(0.9);
  before seen = look(used.place);
  rfgsnn_status status =
      CALL(rfgsnn_network_solve_readout,
           (used.handle, data.views, data.count, &data.targets.view, lambda, wanted ? &loss : NULL, &used_lambda),
           "n%d lambda %g, %s", used.place, lambda, data_text(&data));
  expect_failure(data_broken(&data, true) || !isfinite(lambda) || lambda < 0 || !seen.finite, status);
  if (status == RFGSNN_OK) {
    if (wanted && !(isfinite(loss) && loss >= 0)) FINDING("the loss is %g", loss);
    if (!(isfinite(used_lambda) && used_lambda >= 0)) FINDING("the chosen lambda is %g", used_lambda);
  } else if (loss != untouched || used_lambda != untouched) {
    FINDING("an output was written to by a call that failed");
  }
  compare(seen, status == RFGSNN_OK ? PARAMETERS : NOTHING);
}
