#include "{{name}}/counting.hpp"

#include <sstream>

namespace greeting {

std::size_t words(const std::string &text) {
    std::istringstream in(text);
    std::size_t count = 0;
    for (std::string word; in >> word;) {
        ++count;
    }
    return count;
}

} // namespace greeting
