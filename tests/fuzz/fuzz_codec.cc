// Arbitrary bytes as a block index and an encoded value: they are refused or decoded, never more.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "codec/encoding.h"

namespace {

using namespace spillway;

/// The bytes of an index are nearly always refused by its checksum; with it mended, the rest of the
/// parser is reached.
std::string mend_checksum(std::string_view bytes) {
  std::string mended(bytes);
  const std::uint32_t crc = crc32c(bytes);
  for (int shift = 0; shift < 32; shift += 8) mended += static_cast<char>(crc >> shift);
  return mended;
}

void require(bool condition) {
  if (!condition) std::abort();
}

void read_value(const BlockIndex& index, std::string_view encoded) {
  if (const auto raw = decode(encoded, index, Sha256{})) std::abort();  // no bytes hash to zeros
  BlockIndex mended = index;
  for (std::size_t i = 0; i < mended.blocks.size(); ++i) {
    BlockIndex::Block& block = mended.blocks[i];
    if (block.encoded_offset >= encoded.size()) return;
    const std::string_view bytes = encoded.substr(block.encoded_offset, block.encoded_bytes);
    block.crc32c = crc32c(bytes);
    const auto raw = decode_block(bytes, mended, i);
    if (raw) require(raw.value().size() == block.raw_bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  // The first byte says how much of the rest is the index.
  const std::size_t split = std::min<std::size_t>(static_cast<unsigned char>(input[0]), size - 1);
  const std::string_view index_bytes = input.substr(1, split);
  (void)BlockIndex::parse(index_bytes);
  const auto index = BlockIndex::parse(mend_checksum(index_bytes));
  if (!index) return 0;
  require(index.value().serialize() == mend_checksum(index_bytes));
  read_value(index.value(), input.substr(1 + split));
  return 0;
}
