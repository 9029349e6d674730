#include "greeting.hpp"

#include <iostream>

int main(int argc, char **argv) {
    std::cout << greeting::to(argc > 1 ? argv[1] : "{{name}}") << '\n';
}
