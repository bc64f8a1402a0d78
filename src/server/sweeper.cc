// Sweeps in the background.
#include "server/sweeper.h"

namespace spillway {
namespace {

/// A sweep that takes longer fails, and what it removed stays removed; the next one begins anew.
/// Shutdown waits no longer than this.
constexpr std::chrono::milliseconds sweep_deadline{20'000};

}  // namespace

Sweeper::Sweeper(Context& context, std::chrono::milliseconds interval, const SweepOptions& options)
    : context_(context), interval_(interval), options_(options) {
  if (interval_.count() > 0) thread_ = std::thread([this] { run(); });
}

Sweeper::~Sweeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Sweeper::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, interval_, [this] { return stopping_; })) {
    lock.unlock();
    sweep();
    lock.lock();
  }
}

void Sweeper::sweep() {
  const auto report = context_.spillway.sessions().sweep(options_, Deadline::after(sweep_deadline));
  context_.metrics.count_sweep(report.has_value() ? &report.value() : nullptr);
  if (report.has_error()) {
    LogLine line(LogLine::Level::warning, "sweep_failed");
    line.error(report.error());
    context_.log.write(line);
    return;
  }
  LogLine line(LogLine::Level::info, "sweep");
  line.number("objectsSeen", report.value().objects_seen)
      .number("objectsRemoved", report.value().objects_removed)
      .number("bytesRemoved", report.value().bytes_removed)
      .number("rowsRemoved", report.value().rows_removed)
      .number("attemptsAborted", report.value().attempts_aborted)
      .number("undecided", report.value().undecided.size());
  context_.log.write(line);
}

}  // namespace spillway
