// One block as one zstd frame, by libzstd.
#include "codec/zstd_frame.h"

#include <zstd.h>

#include <new>

namespace spillway {

namespace {

// docs/decisions/zstd-level.md has the figures.
constexpr int compression_level = 1;

}  // namespace

std::uint64_t zstd_frame_bytes_max(std::uint64_t raw_bytes) {
  return ZSTD_compressBound(raw_bytes);
}

void ZstdCompressor::Free::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }

ZstdCompressor::ZstdCompressor() : context_(ZSTD_createCCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, compression_level);
  // Our own CRC32C stands in the index; this one serves readers that have only the object.
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

Result<std::string> ZstdCompressor::compress(std::string_view raw) {
  std::string frame(ZSTD_compressBound(raw.size()), '\0');
  const std::size_t n =
      ZSTD_compress2(context_.get(), frame.data(), frame.size(), raw.data(), raw.size());
  if (ZSTD_isError(n)) {
    return make_error(Code::internal, "codec.encode", "", ZSTD_getErrorName(n));
  }
  frame.resize(n);
  return frame;
}

void ZstdDecompressor::Free::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

ZstdDecompressor::ZstdDecompressor() : context_(ZSTD_createDCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
}

Result<void> ZstdDecompressor::decompress(std::string_view frame, std::uint64_t raw_bytes,
                                          std::string& out) {
  // libzstd would read several frames, and skippable ones, as one; a block is exactly one.
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size() ||
      ZSTD_getFrameContentSize(frame.data(), frame.size()) != raw_bytes) {
    return make_error(Code::corrupt, "codec.decode", "", "not one zstd frame of the size expected");
  }
  const std::size_t old_size = out.size();
  out.resize(old_size + raw_bytes);
  const std::size_t n = ZSTD_decompressDCtx(context_.get(), out.data() + old_size, raw_bytes,
                                            frame.data(), frame.size());
  if (ZSTD_isError(n) || n != raw_bytes) {
    out.resize(old_size);
    return make_error(Code::corrupt, "codec.decode", "",
                      ZSTD_isError(n) ? ZSTD_getErrorName(n) : "a zstd frame is short");
  }
  return ok();
}

}  // namespace spillway
