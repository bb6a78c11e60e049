/* The floating-point environment of the calling thread: rounding, flushing, traps, and the flags of what has happened. */
#ifndef RFGSNN_FLOAT_CONTROL_H
#define RFGSNN_FLOAT_CONTROL_H

#include <stdint.h>

/* All of it, in one word; 0 where the processor is not known. The x87 unit of x86-64 is left alone: nothing here
 * computes with it. */
static inline uint64_t rfgs_float_control(void) {
#if defined(__x86_64__)
  uint32_t word;
  __asm__ volatile("stmxcsr %0" : "=m"(word) : : "memory");
  return word;
#elif defined(__aarch64__)
  uint64_t control, status;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control) : : "memory");
  __asm__ volatile("mrs %0, fpsr" : "=r"(status) : : "memory");
  return (control & 0xffffffffu) | status << 32;
#else
  return 0;
#endif
}

/* Takes a word that rfgs_float_control or rfgs_quiet_float_control gave. */
static inline void rfgs_set_float_control(uint64_t control) {
#if defined(__x86_64__)
  uint32_t word = (uint32_t)control;
  __asm__ volatile("ldmxcsr %0" : : "m"(word) : "memory");
#elif defined(__aarch64__)
  uint64_t low = control & 0xffffffffu, high = control >> 32;
  __asm__ volatile("msr fpcr, %0" : : "r"(low) : "memory");
  __asm__ volatile("msr fpsr, %0" : : "r"(high) : "memory");
#else
  (void)control;
#endif
}

/* The same rounding and flushing, without traps and with all flags down. */
static inline uint64_t rfgs_quiet_float_control(uint64_t control) {
#if defined(__x86_64__)
  /* Flags are bits 0 to 5, the masks of their traps bits 7 to 12. */
  return (control & ~(uint64_t)0x3f) | 0x1f80;
#elif defined(__aarch64__)
  /* Traps are enabled by bits 8 to 12 and 15 of FPCR; FPSR holds the flags. */
  return control & 0xffffffffu & ~(uint64_t)0x9f00;
#else
  return control;
#endif
}

#endif
