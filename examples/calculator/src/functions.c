#include "calculator/functions.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    calculator_function function;
} functions[] = {
    {"abs", fabs}, {"cos", cos}, {"exp", exp}, {"ln", log}, {"sin", sin}, {"sqrt", sqrt},
};

calculator_function calculator_find_function(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; ++i) {
        if (strlen(functions[i].name) == length && memcmp(functions[i].name, name, length) == 0) {
            return functions[i].function;
        }
    }
    return NULL;
}
