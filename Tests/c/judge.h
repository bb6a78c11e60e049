/* What a call must have done, whatever it was called with. */
#ifndef JUDGE_H
#define JUDGE_H

#include "breakages.h"

/* Shared with the children. */
typedef struct progress {
  long calls;
  int passed, failed;
  int function, argument, which; /* of the case that runs */
  char what[200];
} progress;
extern progress *shared;

/* An option that is set on top of the examples. Calls as described may then be refused for a reason. */
extern setting extra[2];
bool is_extra(void);

/* Says what is wrong with the case that runs. */
void complain(const char *problem, const char *detail);

/* The status is documented and what the breakage must come to; a negative one has a sentence of its own that
 * names the argument. */
bool check_status(const call *call, int index, const breakage *breakage, const char *sentence_before);

/* What a function gave that returns no status. */
bool check_returned(const call *call);

/* Nothing is written but outputs, these only by a call that succeeds, and there only what there is room for.
 */
bool check_memory(const call *call, bool succeeded);

/* What a call that was made as described gave out can be used. */
bool check_outputs(const call *call);

/* The numbers behind every view that the host may write to, such as a network's parameters; the caller frees.
 */
unsigned char *copy_views(world *world, size_t *size);

/* Provokes a sentence about a kind of handle that the function to come does not take; the caller frees its
 * copy. */
char *mark_sentence(const function *next);

/* A function that calls the host back works in steps, and an error may come after some of them are done. */
bool may_have_begun(const call *call, const breakage *breakage);

#endif
