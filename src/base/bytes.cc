// Byte streams over memory, and reading streams whole.
#include "spillway/bytes.h"

#include <algorithm>
#include <cstring>

namespace spillway {

Result<std::size_t> StringSource::read(char* buffer, std::size_t capacity) {
  const std::size_t n = std::min(capacity, bytes_.size() - offset_);
  std::memcpy(buffer, bytes_.data() + offset_, n);
  offset_ += n;
  return n;
}

Result<std::size_t> ViewSource::read(char* buffer, std::size_t capacity) {
  const std::size_t n = bytes_.copy(buffer, capacity);
  bytes_.remove_prefix(n);
  return n;
}

Result<std::string> read_all(ByteSource& source, std::uint64_t bytes_max) {
  constexpr std::size_t chunk_bytes = 256 * 1024;
  // Apart from the result, which would have to be cleared before each of many small reads.
  const auto chunk = std::make_unique_for_overwrite<char[]>(chunk_bytes);
  std::string all;
  for (;;) {
    SPILLWAY_TRY(const std::size_t n, source.read(chunk.get(), chunk_bytes));
    if (n == 0) return all;
    if (n > bytes_max - all.size()) {
      return make_error(Code::too_large, "read", "",
                        "more than " + std::to_string(bytes_max) + " bytes arrived");
    }
    all.append(chunk.get(), n);
  }
}

Result<std::size_t> read_full(ByteSource& source, char* buffer, std::size_t capacity) {
  std::size_t filled = 0;
  while (filled < capacity) {
    SPILLWAY_TRY(const std::size_t n, source.read(buffer + filled, capacity - filled));
    if (n == 0) break;
    filled += n;
  }
  return filled;
}

}  // namespace spillway
