// The thread that sweeps now and then.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "server/context.h"

namespace spillway {

/// Sweeps every `interval` until it is destroyed, which waits for a step that runs: what is due
/// where the ledger has an index, everything where it has none. Once no process has looked at
/// everything for a week one of them does, step by step between the others.
class Sweeper {
 public:
  Sweeper(Context& context, std::chrono::milliseconds interval, const SweepOptions& options);
  ~Sweeper();

 private:
  void run();
  void sweep(SweepScope scope, std::shared_ptr<const SweepPosition>& position);
  bool may_sweep_all();

  Context& context_;
  const std::chrono::milliseconds interval_;
  const SweepOptions options_;
  const std::string id_;  ///< among all processes
  /// Where sweeps go on that are under way in several steps.
  std::shared_ptr<const SweepPosition> routine_, full_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace spillway
