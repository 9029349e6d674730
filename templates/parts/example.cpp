#include "{{name}}/greeting.hpp"

#include <iostream>

int main() {
    std::cout << greeting::to("{{name}}") << '\n';
}
