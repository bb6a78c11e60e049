/* fork in the middle of training: parent and child go on, each by itself, with worker threads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"

static fixture *f;

/* Trains on, and predicts; true if all went well. */
static bool go_on(double outputs[SAMPLES][OUTPUTS]) {
  rfgsnn_array places = DOUBLES(outputs, SAMPLES, OUTPUTS);
  return rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, NULL, NULL) ==
             RFGSNN_STOPPED_STEPS &&
         rfgsnn_network_predict(f->network, &f->inputs, 1, &places) == RFGSNN_OK;
}

static void fork_and_compare(void) {
  double outputs[SAMPLES][OUTPUTS], of_child[SAMPLES][OUTPUTS];
  int ends[2];
  if (!CHECK(pipe(ends) == 0)) return;
  pid_t child = fork();
  if (child == 0) {
    alarm(30);
    bool well = go_on(outputs) && rfgsnn_trainer_free(f->trainer) == RFGSNN_OK &&
                rfgsnn_network_free(f->network) == RFGSNN_OK &&
                rfgsnn_options_free(f->options) == RFGSNN_OK &&
                write(ends[1], outputs, sizeof outputs) == (ssize_t)sizeof outputs;
    free(f);
    _exit(well ? 0 : 1);
  }
  int status = -1;
  CHECK(go_on(outputs));
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(read(ends[0], of_child, sizeof of_child) == (ssize_t)sizeof of_child);
  CHECK(memcmp(outputs, of_child, sizeof outputs) == 0);
  close(ends[0]);
  close(ends[1]);
}

static int32_t fork_inside(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                           double seconds_left) {
  (void)step, (void)steps, (void)loss, (void)validation_loss, (void)seconds_left;
  pid_t *child = context;
  if (*child == -1) *child = fork();
  return 0;
}

int main(void) {
  for (int threads = 1; threads <= 2; ++threads) {
    char words[64], sentence[100];
    snprintf(words, sizeof words, "threads=%d hidden=64,64 time_steps=16", threads);
    snprintf(sentence, sizeof sentence,
             "after a fork child and parent train and predict alike, on %d threads", threads);
    group(sentence);
    f = fixture_make(words);
    double outputs[SAMPLES][OUTPUTS];
    CHECK(go_on(outputs)); /* the worker thread is there */
    fork_and_compare();
    fork_and_compare();

    group("a fork inside the progress callback leaves both with a training that ends");
    pid_t child = -1;
    rfgsnn_status status =
        rfgsnn_fit(f->trainer, &f->inputs, 1, &f->targets, NULL, 0, NULL, fork_inside, &child);
    bool well = status == RFGSNN_STOPPED_STEPS && go_on(outputs);
    if (child == 0) _exit(well ? 0 : 1);
    int result = -1;
    CHECK(well);
    CHECK(child > 0 && waitpid(child, &result, 0) == child && result == 0);
    fixture_free(f);
  }
  return summary();
}
