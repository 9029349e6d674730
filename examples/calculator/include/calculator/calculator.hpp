#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace calculator {

/// What is wrong with an expression, and where.
class SyntaxError : public std::runtime_error {
public:
    SyntaxError(const std::string& what, std::size_t position) : std::runtime_error(what), position_(position) {}

    /// How many characters come before the one that is wrong.
    std::size_t position() const noexcept { return position_; }

private:
    std::size_t position_;
};

/// The value of an expression of numbers, `+ - * / ^`, parentheses and the functions that `functions.h` lists.
/// Throws SyntaxError.
double evaluate(std::string_view expression);

}  // namespace calculator
