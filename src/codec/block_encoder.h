// Encoding a value block by block while its index and digest grow. Private to codec.
#pragma once

#include <optional>

#include "codec/encoding.h"
#include "codec/zstd_frame.h"

namespace spillway {

/// One thread at a time.
class BlockEncoder {
 public:
  /// `encoding` is raw or zstd.
  explicit BlockEncoder(Encoding encoding);

  /// Raw bytes the next block takes; only the last may have fewer.
  std::uint64_t next_block_bytes() const { return block_raw_bytes(index_.blocks.size()); }

  /// The next block, encoded, and read back to be sure (Code::internal if it differs).
  Result<std::string> add(std::string_view raw);

  const BlockIndex& index() const { return index_; }
  /// The digest of all blocks; once, at the end.
  Sha256 finish() { return hasher_.finish(); }

 private:
  Result<std::string> encode_and_compare(std::string_view raw);

  BlockIndex index_;
  Sha256Hasher hasher_;
  std::optional<ZstdCompressor> compressor_;
  std::optional<ZstdDecompressor> decompressor_;
  std::string read_back_;
};

/// Verifies block `i` of `index` from its encoded bytes and appends it to `out`.
/// `index` has been checked.
Result<void> append_block(std::string_view encoded, const BlockIndex& index, std::size_t i,
                          std::optional<ZstdDecompressor>& decompressor, std::string& out);

}  // namespace spillway
