#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// What a host gets from a plugin.
struct plugin {
    const char *name;
    int (*run)(int input);
};

/// The one function that a host looks for.
const struct plugin *plugin_entry(void);

#ifdef __cplusplus
}
#endif
