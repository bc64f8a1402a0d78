// Runs independent pieces of blocking work side by side.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "spillway/error.h"

namespace spillway {

/// Calls `work(i)` once for every i in [0, n), on the calling thread and at most `threads_max` - 1
/// further ones; returns when all are done. `work` must be thread-safe and must not throw.
template <class Work>
void parallel_for(std::size_t n, std::size_t threads_max, Work&& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < n; i = next++) work(i);
  };
  const std::size_t helpers = std::min(n, std::max<std::size_t>(threads_max, 1));
  std::vector<std::jthread> threads;
  for (std::size_t t = 1; t < helpers; ++t) threads.emplace_back(run);
  run();
}

/// The same of work that may fail: all of it is done, and then the error that came first, if any.
template <class Work>
Result<void> parallel_try(std::size_t n, std::size_t threads_max, Work&& work) {
  std::mutex mutex;
  std::optional<Error> first;
  parallel_for(n, threads_max, [&](std::size_t i) {
    Result<void> done = work(i);
    if (done) return;
    const std::lock_guard lock(mutex);
    if (!first) first = std::move(done).error();
  });
  if (first) return std::move(*first);
  return ok();
}

}  // namespace spillway
