#include "stops.h"

#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

static rfgsnn_network *volatile network;
static rfgsnn_trainer *volatile trainer;
static volatile sig_atomic_t allowed, turn;

static void ask(int number) {
  (void)number;
  if (!allowed || !network) return;
  turn = !turn;
  if (trainer && turn) {
    rfgsnn_request_stop(trainer);
  } else {
    rfgsnn_network_request_stop(network);
  }
}

void stops_begin(int64_t microseconds) {
  network = NULL;
  trainer = NULL;
  struct sigaction action;
  sigemptyset(&action.sa_mask);
  action.sa_handler = ask;
  action.sa_flags = SA_RESTART;
  sigaction(SIGVTALRM, &action, NULL);
  struct itimerval often = {{0, (suseconds_t)microseconds}, {0, (suseconds_t)microseconds}};
  setitimer(ITIMER_VIRTUAL, &often, NULL);
}

void stops_aim(rfgsnn_network *aimed, rfgsnn_trainer *of) {
  network = aimed;
  trainer = of;
}

void stops_allowed(bool may) { allowed = may; }
