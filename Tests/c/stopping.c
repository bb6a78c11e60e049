/* Long calls end soon after they are asked to, and have changed nothing. */
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"

/* Seconds within which a call ends after it was asked to. Beside other work one of a few tries must, and then it is the
 * processor's time of all the threads that counts, unless far too much of the clock's has passed. */
#define SOON 0.2
#define FAR_TOO_LATE 5.0
enum { TRIES = 4, MANY = 20000, LONG = 2000 };

/* By the clock, and of the processors. */
typedef struct moment {
  double clock, processor;
} moment;

static double read_clock(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static moment now(void) {
  moment now = {read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_PROCESS_CPUTIME_ID)};
  return now;
}

static double between(moment first, moment last) {
  double clock = last.clock - first.clock, processor = last.processor - first.processor;
  return clock < FAR_TOO_LATE && processor < clock ? processor : clock;
}

static void sleep_for(double time) {
  struct timespec length = {(time_t)time, (long)(1e9 * (time - floor(time)))};
  nanosleep(&length, NULL);
}

/* A call that takes long. */
typedef struct call {
  rfgsnn_status (*make)(const struct call *);
  rfgsnn_network *network;
  rfgsnn_trainer *trainer;
  rfgsnn_state *state;
  rfgsnn_array inputs[3], targets, output;
  int32_t n_inputs;
} call;

/* Who asks, and when. */
typedef struct request {
  double after;
  moment asked;
  rfgsnn_network *network;
  rfgsnn_trainer *trainer;
} request;

static void *ask(void *context) {
  request *request = context;
  sleep_for(request->after);
  request->asked = now();
  if (request->trainer) rfgsnn_request_stop(request->trainer);
  else rfgsnn_network_request_stop(request->network);
  return NULL;
}

/* What a network holds besides its parameters. */
typedef struct contents {
  double shift[8], scale[8], widths[8];
} contents;

static int64_t layers_of(rfgsnn_network *network) {
  int32_t layers = 0;
  OK(rfgsnn_network_shape(network, NULL, NULL, NULL, &layers, NULL));
  return layers;
}

static contents contents_of(const call *call) {
  contents contents;
  int64_t inputs, outputs;
  memset(&contents, 0, sizeof contents);
  OK(rfgsnn_network_shape(call->network, &inputs, &outputs, NULL, NULL, NULL));
  inputs += call->n_inputs - 1;
  if (inputs <= 4) {
    OK(rfgsnn_network_scaling(call->network, contents.shift, contents.scale, inputs, contents.shift + 4,
                              contents.scale + 4, outputs));
  }
  OK(rfgsnn_network_surrogate_widths(call->network, contents.widths, layers_of(call->network)));
  return contents;
}

/* Makes a call that is asked to stop after a while: it ends soon, with `expected`, and the network is as it was. On a
 * machine so fast that the call is over before, it is asked earlier. */
static void stops(const call *call, double after, bool by_trainer, rfgsnn_status expected) {
  size_t size = (size_t)parameter_count(call->network) * sizeof(float);
  double best = INFINITY;
  for (int try = 0; try < TRIES && best >= SOON; ++try) {
    contents before = contents_of(call);
    float *parameters = copy_parameters(call->network);
    request request = {after, {INFINITY, 0}, call->network, by_trainer ? call->trainer : NULL};
    pthread_t thread;
    pthread_create(&thread, NULL, ask, &request);
    rfgsnn_status status = call->make(call);
    moment ended = now();
    pthread_join(thread, NULL);
    double late = between(request.asked, ended);
    if (late < 0) {
      CHECK(status >= 0);
      /* It waits for the next call, which takes it along. */
      call->make(call);
      after /= 3;
      free(parameters);
      continue;
    }
    CHECK_EQUAL(status, expected);
    if (status == RFGSNN_ERROR_CANCELLED) CHECK(strstr(rfgsnn_last_error(), "stopped") != NULL);
    if (late < best) best = late;
    CHECK(memcmp(parameters_of(call->network), parameters, size) == 0);
    contents left = contents_of(call);
    CHECK(memcmp(&left, &before, sizeof left) == 0);
    free(parameters);
  }
  CHECK(best < SOON);
}

static rfgsnn_array array_of(int rank, int64_t rows, int64_t columns, double *data, int64_t *strides) {
  int64_t *shape = calloc(3, sizeof *shape);
  int64_t *own = NULL;
  shape[0] = rows;
  shape[1] = columns;
  if (strides) {
    own = calloc(3, sizeof *own);
    memcpy(own, strides, (size_t)rank * sizeof *own);
  }
  rfgsnn_array array = {data, {1, 0}, rank, {2, 64, 1}, shape, own, 0};
  return array;
}

/* Rows of smooth numbers. */
static rfgsnn_array filled(int64_t rows, int64_t columns) {
  double *data = malloc((size_t)(rows * columns) * sizeof *data);
  for (int64_t i = 0; i < rows * columns; ++i) data[i] = sin(0.37 * (double)i);
  return array_of(2, rows, columns, data, NULL);
}

/* One row over and over, which takes no memory. */
static rfgsnn_array repeated(int64_t rows, int64_t columns) {
  double *data = malloc((size_t)columns * sizeof *data);
  for (int64_t i = 0; i < columns; ++i) data[i] = sin(0.37 * (double)i);
  return array_of(2, rows, columns, data, (int64_t[]){0, 1});
}

static void release(rfgsnn_array *array) {
  free(array->data);
  free(array->shape);
  free(array->strides);
  memset(array, 0, sizeof *array);
}

static call begin(const char *words, rfgsnn_array inputs, rfgsnn_array targets) {
  call call;
  memset(&call, 0, sizeof call);
  rfgsnn_options *options = options_of("inputs=2 outputs=2 hidden=128,128 time_steps=16 threads=2");
  set_options(options, words);
  OK(rfgsnn_network_create(options, &call.network));
  OK(rfgsnn_trainer_create(call.network, options, &call.trainer));
  rfgsnn_options_free(options);
  call.inputs[0] = inputs;
  call.n_inputs = 1;
  call.targets = targets;
  return call;
}

static void end(call *call) {
  OK(rfgsnn_state_free(call->state));
  OK(rfgsnn_trainer_free(call->trainer));
  OK(rfgsnn_network_free(call->network));
  for (int index = 0; index < call->n_inputs; ++index) release(&call->inputs[index]);
  release(&call->targets);
  release(&call->output);
}

static rfgsnn_status predict(const call *c) {
  rfgsnn_array outputs = c->output;
  return rfgsnn_network_predict(c->network, c->inputs, c->n_inputs, &outputs);
}

static rfgsnn_status firing_rates(const call *c) {
  double rates[8];
  return rfgsnn_network_firing_rates(c->network, c->inputs, c->n_inputs, rates, layers_of(c->network));
}

static rfgsnn_status activity(const call *c) {
  double rates[8];
  return rfgsnn_network_activity(c->network, c->inputs, c->n_inputs, rates, NULL, NULL, layers_of(c->network));
}

static rfgsnn_status calibrate(const call *c) {
  return rfgsnn_network_calibrate(c->network, c->inputs, c->n_inputs);
}

static rfgsnn_status solve(const call *c) {
  return rfgsnn_network_solve_readout(c->network, c->inputs, c->n_inputs, &c->targets, 0, NULL, NULL);
}

static rfgsnn_status fit_scaling(const call *c) {
  return rfgsnn_network_fit_scaling(c->network, "minmax", c->inputs, c->n_inputs, NULL);
}

static rfgsnn_status forward(const call *c) {
  return rfgsnn_forward(c->trainer, c->inputs, c->n_inputs, NULL);
}

static rfgsnn_status step(const call *c) { return rfgsnn_step(c->trainer, c->inputs, NULL); }

static rfgsnn_status estimate(const call *c) {
  return rfgsnn_estimate_gradient(c->trainer, &c->targets, NULL);
}

static rfgsnn_status diagnose(const call *c) {
  return rfgsnn_trainer_diagnose(c->trainer, c->inputs, c->n_inputs, &c->targets, 16, NULL, NULL, NULL, NULL, NULL);
}

static rfgsnn_status fit(const call *c) {
  return rfgsnn_fit(c->trainer, c->inputs, c->n_inputs, &c->targets, NULL, 0, NULL, NULL, NULL);
}

static rfgsnn_status fit_validating(const call *c) {
  int64_t few[2] = {16, 2};
  rfgsnn_array inputs = c->inputs[0], targets = c->targets;
  inputs.shape = targets.shape = few;
  return rfgsnn_fit(c->trainer, &inputs, 1, &targets, c->inputs, 1, &c->targets, NULL, NULL);
}

static rfgsnn_status state_step(const call *c) { return rfgsnn_state_step(c->state, c->inputs, NULL); }

static void after(call *call, rfgsnn_status (*make)(const struct call *), double time, rfgsnn_status expected) {
  call->make = make;
  stops(call, time, false, expected);
}

/* A network that was stopped, and one that never was: the same bits. */
static void same_predictions(rfgsnn_network *network, rfgsnn_network *other) {
  double x[5][2], y[2][5][2];
  for (int i = 0; i < 10; ++i) x[i / 2][i % 2] = cos(i);
  rfgsnn_array inputs = DOUBLES(x, 5, 2), first = DOUBLES(y[0], 5, 2), second = DOUBLES(y[1], 5, 2);
  OK(rfgsnn_network_predict(network, &inputs, 1, &first));
  OK(rfgsnn_network_predict(other, &inputs, 1, &second));
  CHECK(memcmp(y[0], y[1], sizeof y[0]) == 0);
}

static void of_networks(void) {
  group("predictions, rates, activity, closed forms and calibrations stop, and the network works on");
  call c = begin("time_steps=2000", filled(MANY, 2), filled(MANY, 2));
  rfgsnn_network *other;
  OK(rfgsnn_network_clone(c.network, &other));
  c.output = filled(MANY, 2);
  double *outputs = c.output.data;
  for (int i = 0; i < 2 * MANY; ++i) outputs[i] = 7;
  after(&c, predict, 0.3, RFGSNN_ERROR_CANCELLED);
  CHECK_EQUAL(outputs[2 * MANY - 1], 7);
  int filled_rows = 0;
  while (filled_rows < MANY && outputs[2 * filled_rows] != 7) ++filled_rows;
  for (int row = filled_rows; row < MANY; ++row) {
    if (outputs[2 * row] != 7 || outputs[2 * row + 1] != 7) filled_rows = -1;
  }
  CHECK(filled_rows >= 0); /* the first rows, each in full */
  after(&c, firing_rates, 0.3, RFGSNN_ERROR_CANCELLED);
  after(&c, activity, 0.3, RFGSNN_ERROR_CANCELLED);
  after(&c, solve, 0.3, RFGSNN_ERROR_CANCELLED);
  same_predictions(c.network, other);

  int64_t few[2] = {40, 2};
  rfgsnn_array inputs = c.inputs[0], targets = c.targets;
  inputs.shape = targets.shape = few;
  OK(rfgsnn_network_solve_readout(c.network, &inputs, 1, &targets, 0, NULL, NULL));
  OK(rfgsnn_network_solve_readout(other, &inputs, 1, &targets, 0, NULL, NULL));
  same_predictions(c.network, other);
  OK(rfgsnn_network_free(other));
  end(&c);

  c = begin("time_steps=1000000 hidden=64,64", filled(300, 2), filled(300, 2));
  after(&c, calibrate, 0.3, RFGSNN_ERROR_CANCELLED);
  end(&c);
}

static void of_closed_forms(void) {
  group("closed forms stop in their sums, factors and decompositions");
  const double times[] = {0.3, 0.8, 1.6};
  for (int i = 0; i < 3; ++i) {
    call c = begin("time_steps=1 hidden=2500", filled(2000, 2), filled(2000, 2));
    after(&c, solve, times[i], RFGSNN_ERROR_CANCELLED);
    end(&c);
  }
  for (int i = 0; i < 3; ++i) {
    call c = begin("architecture=deeponet inputs=20 outputs=1 hidden=1000 latent=100 time_steps=4", filled(1000, 20),
                   filled(1000, 1000));
    c.inputs[1] = filled(1000, 1);
    c.n_inputs = 2;
    after(&c, solve, times[i], RFGSNN_ERROR_CANCELLED);
    end(&c);
  }
}

static void of_data(void) {
  group("looking at very many inputs stops, and so does a scaling of them");
  call c = begin("", repeated(1000000000, 2), filled(1, 2));
  after(&c, fit_scaling, 0.3, RFGSNN_ERROR_CANCELLED);
  after(&c, activity, 0.3, RFGSNN_ERROR_CANCELLED);
  end(&c);
}

static void of_trainers(void) {
  group("single steps, passes and estimates stop by the trainer or the network, and can be made again");
  call c = begin("time_steps=1000000 hidden=32,32", filled(500, 2), filled(500, 2));
  c.make = forward;
  stops(&c, 0.3, true, RFGSNN_ERROR_CANCELLED);
  stops(&c, 0.3, false, RFGSNN_ERROR_CANCELLED);
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, estimate(&c), "trainer", "forward");
  c.make = diagnose;
  stops(&c, 0.3, true, RFGSNN_ERROR_CANCELLED);
  end(&c);

  c = begin("hidden=512,512 surrogate=gaussian", repeated(40000, 2), filled(40000, 2));
  rfgsnn_options *options = options_of("stein_pairs=64");
  OK(rfgsnn_trainer_free(c.trainer));
  OK(rfgsnn_trainer_create(c.network, options, &c.trainer));
  rfgsnn_options_free(options);
  c.make = step;
  stops(&c, 0.5, true, RFGSNN_ERROR_CANCELLED);
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, estimate(&c), "trainer", "step");
  end(&c);

  c = begin("hidden=1500,8 time_steps=1 directions=500", filled(8000, 2), filled(8000, 2));
  OK(forward(&c));
  c.make = estimate;
  stops(&c, 0.2, true, RFGSNN_ERROR_CANCELLED);
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, rfgsnn_update(c.trainer), "trainer", "gradient");
  OK(estimate(&c)); /* of the same pass */
  OK(rfgsnn_request_stop(c.trainer));
  REFUSED(RFGSNN_ERROR_CANCELLED, forward(&c), "stopped");
  REFUSED(RFGSNN_ERROR_WRONG_ORDER, estimate(&c), "trainer", "forward");
  OK(rfgsnn_update(c.trainer));
  end(&c);
}

static void of_states(void) {
  group("a state that was stopped is reset");
  call c = begin("inputs=2000 hidden=512", repeated(20000, 2000), filled(1, 2));
  OK(rfgsnn_state_create(c.network, 20000, &c.state));
  after(&c, state_step, 0.1, RFGSNN_ERROR_CANCELLED);
  end(&c);

  double x[16][2] = {{0.3, -0.2}}, outputs[2][16][2];
  c = begin("", filled(1, 2), filled(1, 2));
  OK(rfgsnn_state_create(c.network, 16, &c.state));
  for (int round = 0; round < 2; ++round) {
    rfgsnn_array input = DOUBLES(x, 16, 2), output = DOUBLES(outputs[round], 16, 2);
    OK(rfgsnn_state_step(c.state, &input, &output));
    OK(rfgsnn_network_request_stop(c.network));
    REFUSED(RFGSNN_ERROR_CANCELLED, rfgsnn_state_step(c.state, &input, NULL), "stopped");
    double spikes[16][128];
    rfgsnn_array layer = DOUBLES(spikes, 16, 128);
    OK(rfgsnn_state_spikes(c.state, 0, &layer));
    for (int i = 0; i < 128; ++i) CHECK_EQUAL(spikes[0][i], 0);
  }
  CHECK(memcmp(outputs[0], outputs[1], sizeof outputs[0]) == 0);
  end(&c);
}

static void of_fits(void) {
  group("fit stops inside a step, a validation, a solve and trunks, with the parameters of the last whole step");
  call c = begin("time_steps=2000 batch_size=20000 steps=10", filled(MANY, 2), filled(MANY, 2));
  c.make = fit;
  stops(&c, 0.3, true, RFGSNN_STOPPED_REQUEST);
  stops(&c, 0.3, false, RFGSNN_STOPPED_REQUEST);
  int64_t updates;
  OK(rfgsnn_trainer_updates(c.trainer, &updates));
  CHECK_EQUAL(updates, 0);
  end(&c);

  c = begin("time_steps=2000 readout_solve=start", filled(MANY, 2), filled(MANY, 2));
  c.make = fit;
  stops(&c, 0.3, true, RFGSNN_STOPPED_REQUEST);
  end(&c);

  c = begin("", repeated(1000000000, 2), repeated(1000000000, 2));
  c.make = fit;
  stops(&c, 0.3, true, RFGSNN_STOPPED_REQUEST);
  end(&c);

  /* The steps before the long validation stay done. */
  float *ends[2];
  for (int round = 0; round < 2; ++round) {
    c = begin("time_steps=2000 schedule=constant steps=3 report_interval=2 batch_size=4", filled(MANY, 2),
              filled(MANY, 2));
    if (round) {
      int64_t few[2] = {16, 2};
      rfgsnn_array inputs = c.inputs[0], targets = c.targets;
      inputs.shape = targets.shape = few;
      OK(rfgsnn_trainer_free(c.trainer));
      rfgsnn_options *options = options_of("schedule=constant steps=2 batch_size=4");
      OK(rfgsnn_trainer_create(c.network, options, &c.trainer));
      rfgsnn_options_free(options);
      CHECK_EQUAL(rfgsnn_fit(c.trainer, &inputs, 1, &targets, NULL, 0, NULL, NULL, NULL), RFGSNN_STOPPED_STEPS);
    } else {
      request request = {0.6, {INFINITY, 0}, c.network, c.trainer};
      pthread_t thread;
      pthread_create(&thread, NULL, ask, &request);
      CHECK_EQUAL(fit_validating(&c), RFGSNN_STOPPED_REQUEST);
      double late = between(request.asked, now());
      pthread_join(thread, NULL);
      CHECK(late >= 0 && late < 2 * SOON); /* once only */
    }
    OK(rfgsnn_trainer_updates(c.trainer, &updates));
    CHECK_EQUAL(updates, 2);
    ends[round] = copy_parameters(c.network);
    if (round) CHECK(memcmp(ends[0], ends[1], (size_t)parameter_count(c.network) * sizeof(float)) == 0);
    end(&c);
  }
  free(ends[0]);
  free(ends[1]);

  c = begin("architecture=deeponet inputs=20 outputs=1 trunk_steps=1000000 time_steps=64", filled(100, 20),
            filled(100, 100));
  c.inputs[1] = filled(100, 1);
  c.n_inputs = 2;
  request request = {0.5, {INFINITY, 0}, c.network, c.trainer};
  pthread_t thread;
  pthread_create(&thread, NULL, ask, &request);
  CHECK_EQUAL(fit(&c), RFGSNN_STOPPED_REQUEST);
  double late = between(request.asked, now());
  pthread_join(thread, NULL);
  CHECK(late >= 0 && late < 2 * SOON);
  end(&c);
}

static rfgsnn_network *volatile signalled;
static volatile sig_atomic_t handler_status = 1;

static void on_signal(int number) {
  (void)number;
  handler_status = rfgsnn_network_request_stop(signalled);
}

static void *interrupt(void *context) {
  sleep_for(0.3);
  pthread_kill(*(pthread_t *)context, SIGUSR1);
  return NULL;
}

static void from_handlers(void) {
  group("a signal handler on the thread that makes the call stops it");
  call c = begin("time_steps=2000", filled(MANY, 2), filled(1, 2));
  signalled = c.network;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigaction(SIGUSR1, &action, NULL);
  pthread_t thread, own = pthread_self();
  pthread_create(&thread, NULL, interrupt, &own);
  CHECK_EQUAL(activity(&c), RFGSNN_ERROR_CANCELLED);
  pthread_join(thread, NULL);
  CHECK_EQUAL(handler_status, RFGSNN_OK);
  end(&c);
}

static void pending(void) {
  group("a request while nothing runs stops the next call that can be stopped, and only that one");
  fixture *f = fixture_make("");
  double y[SAMPLES][OUTPUTS];
  rfgsnn_array outputs = DOUBLES(y, SAMPLES, OUTPUTS);
  OK(rfgsnn_network_request_stop(f->network));
  OK(rfgsnn_network_request_stop(f->network));
  float *parameters = copy_parameters(f->network);
  OK(rfgsnn_network_set_parameters(f->network, parameters, parameter_count(f->network)));
  free(parameters);
  watch(f->network);
  REFUSED(RFGSNN_ERROR_CANCELLED, rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs), "stopped", "again");
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs));
  OK(rfgsnn_network_request_stop(f->network));
  REFUSED(RFGSNN_ERROR_CANCELLED, rfgsnn_forward(f->trainer, &f->inputs, 1, NULL), "stopped");
  OK(rfgsnn_forward(f->trainer, &f->inputs, 1, NULL));
  OK(rfgsnn_request_stop(f->trainer));
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs)); /* the trainer's is its own */
  REFUSED(RFGSNN_ERROR_CANCELLED, rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL), "stopped");
  OK(rfgsnn_estimate_gradient(f->trainer, &f->targets, NULL));
  OK(rfgsnn_network_request_stop(f->network));
  CHECK_EQUAL(rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL), RFGSNN_STOPPED_REQUEST);
  CHECK_EQUAL(rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL), RFGSNN_STOPPED_STEPS);

  rfgsnn_network *other;
  OK(rfgsnn_network_clone(f->network, &other));
  OK(rfgsnn_network_request_stop(other)); /* never this one's business */
  OK(rfgsnn_network_predict(f->network, &f->inputs, 1, &outputs));
  OK(rfgsnn_network_free(other));
  REFUSED(RFGSNN_ERROR_INVALID_HANDLE, rfgsnn_network_request_stop(other), "network", "freed");
  REFUSED(RFGSNN_ERROR_INVALID_HANDLE, rfgsnn_network_request_stop((rfgsnn_network *)f->trainer), "network");
  REFUSED(RFGSNN_ERROR_NULL_POINTER, rfgsnn_network_request_stop(NULL), "network", "NULL");
  watch(NULL);
  fixture_free(f);
}

/* Asks for stops at odd moments, until it is told to end. */
typedef struct pest {
  rfgsnn_trainer *trainer;
  bool ended;
} pest;

static void *pester(void *context) {
  pest *pest = context;
  for (unsigned round = 1; !__atomic_load_n(&pest->ended, __ATOMIC_RELAXED); ++round) {
    /* Longer and longer, so that every call comes to its end at last, on any machine. */
    sleep_for(1e-5 * (1 + round / 8) * (double)(round * 7919 % 64));
    rfgsnn_request_stop(pest->trainer);
  }
  return NULL;
}

enum { UPDATES = 8 };

/* The parameters after some updates; calls that `stops` counts are made again. */
static float *trained(const char *words, bool pestered, int *stops) {
  fixture *f = fixture_make("hidden=96,64 time_steps=40 threads=2 surrogate=gaussian batch_size=16");
  rfgsnn_options *options = options_of("seed=5");
  set_options(options, words);
  rfgsnn_trainer *trainer;
  OK(rfgsnn_trainer_create(f->network, options, &trainer));
  pest pest = {trainer, false};
  pthread_t thread;
  if (pestered) pthread_create(&thread, NULL, pester, &pest);
  for (int update = 0; update < UPDATES; ++update) {
    rfgsnn_status status;
    do {
      while ((status = rfgsnn_forward(trainer, &f->inputs, 1, NULL)) == RFGSNN_ERROR_CANCELLED) ++*stops;
      OK(status);
      while ((status = rfgsnn_estimate_gradient(trainer, &f->targets, NULL)) == RFGSNN_ERROR_CANCELLED) ++*stops;
      OK(status);
      status = rfgsnn_update(trainer);
    } while (status == RFGSNN_ERROR_WRONG_ORDER); /* accumulate */
    OK(status);
  }
  __atomic_store_n(&pest.ended, true, __ATOMIC_RELAXED);
  if (pestered) pthread_join(thread, NULL);
  float *parameters = copy_parameters(f->network);
  rfgsnn_options_free(options);
  OK(rfgsnn_trainer_free(trainer));
  fixture_free(f);
  return parameters;
}

static void learning(void) {
  group("trainers that are stopped again and again come to the same bits as those that are not");
  const char *const kinds[] = {
      "estimator=rfg_activity", "estimator=rfg_activity guide=feedback directions=8",
      "estimator=rfg_activity tangent=full",
      "estimator=rfg_activity accumulate=2", "estimator=rfg_activity stein_pairs=8",
      "estimator=rfg_activity surrogate_adaptation=gradient accumulate=2",
      "estimator=rfg_global guide=momentum directions=4",
      "estimator=rfg_layerwise aggregation=projection directions=8",
      "estimator=rfg_layerwise aggregation=gauss_newton directions=8",
      "estimator=weight_mirror", "estimator=spatial_bp", "estimator=fdfa", "estimator=opzo", "estimator=random_feedback",
      "estimator=rfg_per_step directions=2", "estimator=bptt", "estimator=black_box guide=momentum directions=4"};
  int stops = 0;
  for (size_t index = 0; index < sizeof kinds / sizeof *kinds; ++index) {
    int none = 0;
    float *plain = trained(kinds[index], false, &none);
    CHECK_EQUAL(none, 0);
    float *pestered = trained(kinds[index], true, &stops);
    if (!CHECK(memcmp(plain, pestered, (96 * 3 + 97 * 64 + 65 * 2) * sizeof(float)) == 0)) {
      printf("%s\n", kinds[index]);
    }
    free(plain);
    free(pestered);
  }
  CHECK(stops > 20);
}

int main(void) {
  pending();
  if (!getenv("RFGSNN_TEST_SECONDS")) alarm(300); /* long calls, several times over beside other work */
  learning();
  from_handlers();
  of_networks();
  of_closed_forms();
  of_data();
  of_trainers();
  of_states();
  of_fits();
  return summary();
}
