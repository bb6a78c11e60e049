/* Arguments that should be right: made from their description alone. */
#ifndef VALUES_H
#define VALUES_H

#include "world.h"

enum { UNTOUCHED = 0xA5 }; /* every byte of memory for outputs */

bool make_value(value *value, const argument *argument, world *world);

/* Gives a number argument a value, converted to its type. */
void set_number(value *value, const argument *argument, double number);

/* Gives an array argument another of its shapes, in C order. */
void set_shape(value *value, shape shape);

size_t elements_of(shape shape);
bool is_output(const argument *argument);

/* How many numbers an argument of kind numbers or numbers_out has in a call. */
int64_t length_of(const call *call, int argument);

#endif
