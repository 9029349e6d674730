#include "greeting.hpp"

#include <iostream>

int main() {
    if (greeting::to("tests") != "Hello, tests!") {
        std::cerr << "greeting::to: " << greeting::to("tests") << '\n';
        return 1;
    }
}
