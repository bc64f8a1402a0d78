// How the bytes of a value are encoded in an object or an item, and checked block by block. Pure.
// The format is described byte by byte in docs/formats/encodings.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "spillway/bytes.h"
#include "spillway/error.h"

namespace spillway {

/// The spelling in references: "raw", "gzip", "zstd", "columnar" (kept for a later encoding).
enum class Encoding { raw, gzip, zstd, columnar };
std::string_view to_string(Encoding encoding);
std::optional<Encoding> encoding_from_string(std::string_view text);

/// Raw bytes in the i-th block of any value (the last block may be shorter): 256 KiB for the first
/// 256 blocks, then growing fourfold every 256 blocks up to 16 MiB, so that small values have fine
/// ranges and a value of many GiB still has a short index.
std::uint64_t block_raw_bytes(std::size_t i);

/// Where each block of an encoded value lies, with a CRC32C over the *encoded* bytes of each, by
/// which any range of a large value is fetched and verified alone.
struct BlockIndex {
  struct Block {
    std::uint64_t raw_offset, raw_bytes;
    std::uint64_t encoded_offset, encoded_bytes;
    std::uint32_t crc32c;
  };
  Encoding encoding = Encoding::raw;
  std::uint64_t raw_bytes = 0;
  std::uint64_t encoded_bytes = 0;
  std::vector<Block> blocks;  ///< empty for an empty value

  /// Compact bytes (for the manifest) and back; corrupt when they do not describe a value.
  std::string serialize() const;
  static Result<BlockIndex> parse(std::string_view bytes);
  /// The blocks [first, last) that hold `range` of the raw bytes; the range must lie within.
  std::pair<std::size_t, std::size_t> covering(ByteRange range) const;
};

/// An encoded value in memory.
struct Encoded {
  std::string bytes;
  BlockIndex index;
  Sha256 digest;  ///< of the raw bytes: the authority
};

/// Encodes `raw` as `wanted`; with zstd the smaller of zstd and raw wins. What was encoded is
/// decoded and compared before it is returned (Code::internal if it differs).
Result<Encoded> encode(std::string_view raw, Encoding wanted);

/// Verifies every block's checksum and the whole digest. corrupt says which block.
Result<std::string> decode(std::string_view bytes, const BlockIndex& index, const Sha256& digest);

/// Verifies and decodes block `i` alone from its encoded bytes.
Result<std::string> decode_block(std::string_view encoded, const BlockIndex& index, std::size_t i);

/// A stream that encodes another as it is read, in constant memory (three blocks: raw,
/// encoded, and read back to be sure). After it has ended
/// (read returned 0) `index` and `digest` hold. `source` must outlive it.
class EncodingSource final : public ByteSource {
 public:
  EncodingSource(ByteSource& source, Encoding encoding);
  ~EncodingSource() override;
  Result<std::size_t> read(char* buffer, std::size_t capacity) override;
  const BlockIndex& index() const;
  const Sha256& digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A stream of raw bytes decoded from a stream of the encoded blocks [first, last). Each block is
/// verified before a byte of it leaves. With `digest` (only for all blocks) the whole SHA-256 is
/// verified before the last byte leaves. Constant memory (one block).
class DecodingSource final : public ByteSource {
 public:
  /// Brings the bytes of one block a second time.
  using Refetch = std::function<Result<std::string>(ByteRange encoded)>;
  /// With `refetch` a block that is damaged or missing is asked for once more: what was altered on
  /// the way is whole at its source.
  DecodingSource(std::unique_ptr<ByteSource> encoded, BlockIndex index, std::size_t first,
                 std::size_t last, std::optional<Sha256> digest, Refetch refetch = {});
  ~DecodingSource() override;
  Result<std::size_t> read(char* buffer, std::size_t capacity) override;
  /// All of it, where nothing was read yet: as read_all() would, decoded into its place.
  Result<std::string> read_whole();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace spillway
