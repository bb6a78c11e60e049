#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"
#include "operator_fixture.h"

/* ---------------------------------------------------------------- data and handles */

static const architecture architectures[] = {
    {"mlp", "architecture=mlp inputs=5 outputs=2 hidden=7,6 time_steps=6"},
    {"deeponet", "architecture=deeponet inputs=5 outputs=1 hidden=8 trunk_hidden=7 latent=3 time_steps=6"},
    {"deeponet with points of their own",
     "architecture=deeponet inputs=5 outputs=1 hidden=8 trunk_hidden=7 latent=3 time_steps=6"},
    {"seponet", "architecture=seponet coordinates=2 inputs=5 outputs=2 hidden=8 trunk_hidden=7 latent=3 time_steps=6"},
};

static double values_in[FUNCTIONS * WIDE * HIGH * FIELDS], values_out[FUNCTIONS * WIDE * HIGH * FIELDS];

/* A view whose shape lies in the subject. */
static rfgsnn_array keep(subject *subject, int place, double *data, int rank, const int64_t *shape) {
  memcpy(subject->shapes[place], shape, (size_t)rank * sizeof *shape);
  return view(data, 64, rank, subject->shapes[place]);
}

static void make_arrays(subject *subject) {
  make_data();
  for (size_t index = 0; index < sizeof values_in / sizeof *values_in; ++index)
    values_in[index] = (double)(index * 37 % 64) / 64.0;
  subject->inputs[0] = keep(subject, 0, &sensors[0][0], 2, SHAPE(FUNCTIONS, SENSORS));
  subject->count = 2;
  switch (subject->architecture - architectures) {
    case 0:
      subject->count = 1;
      subject->targets = keep(subject, 3, values_in, 2, SHAPE(FUNCTIONS, FIELDS));
      break;
    case 1:
      subject->inputs[1] = keep(subject, 1, points, 1, SHAPE(POINTS));
      subject->targets = keep(subject, 3, values_in, 2, SHAPE(FUNCTIONS, POINTS));
      break;
    case 2:
      subject->inputs[1] = keep(subject, 1, &own_points[0][0], 3, SHAPE(FUNCTIONS, POINTS, 1));
      subject->targets = keep(subject, 3, values_in, 2, SHAPE(FUNCTIONS, POINTS));
      break;
    default:
      subject->count = 3;
      subject->inputs[1] = keep(subject, 1, axis_0, 1, SHAPE(WIDE));
      subject->inputs[2] = keep(subject, 2, axis_1, 1, SHAPE(HIGH));
      subject->targets = keep(subject, 3, values_in, 4, SHAPE(FUNCTIONS, WIDE, HIGH, FIELDS));
  }
  subject->outputs = subject->targets;
  subject->outputs.data = values_out;
}

bool prepare(subject *subject, const fault_case *one) {
  *subject = (struct subject){.architecture = one->architecture};
  make_arrays(subject);
  if (one->call->stage < OPTIONS) return true;
  char threads[32];
  snprintf(threads, sizeof threads, "threads=%d", one->threads);
  subject->options = options_of("steps=3 batch_size=9 report_interval=2");
  set_options(subject->options, one->architecture->words);
  set_options(subject->options, one->words);
  set_options(subject->options, threads);
  if (one->call->stage < NETWORK) return true;
  if (rfgsnn_network_create(subject->options, &subject->network)) return false;
  if (one->call->stage == STATE) return !rfgsnn_state_create(subject->network, FUNCTIONS, &subject->state);
  if (one->call->stage < TRAINER) return true;
  if (rfgsnn_trainer_create(subject->network, subject->options, &subject->trainer)) return false;
  if (one->call->stage == DIAGNOSED)
    return !rfgsnn_trainer_diagnose(subject->trainer, subject->inputs, subject->count, &subject->targets, 2, NULL, NULL,
                                    NULL, NULL, NULL);
  if (one->call->stage == ASKED) return !rfgsnn_perturb(subject->trainer, -1);
  if (one->call->stage >= PASS && rfgsnn_forward(subject->trainer, subject->inputs, subject->count, NULL)) return false;
  return one->call->stage < GRADIENT || !rfgsnn_estimate_gradient(subject->trainer, &subject->targets, NULL);
}

bool dispose(subject *subject) {
  bool well = rfgsnn_state_free(subject->state) == RFGSNN_OK;
  well = rfgsnn_trainer_free(subject->trainer) == RFGSNN_OK && well;
  well = rfgsnn_network_free(subject->clone) == RFGSNN_OK && well;
  well = rfgsnn_network_free(subject->network) == RFGSNN_OK && well;
  well = rfgsnn_options_free(subject->more_options) == RFGSNN_OK && well;
  return rfgsnn_options_free(subject->options) == RFGSNN_OK && well;
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t count) {
  for (size_t index = 0; index < count; ++index) hash = (hash ^ ((const unsigned char *)bytes)[index]) * 1099511628211u;
  return hash;
}

/* Layers, inputs and outputs of the largest network above. */
enum { MOST = 64 };

uint64_t fingerprint(const subject *subject) {
  float *parameters;
  int64_t count, inputs, outputs;
  int32_t layers;
  double numbers[4][MOST], widths[MOST];
  if (!subject->network) return 0;
  if (rfgsnn_network_parameters(subject->network, &parameters, &count)) return 0;
  uint64_t hash = mix(14695981039346656037u, parameters, (size_t)count * sizeof *parameters);
  if (rfgsnn_network_shape(subject->network, &inputs, &outputs, NULL, &layers, NULL)) return 0;
  for (int64_t coordinates = 0; coordinates <= 2; ++coordinates) { /* the inputs of an operator network's scaling */
    if (rfgsnn_network_scaling(subject->network, numbers[0], numbers[1], inputs + coordinates, numbers[2], numbers[3],
                               outputs))
      continue;
    for (int which = 0; which < 4; ++which)
      hash = mix(hash, numbers[which], sizeof(double) * (size_t)(which < 2 ? inputs + coordinates : outputs));
  }
  if (rfgsnn_network_surrogate_widths(subject->network, widths, layers)) return 0;
  return mix(hash, widths, sizeof *widths * (size_t)layers);
}

/* ---------------------------------------------------------------- the calls */

#define CALL(name) static rfgsnn_status call_##name(subject *s)

/* RFGSNN_OK where the status is the one that such a call has to have. */
static rfgsnn_status refused(rfgsnn_status status, rfgsnn_status expected) {
  return status == expected ? RFGSNN_OK : status == RFGSNN_OK ? RFGSNN_ERROR_INTERNAL : status;
}

CALL(library) {
  (void)s;
  const char *text = NULL;
  int64_t bytes;
  rfgsnn_option_type type;
  bool well = rfgsnn_abi_version() > 0 && rfgsnn_version() && rfgsnn_build_info() && rfgsnn_instruction_set() &&
              rfgsnn_last_error() && rfgsnn_status_name(-3) && rfgsnn_memory_held(&bytes) == RFGSNN_OK;
  if (!well) return RFGSNN_ERROR_INTERNAL;
  for (int32_t index = 0; index < rfgsnn_option_count(); ++index) {
    rfgsnn_status status = rfgsnn_option_describe(index, &text, &type, &text, &text, &text);
    if (status) return status;
  }
  return rfgsnn_require_abi(RFGSNN_ABI_MAJOR, RFGSNN_ABI_MINOR);
}

CALL(options_create) { return rfgsnn_options_create(&s->more_options); }

CALL(options_set) {
  int64_t layers[3] = {4, 5, 6};
  rfgsnn_status status = rfgsnn_options_set_int(s->options, "seed", 7);
  if (!status) status = rfgsnn_options_set_float(s->options, "leak", 0.9);
  if (!status) status = rfgsnn_options_set_string(s->options, "readout", "leaky");
  if (!status) status = rfgsnn_options_set_string(s->options, "layer_estimators", "rfg_activity,bptt");
  return status ? status : rfgsnn_options_set_ints(s->options, "hidden", layers, 3);
}

CALL(unknown_option) {
  return refused(rfgsnn_options_set_int(s->options, "hiden", 3), RFGSNN_ERROR_UNKNOWN_OPTION);
}

CALL(wrong_word) {
  return refused(rfgsnn_options_set_string(s->options, "estimator", "rfg"), RFGSNN_ERROR_OUT_OF_RANGE);
}

CALL(network_create) { return rfgsnn_network_create(s->options, &s->network); }

CALL(network_clone) { return rfgsnn_network_clone(s->network, &s->clone); }

CALL(network_readers) {
  int64_t count, shape[4];
  int32_t layers, tensors;
  const char *name;
  float *values;
  double widths[MOST];
  rfgsnn_status status = rfgsnn_network_shape(s->network, &count, &count, &count, &layers, &count);
  if (!status) status = rfgsnn_network_instruction_set(s->network, &name);
  if (!status) status = rfgsnn_network_parameters(s->network, &values, &count);
  if (!status) status = rfgsnn_network_surrogate_widths(s->network, widths, layers);
  if (!status) status = rfgsnn_network_memory(s->network, &count, &count);
  if (!status) status = rfgsnn_network_tensor_count(s->network, &tensors);
  for (int32_t index = 0; !status && index < tensors; ++index)
    status = rfgsnn_network_tensor(s->network, index, &name, &layers, shape, &count);
  return status;
}

CALL(set_parameters) {
  static float values[4096];
  int64_t count;
  float *old;
  rfgsnn_status status = rfgsnn_network_parameters(s->network, &old, &count);
  return status ? status : rfgsnn_network_set_parameters(s->network, values, count);
}

CALL(set_surrogate_widths) {
  double widths[MOST];
  int32_t layers = 0;
  rfgsnn_status status = rfgsnn_network_shape(s->network, NULL, NULL, NULL, &layers, NULL);
  for (int32_t layer = 0; layer < layers; ++layer) widths[layer] = 0.7;
  return status ? status : rfgsnn_network_set_surrogate_widths(s->network, widths, layers);
}

CALL(fit_scaling) { return rfgsnn_network_fit_scaling(s->network, "minmax", s->inputs, s->count, &s->targets); }

CALL(predict) { return rfgsnn_network_predict(s->network, s->inputs, s->count, &s->outputs); }

CALL(predict_wrongly) {
  return refused(rfgsnn_network_predict(s->network, s->inputs, s->count, &s->inputs[0]), RFGSNN_ERROR_SHAPE);
}

CALL(activity) {
  double rates[MOST], dead[MOST], saturated[MOST];
  int32_t layers;
  rfgsnn_status status = rfgsnn_network_shape(s->network, NULL, NULL, NULL, &layers, NULL);
  if (!status) status = rfgsnn_network_firing_rates(s->network, s->inputs, s->count, rates, layers);
  return status ? status : rfgsnn_network_activity(s->network, s->inputs, s->count, rates, dead, saturated, layers);
}

CALL(calibrate) { return rfgsnn_network_calibrate(s->network, s->inputs, s->count); }

CALL(solve_readout) {
  double loss, lambda;
  return rfgsnn_network_solve_readout(s->network, s->inputs, s->count, &s->targets, 0, &loss, &lambda);
}

CALL(state_create) { return rfgsnn_state_create(s->network, FUNCTIONS, &s->state); }

CALL(state_step) { return rfgsnn_state_step(s->state, &s->inputs[0], &s->outputs); }

CALL(state_readers) {
  double numbers[FUNCTIONS * 7];
  rfgsnn_array layer = DOUBLES(numbers, FUNCTIONS, 7);
  rfgsnn_status status = rfgsnn_state_spikes(s->state, 0, &layer);
  if (!status) status = rfgsnn_state_membrane(s->state, 0, &layer);
  return status ? status : rfgsnn_state_reset(s->state);
}

CALL(trainer_create) { return rfgsnn_trainer_create(s->network, s->options, &s->trainer); }

CALL(perturb) { return rfgsnn_perturb(s->trainer, -1); }

CALL(step) { return rfgsnn_step(s->trainer, &s->inputs[0], &s->outputs); }

CALL(forward) { return rfgsnn_forward(s->trainer, s->inputs, s->count, &s->outputs); }

CALL(estimate_gradient) {
  double loss;
  return rfgsnn_estimate_gradient(s->trainer, &s->targets, &loss);
}

CALL(estimate_from_output_gradient) { return rfgsnn_estimate_gradient_from_output_gradient(s->trainer, &s->targets); }

CALL(ask) {
  static float values[4096];
  int64_t count;
  float *parameters;
  rfgsnn_status status = rfgsnn_network_parameters(s->network, &parameters, &count);
  return status ? status : rfgsnn_perturbed_parameters(s->trainer, 1, values, count);
}

CALL(tell) {
  double losses[2] = {1, 2};
  return rfgsnn_estimate_gradient_from_losses(s->trainer, losses, 2);
}

CALL(gradient) {
  const float *values;
  int64_t count;
  return rfgsnn_gradient(s->trainer, &values, &count);
}

CALL(update) { return rfgsnn_update(s->trainer); }

static int32_t go_on(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                     double seconds_left) {
  (void)context, (void)step, (void)steps, (void)loss, (void)validation_loss, (void)seconds_left;
  return 0;
}

CALL(fit) {
  rfgsnn_status status = rfgsnn_fit(s->trainer, s->inputs, s->count, &s->targets, s->inputs, s->count, &s->targets,
                                    go_on, NULL);
  return status == RFGSNN_STOPPED_STEPS ? RFGSNN_OK : status;
}

CALL(diagnose) {
  const char *reference;
  double cosine, bias, variance, ratio;
  return rfgsnn_trainer_diagnose(s->trainer, s->inputs, s->count, &s->targets, 3, &reference, &cosine, &bias, &variance,
                                 &ratio);
}

CALL(advice) {
  const char *text;
  return rfgsnn_trainer_advice(s->trainer, &text);
}

CALL(trainer_readers) {
  int64_t number;
  rfgsnn_status status = rfgsnn_trainer_updates(s->trainer, &number);
  if (!status) status = rfgsnn_trainer_memory(s->trainer, &number, &number);
  if (!status) status = rfgsnn_trainer_history(s->trainer, 0, 0, NULL, NULL, NULL, &number);
  return status ? status : rfgsnn_request_stop(s->trainer);
}

CALL(free) {
  bool well = dispose(s);
  *s = (struct subject){.architecture = s->architecture};
  return well ? RFGSNN_OK : RFGSNN_ERROR_INTERNAL;
}

static const call calls[] = {
    {"library functions", NOTHING, false, call_library},
    {"options_create", NOTHING, false, call_options_create},
    {"options_set", OPTIONS, false, call_options_set},
    {"an unknown option", OPTIONS, false, call_unknown_option},
    {"a wrong word", OPTIONS, false, call_wrong_word},
    {"network_create", OPTIONS, false, call_network_create},
    {"network_clone", NETWORK, false, call_network_clone},
    {"network readers", NETWORK, false, call_network_readers},
    {"set_parameters", NETWORK, false, call_set_parameters},
    {"set_surrogate_widths", NETWORK, false, call_set_surrogate_widths},
    {"fit_scaling", NETWORK, false, call_fit_scaling},
    {"predict", NETWORK, false, call_predict},
    {"predict into a wrong shape", NETWORK, false, call_predict_wrongly},
    {"firing_rates and activity", NETWORK, false, call_activity},
    {"calibrate", NETWORK, false, call_calibrate},
    {"solve_readout", NETWORK, false, call_solve_readout},
    {"state_create", NETWORK, false, call_state_create},
    {"state_step", STATE, false, call_state_step},
    {"state readers", STATE, false, call_state_readers},
    {"free of a state", STATE, false, call_free},
    {"trainer_create", NETWORK, false, call_trainer_create},
    {"perturb", TRAINER, false, call_perturb},
    {"step", TRAINER, false, call_step},
    {"forward", TRAINER, false, call_forward},
    {"estimate_gradient", PASS, false, call_estimate_gradient},
    {"estimate_gradient_from_output_gradient", PASS, false, call_estimate_from_output_gradient},
    {"perturbed_parameters", TRAINER, false, call_ask},
    {"estimate_gradient_from_losses", ASKED, false, call_tell},
    {"gradient", GRADIENT, false, call_gradient},
    {"update", GRADIENT, false, call_update},
    {"fit", TRAINER, true, call_fit},
    {"diagnose", TRAINER, false, call_diagnose},
    {"advice", DIAGNOSED, false, call_advice},
    {"trainer readers", TRAINER, false, call_trainer_readers},
    {"free of a trainer", GRADIENT, false, call_free},
};

/* ---------------------------------------------------------------- the matrix */

static const char *const estimators[] = {
    "estimator=rfg_activity",
    "estimator=rfg_activity tangent=full directions=2",
    "estimator=rfg_activity guide=feedback",
    "estimator=rfg_activity stein_pairs=4 surrogate_mask=0.2",
    "estimator=rfg_activity surrogate_adaptation=gradient bias_shift=0.01",
    "estimator=rfg_activity readout_solve=both trunk_steps=2",
    "estimator=rfg_per_step",
    "estimator=rfg_global",
    "estimator=rfg_global direction_law=low_rank guide=momentum",
    "estimator=rfg_global aggregation=gauss_newton directions=3",
    "estimator=rfg_layerwise",
    "estimator=rfg_tensorwise aggregation=projection directions=3",
    "estimator=black_box",
    "estimator=exact_forward",
    "estimator=weight_mirror",
    "estimator=opzo",
    "estimator=fdfa",
    "estimator=random_feedback",
    "estimator=spatial_bp",
    "estimator=bptt",
    "layer_estimators=rfg_activity,bptt",
};

void for_each_case(int threads, bool all, void (*visit)(const fault_case *one)) {
  for (size_t which = 0; which < sizeof architectures / sizeof *architectures; ++which) {
    for (size_t index = 0; index < sizeof calls / sizeof *calls; ++index) {
      bool by_estimator = calls[index].stage >= TRAINER || calls[index].run == call_trainer_create;
      if (calls[index].stage == NOTHING && which > 0) continue;
      for (size_t words = 0; words < (by_estimator ? sizeof estimators / sizeof *estimators : 1); ++words) {
        if (!all && which > 0 && by_estimator && (words + which) % 4 != 1) continue;
        fault_case one = {&architectures[which], estimators[words], &calls[index], threads};
        visit(&one);
      }
    }
  }
}

const char *case_name(const fault_case *one) {
  static char name[256];
  snprintf(name, sizeof name, "%s, %s, %s, %d threads", one->call->name, one->architecture->name, one->words,
           one->threads);
  return name;
}

bool is_long(int argc, char **argv) { return argc > 1 && strcmp(argv[1], "long") == 0; }
