// Counters live in one row of table spillway_sessions and change by ADD, so that several processes
// may count side by side.
#include "artifact/statistics.h"

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "artifact/limits.h"
#include "artifact/session_rows.h"

namespace spillway {
namespace {

constexpr std::size_t counter_count = 1 + 3 * 3 + std::tuple_size_v<decltype(Counts::sizes)> + 3;
using Numbers = std::array<std::int64_t, counter_count>;

/// Calls visit(name, number) for every counter, always in the same order.
template <class AnyCounts, class Visit>
void each_counter(AnyCounts& counts, Visit&& visit) {
  visit(std::string("messages"), counts.messages);
  for (std::size_t i = 0; i < counts.storages.size(); ++i) {
    const std::string name(to_string(static_cast<Storage>(i)));
    visit(name + "_count", counts.storages[i].count);
    visit(name + "_raw_bytes", counts.storages[i].raw_bytes);
    visit(name + "_encoded_bytes", counts.storages[i].encoded_bytes);
  }
  for (std::size_t i = 0; i < counts.sizes.size(); ++i) {
    visit("size_class_" + std::to_string(i), counts.sizes[i]);
  }
  visit(std::string("fallbacks"), counts.fallbacks);
  visit(std::string("orphan_objects"), counts.orphan_objects);
  visit(std::string("orphan_bytes"), counts.orphan_bytes);
}

Numbers numbers_of(const Counts& counts) {
  Numbers numbers{};
  std::size_t i = 0;
  each_counter(counts, [&](const std::string&, std::int64_t number) { numbers[i++] = number; });
  return numbers;
}

void add_to(Counts& total, const Counts& change) {
  const Numbers numbers = numbers_of(change);
  std::size_t i = 0;
  each_counter(total, [&](const std::string&, std::int64_t& number) { number += numbers[i++]; });
}

Item statistics_key() { return {{"owner", "stats"}, {"session", "counters"}}; }

/// The update that adds every number that is not zero; no update when all are.
std::optional<WriteRequest> addition(const Counts& change) {
  WriteRequest request;
  request.kind = WriteRequest::Kind::update;
  request.table = sessions_table;
  request.item = statistics_key();
  each_counter(change, [&](const std::string& name, std::int64_t value) {
    if (value == 0) return;
    const std::string i = std::to_string(request.values.size());
    request.update += (request.update.empty() ? "ADD #" : ", #") + i + " :" + i;
    request.names["#" + i] = name;
    request.values[":" + i] = number(value);
  });
  if (request.update.empty()) return std::nullopt;
  return request;
}

std::uint64_t shown(std::int64_t number) {
  return number < 0 ? 0 : static_cast<std::uint64_t>(number);
}

StorageStats::Class shown(const Counts::Class& counted) {
  return {shown(counted.count), shown(counted.raw_bytes), shown(counted.encoded_bytes)};
}

StorageStats shown(const Counts& counts) {
  StorageStats stats;
  stats.messages = shown(counts.messages);
  stats.in_item = shown(counts.storages[0]);
  stats.encoded = shown(counts.storages[1]);
  stats.spilled = shown(counts.storages[2]);
  for (std::size_t i = 0; i < counts.sizes.size(); ++i) {
    const bool bounded = i < Counts::size_bounds.size();
    stats.sizes.push_back(
        {bounded ? Counts::size_bounds[i] : std::numeric_limits<std::uint64_t>::max(),
         shown(counts.sizes[i])});
  }
  stats.fallbacks = shown(counts.fallbacks);
  stats.orphan_objects_reclaimed = shown(counts.orphan_objects);
  stats.orphan_bytes_reclaimed = shown(counts.orphan_bytes);
  return stats;
}

}  // namespace

void Counts::count(const ArtifactInfo& artifact, int sign) {
  if (artifact.error) return;
  Class& storage = storages[static_cast<std::size_t>(artifact.placement.storage)];
  storage.count += sign;
  storage.raw_bytes += sign * static_cast<std::int64_t>(artifact.size_bytes);
  storage.encoded_bytes += sign * static_cast<std::int64_t>(artifact.placement.encoded_bytes);
  std::size_t i = 0;
  while (i < size_bounds.size() && artifact.size_bytes > size_bounds[i]) ++i;
  sizes[i] += sign;
  if (artifact.placement.fallback) fallbacks += sign;
}

void Counts::count(const Message& message, int sign) {
  messages += sign;
  for (const ArtifactInfo& artifact : message.artifacts) count(artifact, sign);
}

struct Statistics::State {
  explicit State(Items& the_items) : items(the_items) {}

  /// Writes what is pending. What surely did not land stays pending; what may have landed is not
  /// written twice: a counter that is short once is better than one that grows by itself.
  Result<void> flush(Deadline deadline) {
    const std::lock_guard<std::mutex> one_at_a_time(flushing);
    Counts change;
    {
      const std::lock_guard<std::mutex> lock(mutex);
      std::swap(change, pending);
      dirty = false;
    }
    const auto request = addition(change);
    if (!request) return ok();
    const auto reply = items.write(*request, deadline);
    if (reply) return ok();
    if (reply.error().effect == Effect::none) {
      const std::lock_guard<std::mutex> lock(mutex);
      add_to(pending, change);
    }
    return reply.error();
  }

  void run(const std::stop_token& stop) {
    std::unique_lock<std::mutex> lock(mutex);
    while (!stop.stop_requested()) {
      changed.wait(lock, stop, [&] { return dirty; });
      changed.wait_for(lock, stop, statistics_delay_max, [] { return false; });
      lock.unlock();
      // A failure is not lost: the change stays pending, and the next one tries again.
      (void)flush(Deadline::after(std::chrono::seconds(10)));
      lock.lock();
    }
  }

  Items& items;
  std::mutex flushing;  ///< before `mutex`
  std::mutex mutex;     ///< guards what follows
  std::condition_variable_any changed;
  Counts pending;
  bool dirty = false;
  std::jthread writer;  ///< last: it uses all the others
};

Statistics::Statistics(Items& items) : state_(std::make_unique<State>(items)) {
  state_->writer = std::jthread([state = state_.get()](std::stop_token stop) { state->run(stop); });
}

Statistics::~Statistics() {
  state_->writer.request_stop();
  state_->writer.join();
  (void)state_->flush(Deadline::after(std::chrono::seconds(10)));
}

void Statistics::add(const Counts& change) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  add_to(state_->pending, change);
  state_->dirty = true;
  state_->changed.notify_one();
}

Result<StorageStats> Statistics::read(Deadline deadline) {
  SPILLWAY_TRY(state_->flush(deadline));
  GetRequest request;
  request.table = sessions_table;
  request.key = statistics_key();
  SPILLWAY_TRY(const auto reply, state_->items.get(request, Hydrate::whole, deadline));
  Counts counts;
  if (reply.item) {
    each_counter(counts, [&](const std::string& name, std::int64_t& value) {
      const auto found = reply.item->find(name);
      const auto* digits = found == reply.item->end() ? nullptr : found->second.as<Number>();
      if (!digits) return;
      std::from_chars(digits->text.data(), digits->text.data() + digits->text.size(), value);
    });
  }
  return shown(counts);
}

}  // namespace spillway
