#include "{{name}}/plugin.h"

static int run(int input) {
    return 2 * input;
}

const plugin *plugin_entry() {
    static const plugin self = {"{{name}}", run};
    return &self;
}
