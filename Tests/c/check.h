/* Checks for tests that read as specifications. A check that fails prints a line and the test goes on. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>

#include "rfgsnn.h"

/* Begins a group of checks; `sentence` says what they show. */
void group(const char *sentence);

/* Ends the last group, prints the totals, and gives main's return value. */
int summary(void);

#define CHECK(condition) check_that((condition), __FILE__, __LINE__, #condition)
#define CHECK_EQUAL(left, right) \
  check_equal((double)(left), (double)(right), __FILE__, __LINE__, #left " == " #right)
#define CHECK_TEXT(text, expected) check_text((text), (expected), __FILE__, __LINE__, #text)

/* The call returned RFGSNN_OK. */
#define OK(call) check_ok((call), __FILE__, __LINE__, #call)

/* The call returned `status`, with a sentence that holds all of the words, and left the watched parameters
 * alone. */
#define REFUSED(status, call, ...)                                                              \
  check_refused((remember_watched(), (call)), (status), __FILE__, __LINE__, #call, __VA_ARGS__, \
                (const char *)0)

/* The parameters that REFUSED compares; NULL for none. */
void watch(rfgsnn_network *network);

bool check_that(bool holds, const char *file, int line, const char *claim);
void check_equal(double left, double right, const char *file, int line, const char *claim);
void check_text(const char *text, const char *expected, const char *file, int line, const char *claim);
bool check_ok(rfgsnn_status status, const char *file, int line, const char *call);
void check_refused(rfgsnn_status status, rfgsnn_status expected, const char *file, int line, const char *call,
                   ...);
void remember_watched(void);

#endif
