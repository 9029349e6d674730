#include <cmath>
#include <iostream>

#include "calculator/calculator.hpp"

namespace {

int failures = 0;

void expect_value(const char* expression, double expected) {
    const double value = calculator::evaluate(expression);
    if (std::abs(value - expected) < 1e-12) return;
    std::cerr << expression << " is " << value << ", not " << expected << '\n';
    ++failures;
}

void expect_error(const char* expression, std::size_t position) {
    try {
        const double value = calculator::evaluate(expression);
        std::cerr << expression << " has the value " << value << '\n';
    } catch (const calculator::SyntaxError& error) {
        if (error.position() == position) return;
        std::cerr << expression << " is wrong at " << error.position() << ", not " << position << '\n';
    }
    ++failures;
}

}  // namespace

int main() {
    expect_value("1 + 2 * 3", 7);
    expect_value("(1 + 2) * 3", 9);
    expect_value("2 ^ 3 ^ 2", 512);
    expect_value("--4 - -1", 5);
    expect_value("sqrt(16) + abs(-.5)", 4.5);
    expect_error("", 0);
    expect_error("1 +", 3);
    expect_error("(1", 2);
    expect_error("1.2.3", 0);
    expect_error("2 foo(1)", 2);
    expect_error("foo(1)", 0);
    return failures == 0 ? 0 : 1;
}
