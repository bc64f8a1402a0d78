// Reads: the stored item or page, its handles, and everything whole where that is asked for.
#include <algorithm>

#include "base/parallel.h"
#include "dynamo/expression.h"
#include "dynamo/json.h"
#include "hybrid/hydrate.h"
#include "hybrid/items_state.h"
#include "hybrid/manifest.h"
#include "hybrid/owner.h"

namespace spillway {
namespace {

/// An item that was read is read again at most so often when its objects go under the reader.
constexpr int reads_max = 4;

/// What is sent in place of the caller's projection: the whole top-level attributes it touches, the
/// keys and the manifest. Paths below are applied here, after hydration.
std::string widened_projection(const Projection& projection, const KeySchema& keys, Names& names) {
  std::vector<std::string> roots = {keys.partition.name, manifest_name};
  if (keys.sort) roots.push_back(keys.sort->name);
  for (const Path& path : projection.paths()) roots.push_back(std::get<std::string>(path.front()));
  std::ranges::sort(roots);
  roots.erase(std::ranges::unique(roots).begin(), roots.end());
  std::string text;
  names.clear();
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const std::string placeholder = "#spillway_" + std::to_string(i);
    names[placeholder] = roots[i];
    text += (i == 0 ? "" : ", ") + placeholder;
  }
  return text;
}

Result<void> hydrate_item(Core& core, Item& item, Deadline deadline) {
  std::vector<AttributeValue*> values;
  for (auto& [name, value] : item) values.push_back(&value);
  return hydrate_values(core, values, deadline);
}

/// Pack members that the projection does not ask for need not be fetched.
Item projected(const Projection& projection, const Item& item) {
  return projection.paths().empty() ? item : projection.apply(item);
}

/// Only the top-level attributes that a projection touches.
void drop_unasked(const Projection& projection, Item& item) {
  if (projection.paths().empty()) return;
  std::erase_if(item, [&](const auto& entry) {
    return std::ranges::none_of(projection.paths(), [&](const Path& path) {
      return std::get<std::string>(path.front()) == entry.first;
    });
  });
}

Error with_key(Error error, const std::string& table, const Item& key) {
  error.op = "item.get";
  error.detail += " (object " + error.subject +
                  "); the item still refers to it: restore the object from a backup, or delete "
                  "the item";
  error.subject = table + " " + to_json(key);
  return error;
}

/// Makes one item of a page whole. nullopt: it is gone meanwhile.
Result<std::optional<Item>> whole_item(Core& core, const std::string& table, const KeySchema& keys,
                                       Item item, Deadline deadline) {
  SPILLWAY_TRY(const Item key, primary_key(item, keys));
  const std::string prefix = core.prefix(table, key);
  std::string missing;
  for (int reads = 1;; ++reads) {
    auto done = hydrate_item(core, item, deadline);
    if (done) return std::optional(std::move(item));
    if (done.error().code != Code::corrupt) return std::move(done).error();
    const bool again = missing == done.error().subject || reads == reads_max;
    missing = done.error().subject;
    if (again) return with_key(std::move(done).error(), table, key);
    GetRequest request;
    request.table = table;
    request.key = key;
    SPILLWAY_TRY(GetResult got, core.items.get(request, deadline));
    if (!got.item) return std::optional<Item>();
    SPILLWAY_TRY(LoadedItem loaded, load_item(std::move(*got.item), prefix));
    item = std::move(loaded.item);
  }
}

}  // namespace

Result<GetResult> Items::get(const GetRequest& request, Hydrate hydrate, Deadline deadline) {
  Core& core = state_->core;
  SPILLWAY_TRY(const auto table, core.table(request.table, deadline));
  SPILLWAY_TRY(const Projection projection, Projection::parse(request.projection, request.names));
  GetRequest native = request;
  if (!request.projection.empty()) {
    native.projection = widened_projection(projection, table->keys, native.names);
  }
  SPILLWAY_TRY(GetResult got, core.items.get(native, deadline));
  if (!got.item) return got;
  SPILLWAY_TRY(const Item key, primary_key(request.key, table->keys));
  SPILLWAY_TRY(LoadedItem loaded, load_item(std::move(*got.item), core.prefix(request.table, key)));
  got.item = std::move(loaded.item);
  if (hydrate == Hydrate::whole) {
    Item keys = key;
    drop_unasked(projection, *got.item);
    got.item->merge(keys);  // a re-read needs them
    SPILLWAY_TRY(got.item,
                 whole_item(core, request.table, table->keys, std::move(*got.item), deadline));
    if (!got.item) return got;
  }
  got.item = projected(projection, *got.item);
  return got;
}

Result<Items::BatchGetReply> Items::batch_get(const std::vector<GetRequest>& requests,
                                              Deadline deadline) {
  std::vector<Result<GetResult>> results(requests.size(), GetResult{});
  parallel_for(requests.size(), state_->core.config.uploads_max,
               [&](std::size_t i) { results[i] = get(requests[i], Hydrate::whole, deadline); });
  BatchGetReply reply;
  reply.items.resize(requests.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i]) {
      reply.items[i] = std::move(results[i].value().item);
    } else if (results[i].error().transient) {
      reply.unprocessed.push_back(i);
    } else {
      return std::move(results[i]).error();
    }
  }
  return reply;
}

namespace {

/// The native query for a query of items of any size.
Result<QueryRequest> widened_query(const QueryRequest& request, const Projection& projection,
                                   const KeySchema& keys) {
  QueryRequest native = request;
  if (!request.projection.empty()) {
    Names names;
    native.projection = widened_projection(projection, keys, names);
    native.names.insert(names.begin(), names.end());
  }
  if (!request.filter.empty()) {
    // What is spilled cannot be judged there: such items come back and are filtered here.
    native.names["#spillway_m"] = manifest_name;
    native.filter = "(" + request.filter + ") OR attribute_exists(#spillway_m)";
  }
  return native;
}

std::uint64_t hydrated_bytes(const Item& item) { return bytes_behind(item); }

}  // namespace

Result<QueryPage> Items::query(const QueryRequest& request, Hydrate hydrate, Deadline deadline) {
  Core& core = state_->core;
  SPILLWAY_TRY(const auto table, core.table(request.table, deadline));
  SPILLWAY_TRY(const Projection projection, Projection::parse(request.projection, request.names));
  SPILLWAY_TRY(const Condition filter,
               Condition::parse(request.filter, request.names, request.values));
  SPILLWAY_TRY(const QueryRequest native, widened_query(request, projection, table->keys));
  SPILLWAY_TRY(QueryPage page, core.items.query(native, deadline));
  std::vector<Item> items;
  std::uint64_t bytes = 0;
  std::optional<Item> last_done;
  for (Item& stored : page.items) {
    SPILLWAY_TRY(const Item key, primary_key(stored, table->keys));
    SPILLWAY_TRY(LoadedItem loaded, load_item(std::move(stored), core.prefix(request.table, key)));
    std::optional<Item> item = std::move(loaded.item);
    if (hydrate == Hydrate::whole) {
      bytes += hydrated_bytes(*item);
      const bool full = bytes > core.config.hydrated_page_bytes_max && last_done.has_value();
      auto whole = full ? Result<std::optional<Item>>(std::optional<Item>())
                        : whole_item(core, request.table, table->keys, std::move(*item), deadline);
      if (!whole && !last_done) return std::move(whole).error();
      if (full || !whole) {
        page.last_key = last_done;
        break;
      }
      item = std::move(whole).value();
    }
    last_done = key;
    if (!item) continue;
    if (loaded.revision) {
      auto holds = filter.evaluate(&*item);
      // With handles a filter on a spilled value cannot be judged: the item is kept.
      if (holds && !holds.value()) continue;
      if (!holds && hydrate == Hydrate::whole) return std::move(holds).error();
    }
    items.push_back(projected(projection, *item));
  }
  page.items = std::move(items);
  return page;
}

Result<std::unique_ptr<ByteSource>> Items::open(const GetRequest& owner, const Spilled& handle,
                                                std::optional<ByteRange> range, Deadline deadline) {
  const SpilledEntry& entry = entry_of(handle);
  if (entry.type != "S" && entry.type != "B") {
    return make_error(Code::invalid_argument, "item.open", entry.type,
                      "only strings and binaries can be opened as a stream");
  }
  auto opened = open_stored(state_->core, *entry.stored, range, deadline);
  if (opened || opened.error().code != Code::corrupt) return opened;
  SPILLWAY_TRY(const bool same, still_refers(state_->core, owner.table, owner.key,
                                             entry.stored->object_key, deadline));
  if (same) return with_key(std::move(opened).error(), owner.table, owner.key);
  return make_error(Code::conflict, "item.open", owner.table,
                    "the item changed while it was read; read it again");
}

Result<AttributeValue> Items::hydrate(const GetRequest& owner, const AttributeValue& value,
                                      Deadline deadline) {
  AttributeValue whole = value;
  auto done = hydrate_values(state_->core, {&whole}, deadline);
  if (done) return whole;
  if (done.error().code != Code::corrupt) return std::move(done).error();
  SPILLWAY_TRY(const bool same,
               still_refers(state_->core, owner.table, owner.key, done.error().subject, deadline));
  if (same) return with_key(std::move(done).error(), owner.table, owner.key);
  return make_error(Code::conflict, "item.hydrate", owner.table,
                    "the item changed while it was read; read it again");
}

}  // namespace spillway
