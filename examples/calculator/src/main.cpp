#include <iostream>
#include <string>

#include "calculator/calculator.hpp"

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: calculator EXPRESSION\n";
        return 2;
    }
    const std::string expression = argv[1];
    try {
        std::cout << calculator::evaluate(expression) << '\n';
        return 0;
    } catch (const calculator::SyntaxError& error) {
        std::cerr << expression << '\n' << std::string(error.position(), ' ') << "^ " << error.what() << '\n';
        return 1;
    }
}
