#include "{{name}}/plugin.h"

#include <dlfcn.h>
#include <iostream>
#include <string>

// The plugin lies in lib/ beside the bin/ that this program is in, unless another one is named.
static std::string beside(std::string program) {
    auto slash = program.rfind('/');
    return (slash == std::string::npos ? "." : program.substr(0, slash)) + "/../lib/{{library}}";
}

int main(int argc, char **argv) {
    std::string path = argc > 1 ? argv[1] : beside(argv[0]);
    void *library = dlopen(path.c_str(), RTLD_NOW);
    auto entry = library ? reinterpret_cast<const plugin *(*)()>(dlsym(library, "plugin_entry")) : nullptr;
    if (!entry) {
        std::cerr << dlerror() << '\n';
        return 1;
    }
    std::cout << entry()->name << ": " << entry()->run(21) << '\n';
}
