// The bytes of a stored item. docs/formats/embedded-store.md has the format byte by byte. Pure.
#pragma once

#include <string>
#include <string_view>

#include "spillway/error.h"
#include "spillway/value.h"

namespace spillway {

/// Equal items give equal bytes. A Spilled value may not occur (assert).
std::string encode_item(const Item& item);

/// corrupt when `bytes` are not what encode_item makes: unknown version or tag, a length beyond the
/// end, names out of order, nesting above 32 levels, bytes left over. Never allocates more than a
/// small multiple of `bytes`, never recurses deeper than the nesting limit.
Result<Item> decode_item(std::string_view bytes);

}  // namespace spillway
