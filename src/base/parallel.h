// Runs independent pieces of blocking work side by side.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

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

}  // namespace spillway
