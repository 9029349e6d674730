#include "lexer.hpp"

#include <cctype>
#include <cstdlib>
#include <string>

#include "calculator/calculator.hpp"

namespace calculator {

namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.'; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

template <typename Predicate>
std::string_view take_while(std::string_view text, Predicate predicate) {
    std::size_t length = 0;
    while (length < text.size() && predicate(text[length])) ++length;
    return text.substr(0, length);
}

}  // namespace

Token Lexer::next() {
    position_ += take_while(text_.substr(position_), is_space).size();
    const std::size_t start = position_;
    const std::string_view rest = text_.substr(start);
    if (rest.empty()) return {Token::Kind::end, rest, 0, start};

    Token token{Token::Kind::symbol, rest.substr(0, 1), 0, start};
    if (is_digit(rest.front())) {
        token.kind = Token::Kind::number;
        token.text = take_while(rest, is_digit);
        const std::string digits(token.text);
        char* end = nullptr;
        token.value = std::strtod(digits.c_str(), &end);
        if (*end != '\0') throw SyntaxError("not a number: " + digits, start);
    } else if (is_letter(rest.front())) {
        token.kind = Token::Kind::name;
        token.text = take_while(rest, is_letter);
    }
    position_ += token.text.size();
    return token;
}

}  // namespace calculator
