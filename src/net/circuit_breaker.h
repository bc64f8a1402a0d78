// Stops asking a backend that does not answer, and finds out when it does again.
#pragma once

#include <chrono>
#include <mutex>

namespace spillway {

/// One per backend. Closed: everything passes. After `failures_max` failures in a row it opens and
/// refuses for `rest`; then one probe at a time passes, and its success closes it. Each that fails
/// doubles the rest: an outage of a moment is over soon, a long one costs little. Thread-safe.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Limits {
    int failures_max = 10;
    std::chrono::milliseconds rest{200};
    std::chrono::milliseconds rest_max{5'000};
  };

  explicit CircuitBreaker(Limits limits) : limits_(limits) {}
  /// May a request go out now? Every true is answered by succeeded(), failed() or withdrawn().
  bool admit(Time now);
  void succeeded();
  void failed(Time now);
  /// It ended without telling anything about the backend.
  void withdrawn();
  bool is_open() const;

 private:
  const Limits limits_;
  mutable std::mutex mutex_;
  int failures_ = 0;
  Time opened_{};
  std::chrono::milliseconds rest_{};  ///< of the present opening
  bool open_ = false;
  bool probing_ = false;
};

}  // namespace spillway
