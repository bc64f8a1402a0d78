// Numbers kept aside while a document streams by: in memory at first, then in a temporary file.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "spillway/error.h"

namespace spillway {

/// A growing array of float64. The file has no name and is gone with the object. One thread at a
/// time. A disk that fails makes every later call fail: what was appended is then lost.
class ValueSpool {
 public:
  ValueSpool() = default;
  ~ValueSpool();
  ValueSpool(const ValueSpool&) = delete;
  ValueSpool& operator=(const ValueSpool&) = delete;

  void append(double value) {
    memory_.push_back(value);
    if (memory_.size() == memory_values_max) flush();
  }
  std::uint64_t size() const { return file_values_ + memory_.size(); }
  /// Forgets all but the first `count`.
  void truncate(std::uint64_t count);
  /// The `count` values from position `first`; storage_full or unavailable when the disk failed.
  Result<std::vector<double>> read(std::uint64_t first, std::uint64_t count) const;

 private:
  static constexpr std::size_t memory_values_max = std::size_t{1} << 18;  // 2 MiB
  void flush();

  std::vector<double> memory_;  ///< the values behind those in the file
  std::uint64_t file_values_ = 0;
  int file_ = -1;
  std::optional<Error> failure_;
};

}  // namespace spillway
