// Opening the service, its tables, and what is left beside messages: the list, statistics, sweep.
#include "spillway/sessions.h"

#include <algorithm>
#include <functional>
#include <mutex>

#include "artifact/idempotency.h"
#include "artifact/service.h"
#include "base/parallel.h"

namespace spillway {
namespace {

constexpr std::size_t artifacts_named_max = 20;
constexpr std::chrono::seconds opening_max{60};

/// Artifacts of a message that the sweep has moved out are stored in another way now.
void count_moved(Service& service, const std::string& table, const Item& before, const Item& after,
                 Deadline deadline) {
  if (table != service.layout.names().table) return;
  const auto was = load_message(service.items, service.layout, before, deadline);
  const auto is = load_message(service.items, service.layout, after, deadline);
  if (!was || !is) return;  // what cannot be read was not counted either
  Counts counts;
  counts.count(was.value().message, -1);
  counts.count(is.value().message, 1);
  service.statistics.add(counts);
}

std::string bytes_text(std::uint64_t bytes) { return std::to_string(bytes) + " bytes"; }

}  // namespace

std::string routing_of(const ArtifactInfo& artifact) {
  const Placement& placement = artifact.placement;
  std::string text = artifact.id + " (" + bytes_text(artifact.size_bytes) + ") ";
  if (artifact.error) {
    return text + "left out: " + std::string(to_string(artifact.error->code));
  }
  text += to_string(placement.storage);
  if (placement.storage == Storage::in_item) return text;
  text += " as " + placement.encoding + ", " + bytes_text(placement.encoded_bytes);
  if (placement.fallback) text += ", because the object store could not take it";
  return text;
}

std::string routing_of(const Message& message, std::uint64_t logical_bytes,
                       const SpillPolicy& policy) {
  const bool over = logical_bytes > policy.threshold_bytes;
  std::string text = "the item of " + bytes_text(logical_bytes) +
                     (over ? " is over" : " is within") + " the threshold of " +
                     bytes_text(policy.threshold_bytes) + " and is stored with " +
                     bytes_text(message.item_bytes);
  for (const ArtifactInfo& artifact : message.artifacts) {
    if (artifact.position == artifacts_named_max) {
      return text + "; and " + std::to_string(message.artifacts.size() - artifacts_named_max) +
             " more";
    }
    text += "; " + routing_of(artifact);
  }
  return text;
}

std::mutex& Service::lock_of_message(const std::string& id) {
  return message_stripes[std::hash<std::string>{}(id) % message_stripes.size()];
}

Sessions::Sessions(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sessions::~Sessions() = default;

Result<std::unique_ptr<Sessions>> Sessions::open(Items& items, const MessageTable& messages) {
  const Deadline deadline = Deadline::after(opening_max);
  SPILLWAY_TRY(auto layout, MessageLayout::open(items, messages, deadline));
  SPILLWAY_TRY(const bool by_activity, SessionRows::make_table(items, deadline));
  const auto made = items.administer(CreateTable{idempotency_table_description()}, deadline);
  if (!made && made.error().code != Code::conflict) return made.error();
  return std::unique_ptr<Sessions>(
      new Sessions(std::make_unique<State>(items, std::move(layout), by_activity)));
}

Result<SessionPage> Sessions::sessions(std::uint32_t limit, const std::string& cursor,
                                       Deadline deadline, const std::string& text) {
  if (limit < 1 || limit > page_items_max) {
    return make_error(Code::invalid_argument, "session.list", "limit",
                      "a limit is 1 to " + std::to_string(page_items_max));
  }
  return state_->rows.page(limit, cursor, text, deadline);
}

Result<StorageStats> Sessions::stats(Deadline deadline) {
  SPILLWAY_TRY(StorageStats stats, state_->statistics.read(deadline));
  SPILLWAY_TRY(const auto places, state_->statistics.largest(deadline));
  std::vector<std::optional<StorageStats::Artifact>> found(places.size());
  std::mutex mutex;
  std::vector<SavedPlace> gone;
  // What is gone, or cannot be read now, is left out: fsck and its own address tell why.
  parallel_for(places.size(), hydrations_in_parallel_max, [&](std::size_t i) {
    const SavedPlace& place = places[i];
    auto located = locate(place.session, place.message, place.artifact, deadline);
    if (!located && located.error().code == Code::not_found) {
      const std::lock_guard<std::mutex> lock(mutex);
      gone.push_back(place);
    }
    if (!located || located.value().info.error) return;
    located.value().info.value.reset();
    found[i] = {place.session, place.message, std::move(located.value().info)};
  });
  SPILLWAY_TRY(state_->statistics.forget(gone, deadline));
  for (auto& artifact : found) {
    if (artifact) stats.largest.push_back(std::move(*artifact));
  }
  std::ranges::stable_sort(stats.largest, std::greater{},
                           [](const auto& one) { return one.info.size_bytes; });
  return stats;
}

Result<SweepReport> Sessions::sweep(const SweepOptions& options, Deadline deadline) {
  // First, with a share of the time: a sweep of very many objects may use up the rest every time.
  const bool all = options.scope == SweepScope::full && !options.resume;
  const auto forgotten = all ? state_->old_tokens.forget_all(deadline.first_of(4))
                             : state_->old_tokens.forget_some(deadline.first_of(4));
  SweepOptions told = options;
  told.moved = [&](const std::string& table, const Item& before, const Item& after) {
    count_moved(*state_, table, before, after, deadline);
    if (options.moved) options.moved(table, before, after);
  };
  SPILLWAY_TRY(auto report, state_->items.sweep(told, deadline));
  if (!forgotten && forgotten.error().code != Code::timeout) {
    report.undecided.push_back("idempotency keys that are old: " + describe(forgotten.error()));
  }
  Counts counts;
  counts.orphan_objects = static_cast<std::int64_t>(report.objects_removed);
  counts.orphan_bytes = static_cast<std::int64_t>(report.bytes_removed);
  state_->statistics.add(counts);
  return report;
}

}  // namespace spillway
