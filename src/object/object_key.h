// What every backend demands of an object key. Pure.
#pragma once

#include <string_view>

#include "object/object_store.h"

namespace spillway {

inline constexpr std::size_t object_key_bytes_max = 1024;

/// ok for 1 to 1,024 bytes of UTF-8 (RFC 3629); else invalid_argument.
Result<void> check_object_key(const ObjectKey& key, const char* op);

/// Is it UTF-8 (RFC 3629), from the first byte to the last?
bool is_utf8(std::string_view text);
/// The longest part from the front that is.
std::string_view utf8_prefix(std::string_view text);

}  // namespace spillway
