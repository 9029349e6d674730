#include "greeting.h"

#include <stdio.h>
#include <string.h>

int main(void) {
    char text[20];
    greeting(text, sizeof text, "tests");
    if (strcmp(text, "Hello, tests!") != 0) {
        fprintf(stderr, "greeting: %s\n", text);
        return 1;
    }
    return 0;
}
