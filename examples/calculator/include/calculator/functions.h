#ifndef CALCULATOR_FUNCTIONS_H
#define CALCULATOR_FUNCTIONS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A function of one number. */
typedef double (*calculator_function)(double);

/** The function of that name (`name` need not end in a zero), or NULL. */
calculator_function calculator_find_function(const char *name, size_t length);

#ifdef __cplusplus
}
#endif

#endif
