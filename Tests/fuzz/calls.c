#include "calls.h"

#include "random.h"
#include "record.h"

/* How often each is drawn, of the sum of all. */
static const struct {
  int weight;
  void (*call)(void);
} choices[] = {
    {20, library_calls},    {9, options_new},        {60, options_set},       {40, network_new},
    {1, network_huge},      {6, network_clone},      {10, network_free},      {15, network_read},
    {20, network_write},    {15, network_scaling},   {12, network_widths},    {90, network_predict},
    {40, network_activity}, {18, network_calibrate}, {22, network_solve},     {14, state_new},
    {6, state_free},        {50, state_step},        {25, state_read},        {40, trainer_new},
    {10, trainer_free},     {190, trainer_pass},     {120, trainer_estimate}, {35, trainer_black_box},
    {90, trainer_update},   {40, trainer_read},      {45, trainer_fit},       {12, trainer_diagnose},
    {25, stranger_call},
};

enum { CHOICES = sizeof choices / sizeof *choices };

void any_call(void) {
  int sum = 0;
  for (int i = 0; i < CHOICES; ++i) sum += choices[i].weight;
  int drawn = (int)below(sum), i = 0;
  while (drawn >= choices[i].weight) drawn -= choices[i++].weight;
  choices[i].call();
}

void begin_calls(void) {
  options_begin();
  for (int i = 0; i < 3; ++i) network_new();
  for (int i = 0; i < 4; ++i) trainer_new();
  state_new();
}

void expect_failure(bool wrong, rfgsnn_status status) {
  if (wrong && status >= 0) FINDING("arguments that are wrong were taken: %s", rfgsnn_status_name(status));
}
