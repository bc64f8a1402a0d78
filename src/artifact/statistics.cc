// Counters live in one row of table spillway_sessions and change by ADD, so that several processes
// may count side by side.
#include "artifact/statistics.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "artifact/limits.h"
#include "artifact/message_layout.h"
#include "artifact/session_rows.h"
#include "base/clock.h"

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

constexpr const char* day_prefix = "day#";
constexpr std::size_t history_days_max = 366;
constexpr std::size_t largest_count = 10;

Item statistics_key(const std::string& row) { return {{"owner", "stats"}, {"session", row}}; }

std::string today() {
  return rfc3339(unix_millis()).substr(0, std::string_view("2026-11-25").size());
}

GetRequest statistics_row(const std::string& row) {
  GetRequest request;
  request.table = sessions_table;
  request.key = statistics_key(row);
  return request;
}

/// The update of a row that adds every number that is not zero; no update when all are.
std::optional<WriteRequest> addition(const std::string& row, const Counts& change) {
  WriteRequest request;
  request.kind = WriteRequest::Kind::update;
  request.table = sessions_table;
  request.item = statistics_key(row);
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

Counts counts_in(const Item& row) {
  Counts counts;
  each_counter(counts, [&](const std::string& name, std::int64_t& value) {
    const auto found = row.find(name);
    const auto* digits = found == row.end() ? nullptr : found->second.as<Number>();
    if (!digits) return;
    std::from_chars(digits->text.data(), digits->text.data() + digits->text.size(), value);
  });
  return counts;
}

StorageStats::Day at_end_of(const std::string& date, const Counts& counts) {
  return {date, shown(counts.messages), shown(counts.storages[0].encoded_bytes),
          shown(counts.storages[1].encoded_bytes), shown(counts.storages[2].encoded_bytes)};
}

/// The days' changes, newest first, taken back one by one from what is stored now.
std::vector<StorageStats::Day> history_of(Counts now, const std::vector<Item>& newest_first) {
  std::vector<StorageStats::Day> history;
  for (const Item& row : newest_first) {
    history.push_back(at_end_of(text_at(row, "session").substr(std::strlen(day_prefix)), now));
    const Counts change = counts_in(row);
    const Numbers numbers = numbers_of(change);
    std::size_t i = 0;
    each_counter(now, [&](const std::string&, std::int64_t& number) { number -= numbers[i++]; });
  }
  std::ranges::reverse(history);
  return history;
}

/// The largest, each artifact once, and no more than are kept.
void keep_largest(std::vector<SavedPlace>& places) {
  const auto same = [](const SavedPlace& a, const SavedPlace& b) {
    return std::tie(a.session, a.message, a.artifact) == std::tie(b.session, b.message, b.artifact);
  };
  std::vector<SavedPlace> kept;
  for (auto place = places.rbegin(); place != places.rend(); ++place) {  // the later is what it is
    const bool known =
        std::ranges::any_of(kept, [&](const auto& one) { return same(one, *place); });
    if (!known) kept.push_back(std::move(*place));
  }
  std::ranges::stable_sort(kept, std::greater{}, &SavedPlace::size_bytes);
  if (kept.size() > largest_count) kept.resize(largest_count);
  places = std::move(kept);
}

List to_list(const std::vector<SavedPlace>& places) {
  List list;
  for (const SavedPlace& place : places) {
    list.push_back(Map{{"session", place.session},
                       {"message", place.message},
                       {"artifact", place.artifact},
                       {"size", number(static_cast<std::int64_t>(place.size_bytes))}});
  }
  return list;
}

std::vector<SavedPlace> places_in(const Item& row) {
  std::vector<SavedPlace> places;
  const auto found = row.find("places");
  const auto* list = found == row.end() ? nullptr : found->second.as<List>();
  if (!list) return places;
  for (const AttributeValue& element : *list) {
    const auto* map = element.as<Map>();
    if (!map) continue;
    SavedPlace place{text_at(*map, "session"), text_at(*map, "message"), text_at(*map, "artifact"),
                     0};
    const auto size = map->find("size");
    const auto* digits = size == map->end() ? nullptr : size->second.as<Number>();
    if (!digits) continue;
    std::from_chars(digits->text.data(), digits->text.data() + digits->text.size(),
                    place.size_bytes);
    places.push_back(std::move(place));
  }
  return places;
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
    const auto total = addition("counters", change);
    if (!total) return flush_largest(deadline);
    const auto of_day = addition(day_prefix + today(), change);
    const auto reply = items.transact({*total, *of_day}, "", deadline);
    if (reply) return flush_largest(deadline);
    if (reply.error().effect == Effect::none) {
      const std::lock_guard<std::mutex> lock(mutex);
      add_to(pending, change);
    }
    return reply.error();
  }

  /// Merges what was seen into the row. Another process may do so at once: who comes second finds
  /// other places than it read, and tries again with the next change.
  Result<void> flush_largest(Deadline deadline) {
    std::vector<SavedPlace> places;
    {
      const std::lock_guard<std::mutex> lock(mutex);
      places = seen;
    }
    if (places.empty()) return ok();
    SPILLWAY_TRY(const auto row, items.get(statistics_row("largest"), Hydrate::whole, deadline));
    std::vector<SavedPlace> known = row.item ? places_in(*row.item) : std::vector<SavedPlace>();
    const List before = to_list(known);
    known.insert(known.end(), places.begin(), places.end());
    keep_largest(known);
    const List after = to_list(known);
    if (AttributeValue(after) != AttributeValue(before)) {
      WriteRequest request;
      request.kind = WriteRequest::Kind::update;
      request.table = sessions_table;
      request.item = statistics_key("largest");
      request.update = "SET places = :after";
      request.condition = row.item ? "places = :before" : "attribute_not_exists(places)";
      request.values = {{":after", after}};
      if (row.item) request.values[":before"] = before;
      SPILLWAY_TRY(const auto reply, items.write(request, deadline));
      if (!reply.result.applied) return ok();
    }
    const std::lock_guard<std::mutex> lock(mutex);
    least_kept = known.size() < largest_count ? 0 : known.back().size_bytes;
    std::erase_if(seen, [&](const SavedPlace& one) {  // not those that came meanwhile
      return std::ranges::any_of(places, [&](const SavedPlace& done) {
        return std::tie(done.message, done.artifact, done.size_bytes) ==
               std::tie(one.message, one.artifact, one.size_bytes);
      });
    });
    return ok();
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
  std::vector<SavedPlace> seen;  ///< large ones that are not in the row yet
  std::uint64_t least_kept = 0;  ///< no smaller one gets into the row
  std::jthread writer;           ///< last: it uses all the others
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

void Statistics::saw(const SavedPlace& saved) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  if (saved.size_bytes <= state_->least_kept) return;
  state_->seen.push_back(saved);
  keep_largest(state_->seen);
}

Result<std::vector<SavedPlace>> Statistics::largest(Deadline deadline) {
  SPILLWAY_TRY(state_->flush(deadline));
  SPILLWAY_TRY(const auto row,
               state_->items.get(statistics_row("largest"), Hydrate::whole, deadline));
  return row.item ? places_in(*row.item) : std::vector<SavedPlace>();
}

Result<void> Statistics::forget(const std::vector<SavedPlace>& gone, Deadline deadline) {
  if (gone.empty()) return ok();
  const std::lock_guard<std::mutex> one_at_a_time(state_->flushing);
  SPILLWAY_TRY(const auto row,
               state_->items.get(statistics_row("largest"), Hydrate::whole, deadline));
  if (!row.item) return ok();
  std::vector<SavedPlace> kept = places_in(*row.item);
  const List before = to_list(kept);
  std::erase_if(kept, [&](const SavedPlace& one) {
    return std::ranges::any_of(gone, [&](const SavedPlace& other) {
      return std::tie(one.session, one.message, one.artifact) ==
             std::tie(other.session, other.message, other.artifact);
    });
  });
  WriteRequest request;
  request.kind = WriteRequest::Kind::update;
  request.table = sessions_table;
  request.item = statistics_key("largest");
  request.update = "SET places = :after";
  request.condition = "places = :before";
  request.values = {{":after", to_list(kept)}, {":before", before}};
  SPILLWAY_TRY(state_->items.write(request, deadline));
  const std::lock_guard<std::mutex> lock(state_->mutex);
  state_->least_kept = 0;
  return ok();
}

Result<StorageStats> Statistics::read(Deadline deadline) {
  SPILLWAY_TRY(state_->flush(deadline));
  SPILLWAY_TRY(const auto reply,
               state_->items.get(statistics_row("counters"), Hydrate::whole, deadline));
  const Counts counts = reply.item ? counts_in(*reply.item) : Counts();
  QueryRequest days;
  days.table = sessions_table;
  days.key_condition = "#owner = :stats AND begins_with(#session, :day)";
  days.names = {{"#owner", "owner"}, {"#session", "session"}};
  days.values = {{":stats", "stats"}, {":day", day_prefix}};
  days.forward = false;
  days.limit = history_days_max;
  SPILLWAY_TRY(const auto page, state_->items.query(days, Hydrate::whole, deadline));
  StorageStats stats = shown(counts);
  stats.history = history_of(counts, page.items);
  return stats;
}

}  // namespace spillway
