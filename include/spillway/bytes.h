// Streams of bytes, so that values larger than memory pass through in constant memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "spillway/error.h"

namespace spillway {

/// A stream that is read once, from front to back. One thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills at most `capacity` bytes of `buffer`; returns how many, 0 only at the end.
  virtual Result<std::size_t> read(char* buffer, std::size_t capacity) = 0;
};

/// A ByteSource over bytes it owns.
class StringSource final : public ByteSource {
 public:
  explicit StringSource(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override;

 private:
  std::string bytes_;
  std::size_t offset_ = 0;
};

/// A ByteSource over bytes that outlive it.
class ViewSource final : public ByteSource {
 public:
  explicit ViewSource(std::string_view bytes) : bytes_(bytes) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override;

 private:
  std::string_view bytes_;  ///< what is left
};

/// Reads to the end. Error too_large once more than `bytes_max` arrive.
Result<std::string> read_all(ByteSource& source, std::uint64_t bytes_max);

/// Fills `buffer` unless the source ends first; returns how many bytes.
Result<std::size_t> read_full(ByteSource& source, char* buffer, std::size_t capacity);

/// A range of bytes: `offset` and `length` within a value.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

}  // namespace spillway
