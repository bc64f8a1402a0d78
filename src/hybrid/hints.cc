// The queue of hints and the thread that writes them.
#include "hybrid/hints.h"

#include "hybrid/manifest.h"
#include "hybrid/owner.h"

namespace spillway {
namespace {

/// Attempts that wait to be written; further ones are left to the full sweep.
constexpr std::size_t waiting_max = 1000;
constexpr std::chrono::milliseconds hint_wait{2'000};
/// After the end was asked for.
constexpr std::chrono::milliseconds drain_wait{2'000};

}  // namespace

Hints::~Hints() {
  // A writer that waits is woken by the stop itself.
  writer_.request_stop();
  if (writer_.joinable()) writer_.join();
}

void Hints::superseded(const std::set<ObjectKey>& objects) {
  if (!core_.ledger.indexed() || objects.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const ObjectKey& object : objects) {
    const auto name = parse_object_key(core_.root, object);
    if (name && attempts_.size() < waiting_max) attempts_.insert(name->attempt);
  }
  if (!writer_.joinable()) {
    writer_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  wake_.notify_one();
}

void Hints::gone(const std::optional<Item>& stored) {
  if (!stored || !core_.ledger.indexed()) return;
  if (const auto listed = listed_objects(*stored)) superseded(*listed);
}

void Hints::run(const std::stop_token& stop) {
  std::optional<Deadline> end;
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, stop, [this] { return !attempts_.empty(); });
    if (stop.stop_requested() && !end) end = Deadline::after(drain_wait);
    if (attempts_.empty() || (end && end->passed())) return;
    const std::string attempt = std::move(attempts_.extract(attempts_.begin()).value());
    lock.unlock();
    // A hint that is lost costs nothing but time: see above.
    static_cast<void>(core_.ledger.hint(attempt, Deadline::after(hint_wait)));
    lock.lock();
  }
}

}  // namespace spillway
