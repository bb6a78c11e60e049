/* Random calls, a file for each group of functions. */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>

#include "rfgsnn.h"

/* One random call, or a few that belong together. */
void any_call(void);

/* The first handles of a new world. */
void begin_calls(void);
void options_begin(void);

/* A copy of the library's description of its options. */
void options_describe(void);

void library_calls(void);

void options_new(void);
void options_set(void);

void network_new(void);
void network_huge(void);
void network_clone(void);
void network_free(void);
void network_read(void);
void network_write(void);
void network_scaling(void);
void network_widths(void);

void network_predict(void);
void network_activity(void);
void network_calibrate(void);
void network_solve(void);

void state_new(void);
void state_free(void);
void state_step(void);
void state_read(void);

void trainer_new(void);
void trainer_free(void);
void trainer_pass(void);
void trainer_estimate(void);
void trainer_black_box(void);
void trainer_update(void);
void trainer_read(void);

void trainer_fit(void);
void trainer_diagnose(void);

void stranger_call(void);

/* Fails unless a call with arguments that are wrong was refused. */
void expect_failure(bool wrong, rfgsnn_status status);

#endif
