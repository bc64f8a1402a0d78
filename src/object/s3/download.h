// Reading an object: in one stream where it is small, by several ranged GETs at once where it is
// large; a stream that breaks goes on from where it was.
#pragma once

#include <atomic>
#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "object/s3/client.h"

namespace spillway {

/// Asked for at a time, and the most that each of the segments below takes in memory.
inline constexpr std::uint64_t segment_bytes = 8ull << 20;
/// Fetched ahead of the reader, beside the one that is read; fewer where the client's memory for
/// what is moved ahead is taken.
inline constexpr std::size_t segments_ahead_max = 3;
/// Times that a broken stream is taken up again.
inline constexpr int resumes_max = 8;

/// See ObjectStore::get. `client` outlives the stream.
Result<std::unique_ptr<ByteSource>> open_download(S3Client& client, const ObjectKey& key,
                                                  std::optional<ByteRange> range,
                                                  Deadline deadline);

}  // namespace spillway
