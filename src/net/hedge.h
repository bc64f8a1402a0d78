// When to send a slow GET a second time.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace spillway {

/// One per backend and kind of request. Thread-safe. At most 5 % of the requests are sent twice
/// (Dean and Barroso, "The Tail at Scale"), and only those later than the 95th percentile of the
/// last 256.
class Hedge {
 public:
  using Millis = std::chrono::milliseconds;
  /// Counts a request; how long to wait before its second try, nullopt while too little is known.
  std::optional<Millis> begin();
  /// May this late request be sent again? Takes one from the budget if so.
  bool take();
  /// Time to the first answer of a request.
  void record(Millis latency);

 private:
  static constexpr std::size_t samples_max = 256;
  static constexpr std::size_t samples_min = 32;
  static constexpr int cost = 20;         // a hedge costs what 20 requests earn: 5 %
  static constexpr int credit_max = 200;  // a burst of ten
  std::mutex mutex_;
  std::array<Millis, samples_max> samples_{};
  std::size_t recorded_ = 0;
  int credit_ = 0;
};

}  // namespace spillway
