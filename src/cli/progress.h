// A line on the terminal that shows that long work goes on.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "cli/console.h"
#include "spillway/bytes.h"

namespace spillway {

/// Draws "what: 12.0 MB of 40.0 MB (30 %), 4 s" a few times a second while it lives, where stderr
/// is a terminal; wipes it at the end. Its counter is thread-safe.
class Progress {
 public:
  Progress(const Console& console, std::string what, std::optional<std::uint64_t> bytes_in_all);
  ~Progress();
  void add(std::uint64_t bytes) { bytes_ += bytes; }

 private:
  void run(const std::stop_token& stop);
  void draw(double seconds) const;

  std::string what_;
  std::optional<std::uint64_t> bytes_in_all_;
  std::atomic<std::uint64_t> bytes_{0};
  std::jthread painter_;  ///< last: it uses all the others
};

/// Passes a stream on and counts it.
class CountedSource final : public ByteSource {
 public:
  CountedSource(ByteSource& source, Progress& progress) : source_(source), progress_(progress) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override;

 private:
  ByteSource& source_;
  Progress& progress_;
};

}  // namespace spillway
