// One block as one zstd frame (RFC 8878). Private to codec.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "spillway/error.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace spillway {

/// The most bytes a frame of ours takes for `raw_bytes`; a longer one was not made by us.
std::uint64_t zstd_frame_bytes_max(std::uint64_t raw_bytes);

/// Makes frames with content size and content checksum. One thread at a time.
class ZstdCompressor {
 public:
  ZstdCompressor();
  /// One frame that holds all of `raw`. Fails only for want of memory.
  Result<std::string> compress(std::string_view raw);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

/// Reads frames. One thread at a time.
class ZstdDecompressor {
 public:
  ZstdDecompressor();
  /// Appends the content of `frame`, which must be exactly one frame of exactly `raw_bytes`, to
  /// `out`; otherwise corrupt. No more than `raw_bytes` are allocated, whatever the frame says.
  Result<void> decompress(std::string_view frame, std::uint64_t raw_bytes, std::string& out);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

}  // namespace spillway
