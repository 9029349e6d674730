#include "{{name}}/greeting.hpp"

namespace greeting {

std::string to(const std::string &somebody) {
    return "Hello, " + somebody + "!";
}

} // namespace greeting
