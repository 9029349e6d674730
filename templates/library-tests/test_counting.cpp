#include "{{name}}/counting.hpp"

#include <iostream>

static int failures = 0;

static void check(const std::string &text, std::size_t expected) {
    if (greeting::words(text) != expected) {
        std::cerr << '"' << text << "\": " << greeting::words(text) << " words, not " << expected << '\n';
        ++failures;
    }
}

int main() {
    check("", 0);
    check("one", 1);
    check("  two\twords\n", 2);
    return failures == 0 ? 0 : 1;
}
