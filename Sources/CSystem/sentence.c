#define _GNU_SOURCE
#include "sentence.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY = 1024 };

typedef struct {
  int32_t length;
  bool writing;
  char draft[CAPACITY];
  char error[CAPACITY];
} texts;

/* Not thread-local storage: of that, a library loaded by dlopen gets its part when a thread first touches it, and the
 * process is ended where there is no memory for it. */
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int key_error;
/* For threads that have no memory left. They may spoil each other's sentences, and nothing else. */
static texts shared;

static void make_key(void) { key_error = pthread_key_create(&key, free); }

static texts *of_this_thread(void) {
  pthread_once(&once, make_key);
  if (key_error != 0) return &shared;
  texts *own = pthread_getspecific(key);
  if (own != NULL) return own;
  own = calloc(1, sizeof *own);
  if (own == NULL) return &shared;
  if (pthread_setspecific(key, own) == 0) return own;
  free(own);
  return &shared;
}

int32_t rfgs_sentence_begin(void) {
  texts *own = of_this_thread();
  if (!own->writing) own->length = 0;
  own->writing = true;
  return own->length;
}

void rfgs_sentence_append(const char *utf8, size_t length) {
  texts *own = of_this_thread();
  size_t room = CAPACITY - 1 - (size_t)own->length;
  if (length > room) {
    length = room;
    while (length > 0 && (utf8[length] & 0xC0) == 0x80) --length;
  }
  memcpy(own->draft + own->length, utf8, length);
  own->length += (int32_t)length;
}

void rfgs_sentence_append_integer(int64_t value) {
  char digits[24];
  int length = snprintf(digits, sizeof digits, "%lld", (long long)value);
  rfgs_sentence_append(digits, (size_t)length);
}

static void append_number(double value, int fewest, int most, bool (*reads_back)(const char *, double)) {
  char digits[40];
  if (isnan(value)) {
    rfgs_sentence_append("nan", 3);
    return;
  }
  int length = 0;
  for (int precision = fewest; precision <= most; ++precision) {
    length = snprintf(digits, sizeof digits, "%.*g", precision, value);
    if (reads_back(digits, value)) break;
  }
  for (int place = 0; place < length; ++place) {
    if (!strchr("0123456789+-einf", digits[place])) {
      /* The locale's decimal point, of one byte or more. */
      int rest = place + 1;
      while (rest < length && (digits[rest] & 0x80)) ++rest;
      digits[place] = '.';
      memmove(digits + place + 1, digits + rest, (size_t)(length - rest));
      length -= rest - place - 1;
      break;
    }
  }
  rfgs_sentence_append(digits, (size_t)length);
}

static bool reads_back_double(const char *digits, double value) { return strtod(digits, NULL) == value; }
static bool reads_back_float(const char *digits, double value) { return strtof(digits, NULL) == (float)value; }

void rfgs_sentence_append_double(double value) { append_number(value, 15, 17, reads_back_double); }
void rfgs_sentence_append_float(float value) { append_number((double)value, 6, 9, reads_back_float); }

void rfgs_sentence_finish(int32_t start) {
  texts *own = of_this_thread();
  if (start < 0 || start > own->length) start = 0;
  own->length -= start;
  memmove(own->draft, own->draft + start, (size_t)own->length);
  own->writing = false;
}

void rfgs_sentence_reopen(void) { of_this_thread()->writing = true; }

const char *rfgs_sentence(void) {
  texts *own = of_this_thread();
  own->draft[own->length] = '\0';
  return own->draft;
}

void rfgs_sentence_publish(void) {
  texts *own = of_this_thread();
  memcpy(own->error, own->draft, (size_t)own->length);
  own->error[own->length] = '\0';
}

const char *rfgs_error_text(void) { return of_this_thread()->error; }
