/* Requests to stop from a signal handler, in the middle of calls. */
#ifndef STOPS_H
#define STOPS_H

#include <stdbool.h>
#include <stdint.h>

#include "rfgsnn.h"

/* Asks every so many microseconds of processor time; 0 ends it. */
void stops_begin(int64_t microseconds);

/* Whose call is to stop, by its network or by its trainer, if that is not NULL. */
void stops_aim(rfgsnn_network *network, rfgsnn_trainer *trainer);

/* Whether it may be asked now: a handle must not be freed meanwhile. */
void stops_allowed(bool allowed);

#endif
