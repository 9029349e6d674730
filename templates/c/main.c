#include "greeting.h"

#include <stdio.h>

int main(int argc, char **argv) {
    char text[100];
    greeting(text, sizeof text, argc > 1 ? argv[1] : "{{name}}");
    puts(text);
    return 0;
}
