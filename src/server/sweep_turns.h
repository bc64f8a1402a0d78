// What a process sweeps next.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "spillway/items.h"

namespace spillway {

/// In each turn a step of what is due, so that a full sweep of days keeps nothing waiting; and a
/// step of the full sweep, while this process is the one to make it. Not thread-safe.
class SweepTurns {
 public:
  /// A sweep that ends early where it takes long.
  using Step = std::function<Result<SweepReport>(const SweepOptions& options)>;
  /// Is this process, which is called so, to make the full sweep? See Items::claim_full_sweep.
  using Claim = std::function<Result<bool>(const std::string& who)>;

  SweepTurns(SweepOptions options, Step step, Claim claim);

  void take();
  /// Is there a sweep that goes on in the next turn?
  bool under_way() const { return routine_ || full_; }

 private:
  void sweep(SweepScope scope, std::shared_ptr<const SweepPosition>& position);
  bool may_sweep_all();

  const SweepOptions options_;
  const Step step_;
  const Claim claim_;
  const std::string id_;  ///< among all processes
  /// Where sweeps go on. Shared with reports.
  std::shared_ptr<const SweepPosition> routine_, full_;
};

}  // namespace spillway
