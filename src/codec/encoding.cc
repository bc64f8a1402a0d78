// Values encoded and decoded in memory.
#include "codec/encoding.h"

#include "codec/block_encoder.h"
#include "codec/block_index.h"

namespace spillway {

std::string_view to_string(Encoding encoding) {
  switch (encoding) {
    case Encoding::raw: return "raw";
    case Encoding::gzip: return "gzip";
    case Encoding::zstd: return "zstd";
    case Encoding::columnar: return "columnar";
  }
  return "raw";
}

std::optional<Encoding> encoding_from_string(std::string_view text) {
  for (const Encoding encoding :
       {Encoding::raw, Encoding::gzip, Encoding::zstd, Encoding::columnar}) {
    if (text == to_string(encoding)) return encoding;
  }
  return std::nullopt;
}

namespace {

Result<Encoded> encode_as(std::string_view raw, Encoding encoding) {
  BlockEncoder encoder(encoding);
  std::string bytes;
  while (!raw.empty()) {
    const std::string_view block = raw.substr(0, encoder.next_block_bytes());
    SPILLWAY_TRY(const std::string encoded, encoder.add(block));
    bytes += encoded;
    raw.remove_prefix(block.size());
  }
  return Encoded{std::move(bytes), encoder.index(), encoder.finish()};
}

}  // namespace

Result<Encoded> encode(std::string_view raw, Encoding wanted) {
  SPILLWAY_TRY(check_encoding(wanted, "codec.encode"));
  SPILLWAY_TRY(Encoded encoded, encode_as(raw, wanted));
  if (wanted == Encoding::raw || encoded.bytes.size() < raw.size()) return encoded;
  return encode_as(raw, Encoding::raw);
}

Result<std::string> decode(std::string_view bytes, const BlockIndex& index, const Sha256& digest) {
  SPILLWAY_TRY(check_index(index));
  if (bytes.size() != index.encoded_bytes) {
    return make_error(Code::corrupt, "codec.decode", "",
                      std::to_string(bytes.size()) + " bytes where the index says " +
                          std::to_string(index.encoded_bytes));
  }
  std::string raw;  // grows only as blocks prove their sizes
  std::optional<ZstdDecompressor> decompressor;
  for (std::size_t i = 0; i < index.blocks.size(); ++i) {
    const BlockIndex::Block& block = index.blocks[i];
    const auto encoded = bytes.substr(block.encoded_offset, block.encoded_bytes);
    SPILLWAY_TRY(append_block(encoded, index, i, decompressor, raw));
  }
  if (sha256(raw) != digest) {
    return make_error(Code::corrupt, "codec.decode", "", "the SHA-256 of the value does not match");
  }
  return raw;
}

Result<std::string> decode_block(std::string_view encoded, const BlockIndex& index, std::size_t i) {
  if (i >= index.blocks.size()) {
    return make_error(Code::invalid_argument, "codec.decode", "block " + std::to_string(i),
                      "the value has only " + std::to_string(index.blocks.size()) + " blocks");
  }
  SPILLWAY_TRY(check_encoding(index.encoding, "codec.decode"));
  SPILLWAY_TRY(check_block(index, i));
  std::string raw;
  std::optional<ZstdDecompressor> decompressor;
  SPILLWAY_TRY(append_block(encoded, index, i, decompressor, raw));
  return raw;
}

}  // namespace spillway
