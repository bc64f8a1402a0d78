// Blocks in and out, with their checksums.
#include "codec/block_encoder.h"

namespace spillway {

BlockEncoder::BlockEncoder(Encoding encoding) {
  index_.encoding = encoding;
  if (encoding != Encoding::zstd) return;
  compressor_.emplace();
  decompressor_.emplace();
}

Result<std::string> BlockEncoder::encode_and_compare(std::string_view raw) {
  if (!compressor_) return std::string(raw);
  SPILLWAY_TRY(std::string frame, compressor_->compress(raw));
  read_back_.clear();
  const auto decoded = decompressor_->decompress(frame, raw.size(), read_back_);
  if (!decoded || read_back_ != raw) {
    return make_error(Code::internal, "codec.encode", "",
                      "a block just encoded does not decode to what it was made from; nothing was "
                      "written. Suspect memory or libzstd.");
  }
  return frame;
}

Result<std::string> BlockEncoder::add(std::string_view raw) {
  hasher_.update(raw);
  SPILLWAY_TRY(std::string encoded, encode_and_compare(raw));
  BlockIndex::Block block{};
  block.raw_offset = index_.raw_bytes;
  block.raw_bytes = raw.size();
  block.encoded_offset = index_.encoded_bytes;
  block.encoded_bytes = encoded.size();
  block.crc32c = crc32c(encoded);
  index_.raw_bytes += block.raw_bytes;
  index_.encoded_bytes += block.encoded_bytes;
  index_.blocks.push_back(block);
  return encoded;
}

Result<void> append_block(std::string_view encoded, const BlockIndex& index, std::size_t i,
                          std::optional<ZstdDecompressor>& decompressor, std::string& out) {
  const BlockIndex::Block& block = index.blocks[i];
  const auto corrupt = [&](const char* detail) {
    return make_error(Code::corrupt, "codec.decode", "block " + std::to_string(i), detail);
  };
  if (encoded.size() != block.encoded_bytes) return corrupt("it has not the size the index says");
  if (crc32c(encoded) != block.crc32c) return corrupt("its checksum does not match");
  if (index.encoding == Encoding::raw) {
    out.append(encoded);
    return ok();
  }
  if (!decompressor) decompressor.emplace();
  if (!decompressor->decompress(encoded, block.raw_bytes, out)) {
    return corrupt("it is not a zstd frame of the size the index says");
  }
  return ok();
}

}  // namespace spillway
