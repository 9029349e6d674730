#pragma once

#include <string_view>

namespace calculator {

/// A word of an expression.
struct Token {
    enum class Kind { number, name, symbol, end };

    Kind kind;
    std::string_view text;
    double value;
    std::size_t position;
};

/// Cuts an expression into tokens, one at a time.
class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    /// The next token; `end` for ever after the last one. Throws SyntaxError.
    Token next();

private:
    std::string_view text_;
    std::size_t position_ = 0;
};

}  // namespace calculator
