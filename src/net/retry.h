// The project's one retry loop. Sources: AWS Architecture Blog, "Exponential Backoff And Jitter";
// AWS SDKs, "Retry behavior" (token bucket).
#pragma once

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "net/circuit_breaker.h"
#include "net/http_request.h"
#include "spillway/deadline.h"
#include "spillway/error.h"

namespace spillway {

/// What a retry needs of the world; tests bring their own. Thread-safe.
class RetryWorld {
 public:
  virtual ~RetryWorld() = default;
  virtual std::chrono::steady_clock::time_point now() = 0;
  virtual void sleep(std::chrono::milliseconds duration) = 0;
  /// Evenly distributed in [0, 1).
  virtual double random() = 0;
};

/// The real clock and the kernel's randomness.
std::unique_ptr<RetryWorld> make_retry_world();

/// Bounds all retries to a backend together: without it, retries multiply an overload. Thread-safe.
class RetryTokens {
 public:
  static constexpr int tokens_max = 500;
  static constexpr int retry_cost = 5;
  static constexpr int timeout_cost = 10;
  /// Takes what a retry after `code` costs; false if that is not there.
  bool take(Code code);
  /// A request that succeeded gives back one token, and what its own last retry cost.
  void give(int tokens);
  int left() const;
  static int cost(Code code) { return code == Code::timeout ? timeout_cost : retry_cost; }

 private:
  mutable std::mutex mutex_;
  int tokens_ = tokens_max;
};

struct RetryLimits {
  int attempts_max = 8;
  std::chrono::milliseconds first_delay_max{50};  ///< doubles with every retry
  std::chrono::milliseconds delay_max{5'000};
  /// An attempt that the deadline ended sooner says nothing about the backend.
  std::chrono::milliseconds evidence_min{1'000};
  CircuitBreaker::Limits breaker = {};
};

/// One per backend, shared by its threads. Thread-safe.
class Retrier {
 public:
  Retrier(std::string backend, RetryLimits limits, std::unique_ptr<RetryWorld> world);

  /// Calls `attempt` (() → Result<T>) until it succeeds, fails for good, or the deadline leaves no
  /// time for another try; returns its last result. Another try is made where the error is
  /// transient and either its effect is none or `repeat` is not Repeat::once, and tokens are left.
  /// timeout, with nothing tried, when the deadline has passed already.
  /// While the breaker is open: unavailable, at once, with Effect::none if no attempt was made.
  /// An Effect::unknown of an earlier attempt stays with the last error.
  template <std::invocable Attempt>
  std::invoke_result_t<Attempt> run(Repeat repeat, Deadline deadline, Attempt&& attempt) {
    Loop loop{repeat, deadline};
    for (;;) {
      if (auto refused = admit(loop)) return *std::move(refused);
      const auto begun = world_->now();
      auto result = attempt();
      if (!result.has_error()) {
        succeeded(loop);
        return result;
      }
      Error error = result.error();
      if (!again(loop, begun, error)) return error;
    }
  }

  const CircuitBreaker& breaker() const { return breaker_; }
  const RetryTokens& tokens() const { return tokens_; }

 private:
  struct Loop {
    Repeat repeat;
    Deadline deadline;
    int attempts = 0;
    int last_cost = 0;
    bool effect_unknown = false;
    std::optional<Error> last_error = std::nullopt;
  };
  std::optional<Error> admit(Loop& loop);
  void succeeded(const Loop& loop);
  /// Takes note of a failure; true after having waited for the next try.
  bool again(Loop& loop, std::chrono::steady_clock::time_point begun, Error& error);

  const std::string backend_;
  const RetryLimits limits_;
  const std::unique_ptr<RetryWorld> world_;
  RetryTokens tokens_;
  CircuitBreaker breaker_;
};

}  // namespace spillway
