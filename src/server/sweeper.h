// The thread that sweeps now and then.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/context.h"

namespace spillway {

/// Sweeps every `interval` until it is destroyed, which waits for a sweep that runs.
class Sweeper {
 public:
  Sweeper(Context& context, std::chrono::milliseconds interval, const SweepOptions& options);
  ~Sweeper();

 private:
  void run();
  void sweep();

  Context& context_;
  const std::chrono::milliseconds interval_;
  const SweepOptions options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace spillway
