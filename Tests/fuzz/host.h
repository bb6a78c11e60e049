/* What kind of host an episode is: how it rounds, whether it traps, whether its memory runs out, whether a signal asks
 * calls to stop. Most are plain ones. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdint.h>

void host_begin(uint64_t seed);
void host_end(void);

/* Around what is the library's code: calls, but for the callbacks inside them.
 *
 * - Parameter stoppable: whether it may be asked to stop; a handle must not be freed meanwhile. */
void host_enters(bool stoppable);
void host_leaves(void);

/* What a call has done to the floating-point environment that it must not do, or NULL; asked after host_leaves. */
const char *host_complaint(void);

#endif
