// Checks on a block index that came from outside. Private to codec.
#pragma once

#include "codec/encoding.h"

namespace spillway {

/// The offset, size and bounds that block `i` must have in `index`; corrupt if it has others.
Result<void> check_block(const BlockIndex& index, std::size_t i);

/// Every block, and that together they are the value; corrupt otherwise, unsupported for an
/// encoding that cannot be read here.
Result<void> check_index(const BlockIndex& index);

/// ok for raw and zstd; else unsupported.
Result<void> check_encoding(Encoding encoding, const char* op);

}  // namespace spillway
