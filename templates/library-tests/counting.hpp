#pragma once

#include <cstddef>
#include <string>

namespace greeting {

/// How many words a text has.
std::size_t words(const std::string &text);

} // namespace greeting
