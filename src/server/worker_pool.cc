// A mutex and a condition variable: handlers take far longer than a lock.
#include "server/worker_pool.h"

namespace spillway {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queued_max) : queued_max_(queued_max) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::try_begin(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (new_.size() >= queued_max_) return false;
    new_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::go_on(Job job) {
  {
    const std::lock_guard lock(mutex_);
    begun_.push_back(std::move(job));
  }
  wake_.notify_one();
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return new_.size() + begun_.size();
}

void WorkerPool::run() {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !new_.empty() || !begun_.empty(); });
      std::deque<Job>& queue = begun_.empty() ? new_ : begun_;
      if (queue.empty()) return;
      job = std::move(queue.front());
      queue.pop_front();
    }
    job();
  }
}

}  // namespace spillway
