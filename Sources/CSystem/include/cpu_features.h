/// The instruction set level of the processor, as far as the operating system supports it too.
#ifndef RFGSNN_CPU_FEATURES_H
#define RFGSNN_CPU_FEATURES_H

/// 4 for x86-64-v4, 3 for x86-64-v3, otherwise 0.
static inline int rfgc_x86_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return 4;
  if (__builtin_cpu_supports("x86-64-v3")) return 3;
#endif
  return 0;
}

#endif
