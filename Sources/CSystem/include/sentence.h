/* The sentences of failures, written where they are read: in memory of the calling thread, piece by piece, so that a
 * failing call allocates nothing. */
#ifndef RFGSNN_SENTENCE_H
#define RFGSNN_SENTENCE_H

#include <stddef.h>
#include <stdint.h>

/* Begins a sentence, or goes on with the one that is being written, of which the new one is a part.
 * Returns where the new one begins. */
int32_t rfgs_sentence_begin(void);

void rfgs_sentence_append(const char *utf8, size_t length);
void rfgs_sentence_append_integer(int64_t value);
/* In as few digits as tell the number apart from its neighbours, with a point whatever the locale. */
void rfgs_sentence_append_double(double value);
void rfgs_sentence_append_float(float value);

/* What stands from `start` on is the whole sentence: at most 1023 bytes, cut between characters. */
void rfgs_sentence_finish(int32_t start);

/* Goes on with the sentence that was finished last. */
void rfgs_sentence_reopen(void);

/* The sentence that was finished last; terminated, never NULL. */
const char *rfgs_sentence(void);

/* Makes it the thread's error text, which stays until the next one. */
void rfgs_sentence_publish(void);
const char *rfgs_error_text(void);

#endif
