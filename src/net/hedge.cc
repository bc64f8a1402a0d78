// Hedging: percentile and budget.
#include "net/hedge.h"

#include <algorithm>

namespace spillway {

std::optional<Hedge::Millis> Hedge::begin() {
  const std::lock_guard lock(mutex_);
  credit_ = std::min(credit_ + 1, credit_max);
  if (recorded_ < samples_min) return std::nullopt;
  auto sorted = samples_;
  const std::size_t n = std::min(recorded_, samples_max);
  const auto p95 = sorted.begin() + static_cast<std::ptrdiff_t>(n * 95 / 100);
  std::nth_element(sorted.begin(), p95, sorted.begin() + static_cast<std::ptrdiff_t>(n));
  return std::max(*p95, Millis(1));
}

bool Hedge::take() {
  const std::lock_guard lock(mutex_);
  if (credit_ < cost) return false;
  credit_ -= cost;
  return true;
}

void Hedge::record(Millis latency) {
  const std::lock_guard lock(mutex_);
  samples_[recorded_++ % samples_max] = latency;
}

}  // namespace spillway
