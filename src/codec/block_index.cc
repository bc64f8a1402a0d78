// The block index: its rules, its bytes (docs/formats/encodings.md), and finding ranges in it.
#include "codec/block_index.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "codec/zstd_frame.h"

namespace spillway {

namespace {

constexpr char format_version = 1;
constexpr std::size_t crc_bytes = 4;

Error corrupt_index(std::string detail) {
  return make_error(Code::corrupt, "codec.index", "", std::move(detail));
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put_u32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift);
}

/// Takes fields from the front of what is left.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  bool at_end() const { return left_.empty(); }

  std::optional<std::uint8_t> byte() {
    if (left_.empty()) return std::nullopt;
    const auto value = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return value;
  }

  /// Only the shortest form, so that an index has one spelling.
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto next = byte();
      if (!next) return std::nullopt;
      const std::uint64_t bits = *next & 0x7f;
      if (shift == 63 && bits > 1) return std::nullopt;
      value |= bits << shift;
      if ((*next & 0x80) == 0) {
        if (bits == 0 && shift > 0) return std::nullopt;
        return value;
      }
    }
    return std::nullopt;
  }

  std::optional<std::uint32_t> u32() {
    if (left_.size() < crc_bytes) return std::nullopt;
    std::uint32_t value = 0;
    for (unsigned i = 0; i < crc_bytes; ++i) value |= std::uint32_t{*byte()} << (8 * i);
    return value;
  }

 private:
  std::string_view left_;
};

}  // namespace

std::uint64_t block_raw_bytes(std::size_t i) {
  constexpr std::uint64_t smallest = 256 * 1024;
  const std::size_t step = std::min<std::size_t>(i / 256, 3);
  return smallest << (2 * step);
}

Result<void> check_encoding(Encoding encoding, const char* op) {
  if (encoding == Encoding::raw || encoding == Encoding::zstd) return ok();
  return make_error(Code::unsupported, op, std::string(to_string(encoding)),
                    "this encoding is neither written nor read by this version");
}

Result<void> check_block(const BlockIndex& index, std::size_t i) {
  const BlockIndex::Block& block = index.blocks[i];
  const bool raw_fits =
      block.raw_offset <= index.raw_bytes &&
      block.raw_bytes == std::min(block_raw_bytes(i), index.raw_bytes - block.raw_offset) &&
      block.raw_bytes > 0;
  const bool encoded_fits =
      block.encoded_offset <= index.encoded_bytes &&
      block.encoded_bytes <= index.encoded_bytes - block.encoded_offset &&
      (index.encoding == Encoding::raw
           ? block.encoded_bytes == block.raw_bytes
           : block.encoded_bytes > 0 &&
                 block.encoded_bytes <= zstd_frame_bytes_max(block.raw_bytes));
  if (raw_fits && encoded_fits) return ok();
  return corrupt_index("block " + std::to_string(i) + " does not fit the value");
}

Result<void> check_index(const BlockIndex& index) {
  SPILLWAY_TRY(check_encoding(index.encoding, "codec.index"));
  std::uint64_t raw_end = 0, encoded_end = 0;
  for (std::size_t i = 0; i < index.blocks.size(); ++i) {
    SPILLWAY_TRY(check_block(index, i));
    const BlockIndex::Block& block = index.blocks[i];
    if (block.raw_offset != raw_end || block.encoded_offset != encoded_end) {
      return corrupt_index("block " + std::to_string(i) + " does not follow the one before");
    }
    raw_end += block.raw_bytes;  // neither sum can overflow: check_block bounds it by the total
    encoded_end += block.encoded_bytes;
  }
  if (raw_end != index.raw_bytes || encoded_end != index.encoded_bytes) {
    return corrupt_index("the blocks do not add up to the value");
  }
  return ok();
}

std::string BlockIndex::serialize() const {
  std::string out;
  out += format_version;
  out += static_cast<char>(encoding);
  put_varint(out, raw_bytes);
  for (const Block& block : blocks) {
    if (encoding != Encoding::raw) put_varint(out, block.encoded_bytes);
    put_u32(out, block.crc32c);
  }
  put_u32(out, spillway::crc32c(out));
  return out;
}

Result<BlockIndex> BlockIndex::parse(std::string_view bytes) {
  if (bytes.size() < crc_bytes) return corrupt_index("too short");
  const std::string_view body = bytes.substr(0, bytes.size() - crc_bytes);
  if (Reader(bytes.substr(body.size())).u32() != spillway::crc32c(body)) {
    return corrupt_index("its checksum does not match");
  }
  Reader reader(body);
  const auto version = reader.byte(), encoding = reader.byte();
  const auto raw_bytes = reader.varint();
  if (!version || !encoding || !raw_bytes) return corrupt_index("too short");
  if (*version != format_version) {
    return make_error(Code::unsupported, "codec.index", "",
                      "index version " + std::to_string(*version) + " is not known here");
  }
  if (*encoding > static_cast<std::uint8_t>(Encoding::columnar)) {
    return corrupt_index("unknown encoding");
  }
  BlockIndex index;
  index.encoding = static_cast<Encoding>(*encoding);
  index.raw_bytes = *raw_bytes;
  SPILLWAY_TRY(check_encoding(index.encoding, "codec.index"));
  // The claimed size is never used to allocate: the list grows only as bytes bear it out.
  for (std::uint64_t offset = 0; offset < index.raw_bytes;) {
    Block block{};
    block.raw_offset = offset;
    block.raw_bytes = std::min(block_raw_bytes(index.blocks.size()), index.raw_bytes - offset);
    const auto size = index.encoding == Encoding::raw ? block.raw_bytes : reader.varint();
    const auto crc = reader.u32();
    if (!size || !crc) return corrupt_index("too short for the size it claims");
    block.encoded_offset = index.encoded_bytes;
    block.encoded_bytes = *size;
    block.crc32c = *crc;
    if (*size > std::numeric_limits<std::uint64_t>::max() - index.encoded_bytes) {
      return corrupt_index("the encoded size overflows");
    }
    index.encoded_bytes += *size;
    offset += block.raw_bytes;
    index.blocks.push_back(block);
  }
  if (!reader.at_end()) return corrupt_index("too long for the size it claims");
  SPILLWAY_TRY(check_index(index));
  return index;
}

std::pair<std::size_t, std::size_t> BlockIndex::covering(ByteRange range) const {
  assert(range.offset <= raw_bytes && range.length <= raw_bytes - range.offset);
  const auto starts_after = [](std::uint64_t offset, const Block& block) {
    return offset < block.raw_offset;
  };
  const auto block_at = [&](std::uint64_t offset) {
    const auto next = std::upper_bound(blocks.begin(), blocks.end(), offset, starts_after);
    return static_cast<std::size_t>(next - blocks.begin()) - 1;
  };
  if (range.length == 0) return {0, 0};
  return {block_at(range.offset), block_at(range.offset + range.length - 1) + 1};
}

}  // namespace spillway
