#pragma once

#include <string>

namespace greeting {

/// What is said to somebody.
std::string to(const std::string &somebody);

} // namespace greeting
