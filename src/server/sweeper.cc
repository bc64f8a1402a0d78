// Sweeps in the background.
#include "server/sweeper.h"

#include <algorithm>

#include "base/random.h"

namespace spillway {
namespace {

/// A sweep that takes longer goes on in a further step. Shutdown waits no longer than this.
constexpr std::chrono::milliseconds sweep_deadline{20'000};
constexpr std::chrono::milliseconds between_steps{1'000};

/// What no hint told of is found so often at least. A full sweep lists every object.
constexpr std::chrono::hours full_interval{7 * 24};

}  // namespace

Sweeper::Sweeper(Context& context, std::chrono::milliseconds interval, const SweepOptions& options)
    : context_(context), interval_(interval), options_(options), id_(random_id()) {
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
  const auto pause = [this] {
    return routine_ || full_ ? std::min(interval_, between_steps) : interval_;
  };
  while (!wake_.wait_for(lock, pause(), [this] { return stopping_; })) {
    lock.unlock();
    sweep(SweepScope::routine, routine_);
    if (may_sweep_all()) sweep(SweepScope::full, full_);
    lock.lock();
  }
}

/// The ledger knows: processes may live for less than a week, and there may be several.
bool Sweeper::may_sweep_all() {
  const auto claimed = context_.spillway.items().claim_full_sweep(id_, full_interval,
                                                                  Deadline::after(sweep_deadline));
  if (claimed && !claimed.value()) full_ = nullptr;  // another took over, or was through
  return claimed && claimed.value();
}

void Sweeper::sweep(SweepScope scope, std::shared_ptr<const SweepPosition>& position) {
  SweepOptions options = options_;
  options.scope = scope;
  options.resume = position;
  const auto report = context_.spillway.sessions().sweep(options, Deadline::after(sweep_deadline));
  if (report) position = report.value().next;  // one that failed is tried again from where it was
  context_.metrics.count_sweep(report.has_value() ? &report.value() : nullptr);
  if (report.has_error()) {
    LogLine line(LogLine::Level::warning, "sweep_failed");
    line.error(report.error());
    context_.log.write(line);
    return;
  }
  LogLine line(LogLine::Level::info, "sweep");
  line.text("scope", scope == SweepScope::full ? "full" : "routine")
      .number("objectsSeen", report.value().objects_seen)
      .number("objectsRemoved", report.value().objects_removed)
      .number("bytesRemoved", report.value().bytes_removed)
      .number("rowsRemoved", report.value().rows_removed)
      .number("rowsRestored", report.value().rows_restored)
      .number("attemptsAborted", report.value().attempts_aborted)
      .number("fallbacksMoved", report.value().fallbacks_moved)
      .number("undecided", report.value().undecided.size());
  context_.log.write(line);
}

}  // namespace spillway
