// One bound on everything that is done under a request.
#pragma once

#include <chrono>

namespace spillway {

/// A point on the steady clock by which everything under a request must be done. A value type.
class Deadline {
 public:
  static Deadline after(std::chrono::milliseconds duration) {
    return Deadline(std::chrono::steady_clock::now() + duration);
  }
  /// No bound: for background work and the command line.
  static Deadline never() { return Deadline(std::chrono::steady_clock::time_point::max()); }

  /// The end of the first of `parts` equal parts of the time that is left.
  Deadline first_of(int parts) const {
    if (at_ == never().at_) return *this;
    const auto now = std::chrono::steady_clock::now();
    return Deadline(now + (at_ - now) / parts);
  }

  bool passed() const { return std::chrono::steady_clock::now() >= at_; }
  std::chrono::steady_clock::time_point at() const { return at_; }

 private:
  explicit Deadline(std::chrono::steady_clock::time_point at) : at_(at) {}
  std::chrono::steady_clock::time_point at_;
};

}  // namespace spillway
