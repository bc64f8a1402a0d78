// A bound on something that many requests use together.
#pragma once

#include <atomic>
#include <cstdint>

namespace spillway {

/// Thread-safe. Outlives its shares.
class Budget {
 public:
  explicit Budget(std::uint64_t max) : max_(max) {}
  std::uint64_t used() const { return used_; }

 private:
  friend class BudgetShare;
  bool take(std::uint64_t n) {
    std::uint64_t used = used_;
    do {
      if (n > max_ - used) return false;
    } while (!used_.compare_exchange_weak(used, used + n));
    return true;
  }

  const std::uint64_t max_;
  std::atomic<std::uint64_t> used_{0};
};

/// What one request has taken; gives it back when it is destroyed.
class BudgetShare {
 public:
  explicit BudgetShare(Budget& budget) : budget_(budget) {}
  ~BudgetShare() { budget_.used_ -= taken_; }
  BudgetShare(const BudgetShare&) = delete;
  BudgetShare& operator=(const BudgetShare&) = delete;

  /// Takes until `total` is held; false, with nothing more taken, if the budget does not have it.
  bool grow_to(std::uint64_t total) {
    if (total <= taken_) return true;
    if (!budget_.take(total - taken_)) return false;
    taken_ = total;
    return true;
  }

 private:
  Budget& budget_;
  std::uint64_t taken_ = 0;
};

}  // namespace spillway
