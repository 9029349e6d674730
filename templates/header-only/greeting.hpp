#pragma once

#include <string>

namespace greeting {

/// What is said to somebody.
inline std::string to(const std::string &somebody) {
    return "Hello, " + somebody + "!";
}

} // namespace greeting
