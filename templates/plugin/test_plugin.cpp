#include "{{name}}/plugin.h"

int main() {
    return plugin_entry()->run(21) == 42 ? 0 : 1;
}
