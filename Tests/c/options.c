/* Options, versions and names: what is refused, and with which sentence. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

static rfgsnn_options *options;

static void versions_and_names(void) {
  group("versions are told, and a program of another ABI is turned away");
  CHECK_EQUAL(rfgsnn_abi_version(), RFGSNN_ABI_MAJOR * 65536 + RFGSNN_ABI_MINOR);
  CHECK_TEXT(rfgsnn_version(), RFGSNN_VERSION);
  CHECK(strstr(rfgsnn_build_info(), RFGSNN_VERSION) != NULL);
  CHECK(strlen(rfgsnn_instruction_set()) > 0);
  CHECK_TEXT(rfgsnn_last_error(), "");
  OK(rfgsnn_require_abi(RFGSNN_ABI_MAJOR, RFGSNN_ABI_MINOR));
  REFUSED(RFGSNN_ERROR_ABI, rfgsnn_require_abi(RFGSNN_ABI_MAJOR + 1, 0), "major", "2.0", "1.0", "install");
  REFUSED(RFGSNN_ERROR_ABI, rfgsnn_require_abi(RFGSNN_ABI_MAJOR, RFGSNN_ABI_MINOR + 1), "minor", "1.1");
  REFUSED(RFGSNN_ERROR_ABI, rfgsnn_require_abi(RFGSNN_ABI_MAJOR, -1), "minor", "1.-1");
  REFUSED(RFGSNN_ERROR_ABI, rfgsnn_require_abi(INT32_MIN, INT32_MAX), "major");

  group("every status has its name");
  CHECK_TEXT(rfgsnn_status_name(RFGSNN_OK), "RFGSNN_OK");
  CHECK_TEXT(rfgsnn_status_name(RFGSNN_STOPPED_REQUEST), "RFGSNN_STOPPED_REQUEST");
  CHECK_TEXT(rfgsnn_status_name(RFGSNN_ERROR_CANCELLED), "RFGSNN_ERROR_CANCELLED");
  for (int status = RFGSNN_ERROR_CANCELLED; status <= RFGSNN_STOPPED_REQUEST; ++status) {
    CHECK(strncmp(rfgsnn_status_name((rfgsnn_status)status), "RFGSNN_", 7) == 0);
  }
  CHECK_TEXT(rfgsnn_status_name((rfgsnn_status)6), "unknown status");
  CHECK_TEXT(rfgsnn_status_name((rfgsnn_status)INT_MIN), "unknown status");
}

static void descriptions(void) {
  group("every option is described, and takes its default");
  CHECK(rfgsnn_option_count() > 0);
  for (int32_t index = 0; index < rfgsnn_option_count(); ++index) {
    const char *key, *default_value, *range, *doc;
    rfgsnn_option_type type;
    OK(rfgsnn_option_describe(index, &key, &type, &default_value, &range, &doc));
    CHECK(strlen(key) > 0 && strlen(range) > 0 && strlen(doc) > 0);
    if (strlen(default_value) == 0) continue;
    if (type == RFGSNN_OPTION_INT) OK(rfgsnn_options_set_int(options, key, atoll(default_value)));
    if (type == RFGSNN_OPTION_FLOAT) OK(rfgsnn_options_set_float(options, key, atof(default_value)));
    if (type == RFGSNN_OPTION_STRING) OK(rfgsnn_options_set_string(options, key, default_value));
  }
  OK(rfgsnn_option_describe(0, NULL, NULL, NULL, NULL, NULL));
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_option_describe(-1, NULL, NULL, NULL, NULL, NULL), "index", "-1");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE,
          rfgsnn_option_describe(rfgsnn_option_count(), NULL, NULL, NULL, NULL, NULL), "index",
          "between 0 and");
}

static void unknown_keys(void) {
  group("an unknown key is refused, and the nearest one named");
  REFUSED(RFGSNN_ERROR_UNKNOWN_OPTION, rfgsnn_options_set_float(options, "learning_rat", 0.1), "key",
          "\"learning_rat\"", "did you mean \"learning_rate\"");
  REFUSED(RFGSNN_ERROR_UNKNOWN_OPTION, rfgsnn_options_set_string(options, "optimiser", "adam"),
          "\"optimizer\"");
  REFUSED(RFGSNN_ERROR_UNKNOWN_OPTION, rfgsnn_options_set_int(options, "time-steps", 4), "\"time_steps\"");
  REFUSED(RFGSNN_ERROR_UNKNOWN_OPTION, rfgsnn_options_set_ints(options, "hiden", SHAPE(4), 1), "\"hidden\"");
  REFUSED(RFGSNN_ERROR_UNKNOWN_OPTION, rfgsnn_options_set_int(options, "", 1), "key", "\"\"");
  REFUSED(RFGSNN_ERROR_UNKNOWN_OPTION, rfgsnn_options_set_int(options, "SEED", 1), "key", "\"SEED\"");
  REFUSED(RFGSNN_ERROR_UNKNOWN_OPTION, rfgsnn_options_set_int(options, "seed\xff", 1), "key", "UTF-8");
  char endless[10001];
  memset(endless, 'x', 10000);
  endless[10000] = '\0';
  REFUSED(RFGSNN_ERROR_UNKNOWN_OPTION, rfgsnn_options_set_int(options, endless, 1), "key", "longer than");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_string(options, "loss", endless), "longer than");
  REFUSED(RFGSNN_ERROR_NULL_POINTER, rfgsnn_options_set_int(options, NULL, 1), "key", "NULL");
  REFUSED(RFGSNN_ERROR_NULL_POINTER, rfgsnn_options_set_string(options, "loss", NULL), "value", "NULL");
  REFUSED(RFGSNN_ERROR_NULL_POINTER, rfgsnn_options_set_ints(options, "hidden", NULL, 2), "values", "NULL");
  REFUSED(RFGSNN_ERROR_NULL_POINTER, rfgsnn_options_set_int(NULL, "seed", 1), "options", "NULL",
          "rfgsnn_options_create");
}

static void types(void) {
  group("a value of the wrong type is refused, and the right setter named");
  REFUSED(RFGSNN_ERROR_DTYPE, rfgsnn_options_set_int(options, "loss", 1), "loss",
          "rfgsnn_options_set_string");
  REFUSED(RFGSNN_ERROR_DTYPE, rfgsnn_options_set_float(options, "steps", 10), "steps",
          "rfgsnn_options_set_int");
  REFUSED(RFGSNN_ERROR_DTYPE, rfgsnn_options_set_string(options, "leak", "1"), "leak",
          "rfgsnn_options_set_float");
  REFUSED(RFGSNN_ERROR_DTYPE, rfgsnn_options_set_int(options, "hidden", 8), "hidden",
          "rfgsnn_options_set_ints");
  REFUSED(RFGSNN_ERROR_DTYPE, rfgsnn_options_set_ints(options, "inputs", SHAPE(2), 1), "inputs",
          "rfgsnn_options_set_int");
  OK(rfgsnn_options_set_int(options, "threshold", 1));
}

static void ranges(void) {
  group("a value out of range is refused, and the range named");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_float(options, "leak", 0), "leak", "0 < x <= 1");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_float(options, "leak", 1.0000001), "leak",
          "0 < x <= 1");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_int(options, "leak", 2), "leak", "0 < x <= 1");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_float(options, "momentum", 1), "momentum",
          "0 <= x < 1");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_float(options, "learning_rate", -1e-3), "-0.001");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_int(options, "time_steps", 0), "1 <= x <= 1000000");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_int(options, "time_steps", 1000001), "1000001");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_int(options, "inputs", INT64_MIN), "inputs");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_int(options, "inputs", INT64_MAX), "inputs");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_int(options, "seed", -1), "seed", "x >= 0");
  OK(rfgsnn_options_set_int(options, "seed", INT64_MAX));
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_string(options, "loss", "msee"), "loss",
          "mse | relative_l2", "did you mean \"mse\"");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_string(options, "estimator", "backprop"),
          "estimator");
  OK(rfgsnn_options_set_string(options, "layer_estimators", "rfg_activity, rfg_per_step"));
  OK(rfgsnn_options_set_string(options, "layer_estimators", ""));
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE,
          rfgsnn_options_set_string(options, "layer_estimators", "bptt,rfg_perstep"), "layer_estimators",
          "did you mean \"rfg_per_step\"");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_ints(options, "hidden", SHAPE(8, 0), 2), "hidden",
          "0");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_ints(options, "hidden", SHAPE(8), 0), "count",
          "1 to 64");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_ints(options, "hidden", SHAPE(8), 65), "count");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_ints(options, "hidden", SHAPE(8), -1), "count");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_options_set_ints(options, "hidden", SHAPE(8), INT64_MAX),
          "count");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_options_set_float(options, "leak", NAN), "leak", "finite");
  REFUSED(RFGSNN_ERROR_NOT_FINITE, rfgsnn_options_set_float(options, "clip_norm", INFINITY), "clip_norm");
}

static void creation(void) {
  group("a network needs its required options, and combinations that make sense");
  rfgsnn_network *network = NULL;
  rfgsnn_trainer *trainer = NULL;
  rfgsnn_options *fresh = options_of("");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_network_create(fresh, &network), "inputs",
          "rfgsnn_options_set_int");
  set_options(fresh, "inputs=2");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_network_create(fresh, &network), "outputs", "must be set");
  set_options(fresh, "outputs=1 time_steps=7");
  REFUSED(RFGSNN_ERROR_NULL_POINTER, rfgsnn_network_create(fresh, NULL), "network", "NULL");
  CHECK(network == NULL);

  CHECK(rfgsnn_options_set_int(fresh, "time_steps", 0) < 0); /* a refused value leaves the one before */
  if (!OK(rfgsnn_network_create(fresh, &network))) return;
  int64_t time_steps = 0;
  OK(rfgsnn_network_shape(network, NULL, NULL, &time_steps, NULL, NULL));
  CHECK_EQUAL(time_steps, 7);
  watch(network);

  set_options(fresh, "schedule=exponential final_fraction=0");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_trainer_create(network, fresh, &trainer), "final_fraction",
          "0.01");
  set_options(fresh, "schedule=cosine layer_estimators=bptt,bptt,rfg_global,bptt");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_trainer_create(network, fresh, &trainer), "layer_estimators",
          "spiking layers");
  set_options(fresh, "layer_estimators= estimator=exact_forward");
  rfgsnn_options *large = options_of("inputs=2 outputs=1 hidden=200,100");
  rfgsnn_network *large_network;
  OK(rfgsnn_network_create(large, &large_network));
  REFUSED(RFGSNN_ERROR_UNSUPPORTED, rfgsnn_trainer_create(large_network, fresh, &trainer), "exact_forward",
          "16384");
  OK(rfgsnn_network_free(large_network));
  CHECK(trainer == NULL);

  set_options(large, "surrogate_width=0.000001");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_network_create(large, &large_network), "surrogate_width");
  set_options(large, "surrogate_width=0.5 inputs=16777216 hidden=16777216,16777216");
  REFUSED(RFGSNN_ERROR_OUT_OF_RANGE, rfgsnn_network_create(large, &large_network), "hidden", "smaller");
  OK(rfgsnn_options_free(large));
  OK(rfgsnn_options_free(fresh));

  group("what was made from options stays when they are freed");
  double x[2] = {0.5, -0.5}, y = NAN;
  rfgsnn_array inputs = DOUBLES(x, 1, 2), outputs = DOUBLES(&y, 1, 1);
  OK(rfgsnn_network_predict(network, &inputs, 1, &outputs));
  CHECK(isfinite(y));
  watch(NULL);
  OK(rfgsnn_network_free(network));
}

static void instruction_sets(void) {
  group("an instruction set is used as asked for, or refused");
  const char *names[] = {"baseline", "x86-64-v3", "x86-64-v4"};
  for (int index = 0; index < 3; ++index) {
    rfgsnn_options *chosen = options_of("inputs=1 outputs=1");
    rfgsnn_network *network;
    OK(rfgsnn_options_set_string(chosen, "instruction_set", names[index]));
    rfgsnn_status status = rfgsnn_network_create(chosen, &network);
    if (status == RFGSNN_OK) {
      const char *used = NULL;
      OK(rfgsnn_network_instruction_set(network, &used));
      CHECK_TEXT(used, names[index]);
      OK(rfgsnn_network_free(network));
    } else {
      REFUSED(RFGSNN_ERROR_UNSUPPORTED, status, "instruction_set", names[index], "auto");
    }
    OK(rfgsnn_options_free(chosen));
  }
}

int main(void) {
  options = options_of("");
  versions_and_names();
  descriptions();
  unknown_keys();
  types();
  ranges();
  creation();
  instruction_sets();
  OK(rfgsnn_options_free(options));
  return summary();
}
