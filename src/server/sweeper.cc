// Sweeps in the background.
#include "server/sweeper.h"

#include <algorithm>

namespace spillway {
namespace {

/// What takes longer goes on in a further turn. Shutdown waits no longer than this.
constexpr std::chrono::milliseconds turn_max{20'000};
constexpr std::chrono::milliseconds between_turns{1'000};

/// What no hint told of is found so often at least. A full sweep lists every object.
constexpr std::chrono::hours full_interval{7 * 24};

}  // namespace

Sweeper::Sweeper(Context& context, std::chrono::milliseconds interval, const SweepOptions& options)
    : context_(context),
      interval_(interval),
      turns_(
          options, [this](const SweepOptions& step_options) { return step(step_options); },
          [this](const std::string& who) {
            return context_.spillway.items().claim_full_sweep(who, full_interval, turn_);
          }) {
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
    return turns_.under_way() ? std::min(interval_, between_turns) : interval_;
  };
  while (!wake_.wait_for(lock, pause(), [this] { return stopping_; })) {
    lock.unlock();
    turn_ = Deadline::after(turn_max);
    turns_.take();
    lock.lock();
  }
}

Result<SweepReport> Sweeper::step(const SweepOptions& options) {
  const bool routine = options.scope == SweepScope::routine;
  auto report = context_.spillway.sessions().sweep(options, routine ? turn_.first_of(2) : turn_);
  context_.metrics.count_sweep(report.has_value() ? &report.value() : nullptr);
  if (report.has_error()) {
    LogLine line(LogLine::Level::warning, "sweep_failed");
    line.error(report.error());
    context_.log.write(line);
    return report;
  }
  LogLine line(LogLine::Level::info, "sweep");
  line.text("scope", routine ? "routine" : "full")
      .number("objectsSeen", report.value().objects_seen)
      .number("objectsRemoved", report.value().objects_removed)
      .number("bytesRemoved", report.value().bytes_removed)
      .number("rowsRemoved", report.value().rows_removed)
      .number("rowsRestored", report.value().rows_restored)
      .number("attemptsAborted", report.value().attempts_aborted)
      .number("fallbacksMoved", report.value().fallbacks_moved)
      .number("undecided", report.value().undecided.size());
  context_.log.write(line);
  return report;
}

}  // namespace spillway
