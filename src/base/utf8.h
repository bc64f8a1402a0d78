// Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). Pure.
#pragma once

#include <string_view>

namespace spillway {

/// Is it UTF-8, from the first byte to the last?
bool is_utf8(std::string_view text);

/// The longest part from the front that is.
std::string_view utf8_prefix(std::string_view text);

}  // namespace spillway
