// Retries: when, after how long, and when not.
#include "net/retry.h"

#include <algorithm>
#include <cstring>
#include <thread>

#include "base/random.h"

namespace spillway {
namespace {

class RealWorld final : public RetryWorld {
 public:
  std::chrono::steady_clock::time_point now() override { return std::chrono::steady_clock::now(); }
  void sleep(std::chrono::milliseconds duration) override { std::this_thread::sleep_for(duration); }
  double random() override {
    std::uint64_t bits = 0;
    std::memcpy(&bits, random_bytes(sizeof bits).data(), sizeof bits);
    return static_cast<double>(bits >> 11) * 0x1p-53;
  }
};

enum class Evidence { alive, down, none };

/// What a failure says about the backend: a throttle or a refusal shows that it lives.
Evidence evidence_of(Code code, std::chrono::steady_clock::duration took,
                     std::chrono::milliseconds least) {
  if (code == Code::unavailable) return Evidence::down;
  if (code == Code::timeout) return took < least ? Evidence::none : Evidence::down;
  return code == Code::cancelled ? Evidence::none : Evidence::alive;
}

}  // namespace

std::unique_ptr<RetryWorld> make_retry_world() { return std::make_unique<RealWorld>(); }

bool RetryTokens::take(Code code) {
  const std::lock_guard lock(mutex_);
  if (tokens_ < cost(code)) return false;
  tokens_ -= cost(code);
  return true;
}

void RetryTokens::give(int tokens) {
  const std::lock_guard lock(mutex_);
  tokens_ = std::min(tokens_ + tokens, tokens_max);
}

int RetryTokens::left() const {
  const std::lock_guard lock(mutex_);
  return tokens_;
}

Retrier::Retrier(std::string backend, RetryLimits limits, std::unique_ptr<RetryWorld> world)
    : backend_(std::move(backend)),
      limits_(limits),
      world_(std::move(world)),
      breaker_(limits.breaker) {}

std::optional<Error> Retrier::admit(Loop& loop) {
  if (loop.attempts == 0 && loop.deadline.at() <= world_->now()) {
    return make_error(Code::timeout, "net.retry", backend_,
                      "the deadline passed before it was asked");
  }
  if (breaker_.admit(world_->now())) {
    ++loop.attempts;
    return std::nullopt;
  }
  // What the last attempt said tells more than that no further one was made.
  if (loop.last_error) return loop.last_error;
  return make_error(
      Code::unavailable, "net.retry", backend_,
      "it did not answer lately and is left alone for a moment; try again in some seconds");
}

void Retrier::succeeded(const Loop& loop) {
  breaker_.succeeded();
  tokens_.give(std::max(loop.last_cost, 1));
}

bool Retrier::again(Loop& loop, std::chrono::steady_clock::time_point begun, Error& error) {
  const auto now = world_->now();
  switch (evidence_of(error.code, now - begun, limits_.evidence_min)) {
    case Evidence::alive: breaker_.succeeded(); break;
    case Evidence::down: breaker_.failed(now); break;
    case Evidence::none: breaker_.withdrawn(); break;
  }
  loop.effect_unknown |= error.effect == Effect::unknown;
  if (loop.effect_unknown) error.effect = Effect::unknown;
  loop.last_error = error;
  if (!error.transient || error.code == Code::storage_full) return false;
  if (error.effect == Effect::unknown && loop.repeat == Repeat::once) return false;
  if (loop.attempts >= limits_.attempts_max) return false;
  const int doublings = std::min(loop.attempts - 1, 20);
  const auto ceiling = std::min(limits_.first_delay_max * (1 << doublings), limits_.delay_max);
  const std::chrono::milliseconds delay(
      static_cast<std::int64_t>(world_->random() * static_cast<double>(ceiling.count())));
  if (loop.deadline.at() - world_->now() <= delay) return false;
  if (!tokens_.take(error.code)) return false;
  loop.last_cost = RetryTokens::cost(error.code);
  world_->sleep(delay);
  return true;
}

}  // namespace spillway
