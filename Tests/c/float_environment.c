/* The host's floating-point environment: no call raises a trap that the host has set, leaves a flag that it did not
 * find, or takes one away that it did; rounding stays as it was; a callback finds the host's own. */
#define _GNU_SOURCE
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"
#include "operator_fixture.h"

enum { GRAVE = FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW };

/* What a call is made with, and must leave. */
static int traps, flags, rounding;

static void say_so(int signal_number) {
  (void)signal_number;
  static const char text[] = "FAILED: a call raised SIGFPE\n";
  if (write(STDOUT_FILENO, text, sizeof text - 1) < 0) _exit(2);
  _exit(1);
}

static void enter(void) {
  feclearexcept(FE_ALL_EXCEPT);
  if (flags) feraiseexcept(flags);
  fesetround(rounding);
  feenableexcept(traps);
}

/* Back to the C tests' own environment; whether it was as `enter` had made it. */
static bool leave(void) {
  bool same = fegetexcept() == traps && fetestexcept(FE_ALL_EXCEPT) == flags && fegetround() == rounding;
  fedisableexcept(FE_ALL_EXCEPT);
  feclearexcept(FE_ALL_EXCEPT);
  fesetround(FE_TONEAREST);
  return same;
}

/* Any status will do. */
#define QUIET(call) (enter(), (void)(call), CHECK(leave()))

static int callbacks;

static int32_t look(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                    double seconds_left) {
  (void)step, (void)steps, (void)loss, (void)validation_loss, (void)seconds_left;
  bool *host = context;
  *host = *host && fegetexcept() == traps && fetestexcept(FE_ALL_EXCEPT) == flags && fegetround() == rounding;
  ++callbacks;
  return 0;
}

static double x[SAMPLES][INPUTS], y[SAMPLES][OUTPUTS], results[SAMPLES * 8], numbers[2000], losses[64];
static float copies[2000];

/* Every function that a network of two inputs and outputs, its trainer and a state have. */
static void every_call(fixture *f, rfgsnn_state *state) {
  rfgsnn_array in = DOUBLES(x, SAMPLES, INPUTS), wanted = DOUBLES(y, SAMPLES, OUTPUTS);
  rfgsnn_array out = DOUBLES(results, SAMPLES, OUTPUTS), layer = DOUBLES(results, SAMPLES, 7);
  int64_t parameters = parameter_count(f->network), count, held;
  float *view, *saved = copy_parameters(f->network);
  const float *gradient;
  const char *text;
  double two[2] = {1, 1}, zero[2] = {0, 0}, enormous[2] = {1e308, -1e308}, loss, lambda;
  rfgsnn_network *clone = NULL;
  rfgsnn_option_type type;
  int32_t tensors;

  QUIET(rfgsnn_abi_version());
  QUIET(rfgsnn_require_abi(1, 0));
  QUIET(rfgsnn_version());
  QUIET(rfgsnn_build_info());
  QUIET(rfgsnn_instruction_set());
  QUIET(rfgsnn_last_error());
  QUIET(rfgsnn_status_name(RFGSNN_OK));
  QUIET(rfgsnn_memory_held(&held));
  QUIET(rfgsnn_options_set_float(f->options, "leak", NAN));
  QUIET(rfgsnn_options_set_float(f->options, "leak", 1e308));
  QUIET(rfgsnn_options_set_float(f->options, "leak", 1));
  QUIET(rfgsnn_options_set_int(f->options, "leak", INT64_MAX));
  QUIET(rfgsnn_options_set_string(f->options, "leek", "1"));
  QUIET(rfgsnn_options_set_ints(f->options, "hidden", &parameters, 0));
  QUIET(rfgsnn_option_count());
  QUIET(rfgsnn_option_describe(0, &text, &type, &text, &text, &text));
  QUIET(rfgsnn_network_clone(f->network, &clone));
  QUIET(rfgsnn_network_free(clone));
  QUIET(rfgsnn_network_shape(f->network, &count, NULL, NULL, NULL, NULL));
  QUIET(rfgsnn_network_instruction_set(f->network, &text));
  QUIET(rfgsnn_network_parameters(f->network, &view, &count));
  QUIET(rfgsnn_network_set_parameters(f->network, saved, parameters));
  QUIET(rfgsnn_network_tensor_count(f->network, &tensors));
  QUIET(rfgsnn_network_tensor(f->network, 0, &text, NULL, NULL, NULL));
  QUIET(rfgsnn_network_set_scaling(f->network, enormous, zero, 2, enormous, enormous, 2));
  QUIET(rfgsnn_network_scaling(f->network, numbers, numbers, 2, numbers, numbers, 2));
  QUIET(rfgsnn_network_fit_scaling(f->network, "standard", &in, 1, &wanted));
  QUIET(rfgsnn_network_fit_scaling(f->network, "minmax", &in, 1, &wanted));
  QUIET(rfgsnn_network_surrogate_widths(f->network, numbers, 2));
  QUIET(rfgsnn_network_set_surrogate_widths(f->network, enormous, 2));
  QUIET(rfgsnn_network_set_surrogate_widths(f->network, two, 2));
  QUIET(rfgsnn_network_predict(f->network, &in, 1, &out));
  QUIET(rfgsnn_network_firing_rates(f->network, &in, 1, numbers, 2));
  QUIET(rfgsnn_network_activity(f->network, &in, 1, numbers, numbers, numbers, 2));
  QUIET(rfgsnn_network_solve_readout(f->network, &in, 1, &wanted, 0, &loss, &lambda));
  QUIET(rfgsnn_network_solve_readout(f->network, &in, 1, &wanted, 1e-6, &loss, &lambda));
  QUIET(rfgsnn_network_memory(f->network, &held, NULL));
  QUIET(rfgsnn_state_reset(state));
  QUIET(rfgsnn_state_step(state, &in, &out));
  QUIET(rfgsnn_state_spikes(state, 0, &layer));
  QUIET(rfgsnn_state_membrane(state, 0, &layer));
  QUIET(rfgsnn_perturb(f->trainer, -1));
  QUIET(rfgsnn_step(f->trainer, &in, &out));
  QUIET(rfgsnn_estimate_gradient(f->trainer, &wanted, &loss));
  QUIET(rfgsnn_forward(f->trainer, &in, 1, NULL));
  QUIET(rfgsnn_estimate_gradient(f->trainer, &wanted, &loss));
  QUIET(rfgsnn_estimate_gradient_from_output_gradient(f->trainer, &wanted));
  QUIET(rfgsnn_gradient(f->trainer, &gradient, &count));
  QUIET(rfgsnn_update(f->trainer));
  for (int64_t index = 0; index < 8; ++index)
    QUIET(rfgsnn_perturbed_parameters(f->trainer, index, copies, parameters));
  QUIET(rfgsnn_estimate_gradient_from_losses(f->trainer, losses, 8));
  QUIET(rfgsnn_estimate_gradient_from_losses(f->trainer, losses, 2));
  bool host = true;
  QUIET(rfgsnn_fit(f->trainer, &in, 1, &wanted, &in, 1, &wanted, look, &host));
  CHECK(host);
  QUIET(rfgsnn_trainer_history(f->trainer, 0, 0, NULL, NULL, NULL, &count));
  QUIET(rfgsnn_trainer_diagnose(f->trainer, &in, 1, &wanted, 3, &text, &loss, &loss, &loss, &loss));
  QUIET(rfgsnn_trainer_advice(f->trainer, &text));
  QUIET(rfgsnn_trainer_updates(f->trainer, &count));
  QUIET(rfgsnn_trainer_memory(f->trainer, &held, NULL));
  QUIET(rfgsnn_network_calibrate(f->network, &in, 1));
  QUIET(rfgsnn_request_stop(f->trainer));
  QUIET(rfgsnn_network_set_scaling(f->network, zero, two, 2, zero, two, 2));
  QUIET(rfgsnn_network_set_parameters(f->network, saved, parameters));
  free(saved);
}

static void hostile_numbers(const char *words) {
  fixture *f = fixture_make(words);
  rfgsnn_state *state = NULL;
  double kinds[] = {1, 0, 1e-320, 1e20, 1.6e38, 1e300, INFINITY, NAN};
  OK(rfgsnn_state_create(f->network, SAMPLES, &state));
  for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; ++kind) {
    for (int sample = 0; sample < SAMPLES; ++sample) {
      for (int column = 0; column < 2; ++column) {
        x[sample][column] = f->x[sample][column] * (kind % 2 ? 1 : kinds[kind]);
        y[sample][column] = f->y[sample][column] * kinds[kind];
      }
    }
    for (int index = 0; index < 64; ++index) losses[index] = (index % 2 ? -1 : 1) * kinds[kind];
    every_call(f, state);
  }
  /* Enormous and vanishing parameters, and some that are none. */
  float values[] = {0, FLT_MAX, -1e30f, 1e-44f, NAN};
  for (size_t kind = 0; kind < sizeof values / sizeof *values; ++kind) {
    float *parameters = parameters_of(f->network);
    for (int64_t index = 0; index < parameter_count(f->network); ++index)
      parameters[index] = index % 3 ? values[kind] : -values[kind];
    memcpy(x, f->x, sizeof x);
    memcpy(y, f->y, sizeof y);
    every_call(f, state);
  }
  OK(rfgsnn_state_free(state));
  fixture_free(f);
}

static const char *const trainers[] = {
  "steps=2 directions=4",
  "steps=2 estimator=bptt bias_shift=0.1 surrogate_adaptation=gradient",
  "steps=2 estimator=black_box directions=4",
  "steps=2 estimator=rfg_layerwise directions=4 aggregation=gauss_newton",
  "steps=2 estimator=weight_mirror readout_solve=both",
  "steps=2 estimator=opzo loss=relative_l2",
};

static void every_kind_of_trainer(const char *sentence) {
  group(sentence);
  for (size_t index = 0; index < sizeof trainers / sizeof *trainers; ++index) hostile_numbers(trainers[index]);
}

static void creation(void) {
  group("creating and freeing raise nothing, at the first use of the library neither");
  rfgsnn_options *options = NULL;
  rfgsnn_network *network = NULL;
  rfgsnn_trainer *trainer = NULL;
  rfgsnn_state *state = NULL;
  QUIET(rfgsnn_options_create(&options));
  QUIET(rfgsnn_options_set_int(options, "inputs", 2));
  QUIET(rfgsnn_options_set_int(options, "outputs", 2));
  QUIET(rfgsnn_network_create(options, &network));
  QUIET(rfgsnn_trainer_create(network, options, &trainer));
  QUIET(rfgsnn_state_create(network, 3, &state));
  QUIET(rfgsnn_state_free(state));
  QUIET(rfgsnn_trainer_free(trainer));
  QUIET(rfgsnn_network_free(network));
  QUIET(rfgsnn_options_free(options));
}

static void operators(void) {
  group("operator networks raise nothing: closed form, trunks' own training, held trunks");
  static double targets[FUNCTIONS][WIDE][HIGH];
  make_data();
  rfgsnn_array in[3] = {DOUBLES(sensors, FUNCTIONS, SENSORS), DOUBLES(axis_0, WIDE), DOUBLES(axis_1, HIGH)};
  rfgsnn_array wanted = DOUBLES(targets, FUNCTIONS, WIDE, HIGH);
  rfgsnn_network *network = network_of("architecture=seponet coordinates=2");
  rfgsnn_trainer *trainer = trainer_of(network, "steps=2 trunk_steps=2 trunks=held readout_solve=both");
  double sizes[] = {1, 0, 1e30, 1e200}, loss;
  for (int size = 0; size < 4; ++size) {
    for (int function = 0; function < FUNCTIONS; ++function) {
      for (int point = 0; point < WIDE * HIGH; ++point)
        targets[function][point / HIGH][point % HIGH] = sizes[size] * integral(function, point / 12.0);
    }
    bool host = true;
    QUIET(rfgsnn_network_fit_scaling(network, "standard", in, 3, &wanted));
    QUIET(rfgsnn_network_calibrate(network, in, 3));
    QUIET(rfgsnn_network_solve_readout(network, in, 3, &wanted, 0, &loss, NULL));
    QUIET(rfgsnn_fit(trainer, in, 3, &wanted, NULL, 0, NULL, look, &host));
    QUIET(rfgsnn_trainer_diagnose(trainer, in, 3, &wanted, 2, NULL, NULL, NULL, NULL, NULL));
    CHECK(host);
  }
  OK(rfgsnn_trainer_free(trainer));
  OK(rfgsnn_network_free(network));
}

/* Sets the host's own environment, as a host may inside its callback. */
static int32_t change(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                      double seconds_left) {
  (void)context, (void)steps, (void)loss, (void)validation_loss, (void)seconds_left;
  if (step == 1) {
    feraiseexcept(FE_OVERFLOW);
    fesetround(FE_UPWARD);
  }
  return 0;
}

static void changed_by_the_callback(void) {
  group("what a callback makes of the host's environment stays");
  fixture *f = fixture_make("steps=3");
  traps = flags = 0;
  rounding = FE_TONEAREST;
  enter();
  rfgsnn_status status = rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, change, NULL);
  flags = FE_OVERFLOW;
  rounding = FE_UPWARD;
  CHECK(leave() && status == RFGSNN_STOPPED_STEPS);
  fixture_free(f);
}

int main(void) {
  signal(SIGFPE, say_so);
  traps = feenableexcept(GRAVE) < 0 ? 0 : GRAVE; /* some processors have none */
  fedisableexcept(GRAVE);
  flags = 0;
  rounding = FE_TONEAREST;
  creation();
  every_kind_of_trainer("with traps on, no call raises one, whatever the numbers");
  operators();
  traps = 0;
  every_kind_of_trainer("no call leaves a flag that it did not find");
  operators();
  flags = GRAVE | FE_INEXACT;
  rounding = FE_DOWNWARD;
  every_kind_of_trainer("flags that were up stay up, and rounding stays");
  CHECK(callbacks > 30);
  changed_by_the_callback();
  return summary();
}
