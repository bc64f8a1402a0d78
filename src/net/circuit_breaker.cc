// The breaker's states.
#include "net/circuit_breaker.h"

#include <algorithm>

namespace spillway {

bool CircuitBreaker::admit(Time now) {
  const std::lock_guard lock(mutex_);
  if (!open_) return true;
  if (probing_ || now - opened_ < rest_) return false;
  probing_ = true;
  return true;
}

void CircuitBreaker::succeeded() {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  open_ = false;
  probing_ = false;
}

void CircuitBreaker::failed(Time now) {
  const std::lock_guard lock(mutex_);
  ++failures_;
  if (probing_ || failures_ >= limits_.failures_max) {
    rest_ = probing_ ? std::min(rest_ * 2, limits_.rest_max) : open_ ? rest_ : limits_.rest;
    open_ = true;
    opened_ = now;
  }
  probing_ = false;
}

void CircuitBreaker::withdrawn() {
  const std::lock_guard lock(mutex_);
  probing_ = false;
}

bool CircuitBreaker::is_open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

}  // namespace spillway
