// Routine and full sweeps in turn.
#include "server/sweep_turns.h"

#include <utility>

#include "base/random.h"

namespace spillway {

SweepTurns::SweepTurns(SweepOptions options, Step step, Claim claim)
    : options_(std::move(options)),
      step_(std::move(step)),
      claim_(std::move(claim)),
      id_(random_id()) {}

void SweepTurns::take() {
  sweep(SweepScope::routine, routine_);
  if (may_sweep_all()) sweep(SweepScope::full, full_);
}

/// The ledger knows: processes may live for less than a week, and there may be several.
bool SweepTurns::may_sweep_all() {
  const auto claimed = claim_(id_);
  if (claimed && !claimed.value()) full_ = nullptr;  // another took over, or was through
  return claimed && claimed.value();
}

void SweepTurns::sweep(SweepScope scope, std::shared_ptr<const SweepPosition>& position) {
  SweepOptions options = options_;
  options.scope = scope;
  options.resume = position;
  const auto report = step_(options);
  if (report) position = report.value().next;  // one that failed is tried again from where it was
}

}  // namespace spillway
