#include "greeting.h"

#include <stdio.h>

void greeting(char *text, size_t size, const char *somebody) {
    snprintf(text, size, "Hello, %s!", somebody);
}
