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
  std::string all;
  for (;;) {
    const std::size_t old_size = all.size();
    all.resize(old_size + chunk_bytes);
    SPILLWAY_TRY(const std::size_t n, source.read(all.data() + old_size, chunk_bytes));
    all.resize(old_size + n);
    if (n == 0) return all;
    if (all.size() > bytes_max) {
      return make_error(Code::too_large, "read", "",
                        "more than " + std::to_string(bytes_max) + " bytes arrived");
    }
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
