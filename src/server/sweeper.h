// The thread that sweeps now and then.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/context.h"
#include "server/sweep_turns.h"

namespace spillway {

/// Sweeps every `interval` until it is destroyed, which waits for a turn that runs: what is due
/// where the ledger has an index, everything where it has none. Once no process has looked at
/// everything for a week one of them does, step by step between the others.
class Sweeper {
 public:
  Sweeper(Context& context, std::chrono::milliseconds interval, const SweepOptions& options);
  ~Sweeper();

 private:
  void run();
  Result<SweepReport> step(const SweepOptions& options);

  Context& context_;
  const std::chrono::milliseconds interval_;
  Deadline turn_ = Deadline::never();  ///< of the turn that is taken; the thread's
  SweepTurns turns_;                   ///< likewise
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace spillway
