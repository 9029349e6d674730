#ifndef GREETING_H
#define GREETING_H

#include <stddef.h>

/* Writes what is said to somebody into a text of that size. */
void greeting(char *text, size_t size, const char *somebody);

#endif
