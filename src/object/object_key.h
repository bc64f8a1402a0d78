// What every backend demands of an object key. Pure.
#pragma once

#include "base/utf8.h"
#include "object/object_store.h"

namespace spillway {

inline constexpr std::size_t object_key_bytes_max = 1024;

/// ok for 1 to 1,024 bytes of UTF-8 (RFC 3629); else invalid_argument.
Result<void> check_object_key(const ObjectKey& key, const char* op);

}  // namespace spillway
