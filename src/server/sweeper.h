// The thread that sweeps now and then.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "server/context.h"

namespace spillway {

/// Sweeps every `interval` until it is destroyed, which waits for a sweep that runs: what is due
/// where the ledger has an index, and everything once nobody has for a week; everything where it
/// has none.
class Sweeper {
 public:
  Sweeper(Context& context, std::chrono::milliseconds interval, const SweepOptions& options);
  ~Sweeper();

 private:
  void run();
  void sweep();
  bool full_is_due() const;

  Context& context_;
  const std::chrono::milliseconds interval_;
  const SweepOptions options_;
  bool full_ = false;  ///< the sweep that is under way, perhaps in several steps
  std::shared_ptr<const SweepPosition> next_;  ///< shared with reports: where it goes on
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace spillway
