#include "host.h"

#include <fenv.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "faults.h"
#include "random.h"
#include "record.h"
#include "stops.h"

enum { FLAGS = FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW };

static int rounding;
static bool traps;

/* Flags and modes as the call left them. */
static int flags, left_rounding, left_modes;

#ifdef __SSE__
/* Rounding, flush to zero and denormals are zero. */
enum { MODES = 0xE040, FLUSH = 0x8040 };
static int modes(void) { return (int)(__builtin_ia32_stmxcsr() & MODES); }
static void flush(void) { __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | FLUSH); }
#else
static int modes(void) { return 0; }
static void flush(void) {}
#endif
static int expected_modes;

void host_begin(uint64_t seed) {
  static const int roundings[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
  int64_t rarity = chance(0.8) ? 0 : (int64_t)exp(3 + 6 * unit());
  int64_t microseconds = chance(0.9) ? 0 : 1000 + below(20000);
  rounding = chance(0.9) ? FE_TONEAREST : roundings[below(3)];
  traps = chance(0.1);
  if (chance(0.05)) flush();
  fesetround(rounding);
  expected_modes = modes();
  faults_begin(seed, rarity);
  stops_begin(microseconds);
  note("memory fails once in %lld, stops every %lld us, rounding %d, %s", (long long)rarity, (long long)microseconds,
       rounding, traps ? "with traps" : "without traps");
}

void host_end(void) {
  shared->refused_allocations += faults_count();
  faults_begin(0, 0);
  stops_begin(0);
  traps = false;
}

void host_enters(bool stoppable) {
  feclearexcept(FE_ALL_EXCEPT);
  if (traps) feenableexcept(FLAGS);
  faults_armed(true);
  stops_allowed(stoppable);
}

void host_leaves(void) {
  stops_allowed(false);
  faults_armed(false);
  flags = fetestexcept(FLAGS);
  left_rounding = fegetround();
  left_modes = modes();
  if (traps) fedisableexcept(FLAGS);
}

const char *host_complaint(void) {
  static char text[80];
  if (left_rounding != rounding || left_modes != expected_modes) return "the rounding or flush mode was changed";
  if (!flags) return NULL;
  snprintf(text, sizeof text, "left the flags%s%s%s", flags & FE_INVALID ? " FE_INVALID" : "",
           flags & FE_DIVBYZERO ? " FE_DIVBYZERO" : "", flags & FE_OVERFLOW ? " FE_OVERFLOW" : "");
  return text;
}
