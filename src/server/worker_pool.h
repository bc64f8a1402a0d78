// The threads that run handlers. Sockets are never touched by them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace spillway {

/// A fixed number of threads and two queues: work that was begun goes before new work, and is never
/// refused, so that streams make progress however many requests wait.
class WorkerPool {
 public:
  /// Must not throw.
  using Job = std::function<void()>;

  WorkerPool(std::size_t threads, std::size_t queued_max);
  /// Runs what is queued, then joins.
  ~WorkerPool();

  /// False when `queued_max` new jobs wait already; the job is then untouched.
  bool try_begin(Job& job);
  /// For the next step of what was begun. There are never more of these than connections.
  void go_on(Job job);
  std::size_t queued() const;

 private:
  void run();

  const std::size_t queued_max_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> new_, begun_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace spillway
