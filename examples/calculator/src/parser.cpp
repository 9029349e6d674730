#include <cmath>
#include <string>

#include "calculator/calculator.hpp"
#include "calculator/functions.h"
#include "lexer.hpp"

namespace calculator {

namespace {

/// A parser by recursive descent that evaluates as it goes:
///
///     sum     = product { ("+" | "-") product }
///     product = power { ("*" | "/") power }
///     power   = sign [ "^" power ]
///     sign    = { "-" } operand
///     operand = number | "(" sum ")" | name "(" sum ")"
class Parser {
public:
    explicit Parser(std::string_view text) : lexer_(text), token_(lexer_.next()) {}

    double whole() {
        const double value = sum();
        if (token_.kind != Token::Kind::end) fail("unexpected \"" + std::string(token_.text) + '"');
        return value;
    }

private:
    double sum() {
        double value = product();
        for (;;) {
            if (accept("+")) value += product();
            else if (accept("-")) value -= product();
            else return value;
        }
    }

    double product() {
        double value = power();
        for (;;) {
            if (accept("*")) value *= power();
            else if (accept("/")) value /= power();
            else return value;
        }
    }

    double power() {
        const double base = sign();
        return accept("^") ? std::pow(base, power()) : base;
    }

    double sign() { return accept("-") ? -sign() : operand(); }

    double operand() {
        if (token_.kind == Token::Kind::number) {
            const double value = token_.value;
            token_ = lexer_.next();
            return value;
        }
        if (token_.kind == Token::Kind::name) return call();
        if (token_.text == "(") return in_parentheses();
        fail(token_.kind == Token::Kind::end ? "the expression ends too early" : "unexpected \"" + std::string(token_.text) + '"');
    }

    double call() {
        const Token name = token_;
        const calculator_function function = calculator_find_function(name.text.data(), name.text.size());
        if (function == nullptr) fail("no function is called \"" + std::string(name.text) + '"');
        token_ = lexer_.next();
        return function(in_parentheses());
    }

    double in_parentheses() {
        if (!accept("(")) fail("\"(\" expected");
        const double value = sum();
        if (!accept(")")) fail("\")\" expected");
        return value;
    }

    bool accept(std::string_view symbol) {
        if (token_.kind != Token::Kind::symbol || token_.text != symbol) return false;
        token_ = lexer_.next();
        return true;
    }

    [[noreturn]] void fail(const std::string& what) const { throw SyntaxError(what, token_.position); }

    Lexer lexer_;
    Token token_;
};

}  // namespace

double evaluate(std::string_view expression) { return Parser(expression).whole(); }

}  // namespace calculator
