// What operators look at first: the artifacts that are read most, and what failed lately. Of this
// process, since it started.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "spillway/error.h"

namespace spillway {

/// Thread-safe, in bounded memory.
class UsageLog {
 public:
  struct Read {
    std::string session, message, artifact;
    std::uint64_t reads = 0;
  };
  struct Failure {
    std::string at;  ///< RFC 3339
    std::string request_id;
    Error error;
  };

  void read(const std::string& session, const std::string& message, const std::string& artifact);
  void failed(const std::string& request_id, const Error& error);
  /// Descending by reads, ten at most.
  std::vector<Read> most_read() const;
  /// The latest first.
  std::vector<Failure> failures() const;

 private:
  struct Key {
    std::string session, message, artifact;
    auto operator<=>(const Key&) const = default;
  };
  mutable std::mutex mutex_;  ///< guards what follows
  std::map<Key, std::uint64_t> reads_;
  std::deque<Failure> failures_;
};

}  // namespace spillway
