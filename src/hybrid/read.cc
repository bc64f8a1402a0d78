// Reads: the stored item or page, its handles, and everything whole where that is asked for.
#include <algorithm>
#include <cctype>
#include <functional>

#include "base/parallel.h"
#include "dynamo/expression.h"
#include "hybrid/hydrate.h"
#include "hybrid/items_state.h"
#include "hybrid/manifest.h"
#include "hybrid/owner.h"

namespace spillway {
namespace {

/// An item that was read is read again at most so often when its objects go under the reader.
constexpr int reads_max = 4;

void add_names(const KeySchema& keys, std::vector<std::string>& names) {
  names.push_back(keys.partition.name);
  if (keys.sort) names.push_back(keys.sort->name);
}

/// What is sent in place of the caller's projection: the whole top-level attributes it touches, the
/// keys (`roots`) and the manifest. Paths below are applied here, after hydration.
std::string widened_projection(const std::vector<Path>& paths, std::vector<std::string> roots,
                               Names& names) {
  roots.push_back(manifest_name);
  for (const Path& path : paths) roots.push_back(std::get<std::string>(path.front()));
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

/// How an item that is read again, by its key, is looked at; false: it is none of this read's.
using Recheck = std::function<bool(Item& item)>;

/// Makes one item of a page whole. nullopt: it is gone meanwhile, or fails the recheck.
Result<std::optional<Item>> whole_item(Core& core, const std::string& table, const Item& key,
                                       Item item, const Recheck& recheck, Deadline deadline) {
  std::string missing;
  for (int reads = 1;; ++reads) {
    auto done = hydrate_item(core, item, deadline);
    if (done) return std::optional(std::move(item));
    if (done.error().code != Code::corrupt) return std::move(done).error();
    const bool again = missing == done.error().subject || reads == reads_max;
    missing = done.error().subject;
    if (again) return damaged_item(std::move(done).error(), table, key);
    GetRequest request;
    request.table = table;
    request.key = key;
    SPILLWAY_TRY(GetResult got, core.items.get(request, deadline));
    if (!got.item) return std::optional<Item>();
    SPILLWAY_TRY(LoadedItem loaded, load_of(core, table, key, std::move(*got.item)));
    item = std::move(loaded.item);
    if (recheck && !recheck(item)) return std::optional<Item>();
  }
}

/// What wrong bytes mean: the item has changed (conflict), or it is damaged and so named. `error`
/// has the object as its subject; one of another code stays as it is.
Error explained(Core& core, const GetRequest& owner, Error error, Deadline deadline) {
  if (error.code != Code::corrupt) return error;
  const auto same = still_refers(core, owner.table, owner.key, error.subject, deadline);
  if (!same) return same.error();
  if (same.value()) return damaged_item(std::move(error), owner.table, owner.key);
  return make_error(Code::conflict, "item.open", owner.table,
                    "the item changed while it was read; read it again");
}

/// Another stream, whose errors name the item.
class ExplainingSource final : public ByteSource {
 public:
  ExplainingSource(Core& core, GetRequest owner, ObjectKey object,
                   std::unique_ptr<ByteSource> source, Deadline deadline)
      : core_(core),
        owner_(std::move(owner)),
        object_(std::move(object)),
        source_(std::move(source)),
        deadline_(deadline) {}

  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    auto n = source_->read(buffer, capacity);
    if (n || n.error().code != Code::corrupt) return n;
    Error error = std::move(n).error();
    error.detail = error.subject.empty() ? error.detail : error.subject + ": " + error.detail;
    error.subject = object_;
    return explained(core_, owner_, std::move(error), deadline_);
  }

 private:
  Core& core_;
  const GetRequest owner_;
  const ObjectKey object_;
  const std::unique_ptr<ByteSource> source_;
  const Deadline deadline_;
};

}  // namespace

Result<GetResult> Items::get(const GetRequest& request, Hydrate hydrate, Deadline deadline) {
  Core& core = state_->core;
  SPILLWAY_TRY(const auto table, core.table(request.table, deadline));
  SPILLWAY_TRY(const Projection projection, Projection::parse(request.projection, request.names));
  GetRequest native = request;
  if (!request.projection.empty()) {
    std::vector<std::string> keys;
    add_names(table->keys, keys);
    native.projection = widened_projection(projection.paths(), std::move(keys), native.names);
  }
  SPILLWAY_TRY(GetResult got, core.items.get(native, deadline));
  if (!got.item) return got;
  SPILLWAY_TRY(const Item key, primary_key(request.key, table->keys));
  SPILLWAY_TRY(LoadedItem loaded, load_of(core, request.table, key, std::move(*got.item)));
  got.item = std::move(loaded.item);
  if (hydrate == Hydrate::whole) {
    drop_unasked(projection, *got.item);
    SPILLWAY_TRY(got.item,
                 whole_item(core, request.table, key, std::move(*got.item), nullptr, deadline));
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

/// What a query reads: a table, or one of its indexes.
struct Queried {
  const TableDescription& table;
  const IndexDescription* index = nullptr;

  /// Attributes that a page's last key holds: the table's, and the index's before them.
  std::vector<std::string> key_names() const {
    std::vector<std::string> names;
    add_names(table.keys, names);
    if (index != nullptr) add_names(index->keys, names);
    return names;
  }
  Item last_key(const Item& item) const {
    Item key;
    for (const std::string& name : key_names()) {
      const auto found = item.find(name);
      if (found != item.end()) key[name] = found->second;
    }
    return key;
  }
  bool projects_all() const {
    return index == nullptr || index->projects == IndexDescription::Projects::all;
  }
  /// Is an entry without a manifest an item that has none?
  bool shows_manifest() const {
    return projects_all() || std::ranges::count(index->included, manifest_name) > 0;
  }
  /// Leaves of an item what an entry of the index has.
  void project(Item& item) const {
    if (projects_all()) return;
    std::vector<std::string> names = key_names();
    names.insert(names.end(), index->included.begin(), index->included.end());
    std::erase_if(item,
                  [&](const auto& entry) { return std::ranges::count(names, entry.first) == 0; });
  }
};

/// Placeholders that none of the expressions uses would be refused.
void drop_unused(Names& names, const std::vector<std::string>& expressions) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  const auto is_used = [&](const std::string& placeholder) {
    return std::ranges::any_of(expressions, [&](const std::string& text) {
      for (auto at = text.find(placeholder); at != std::string::npos;
           at = text.find(placeholder, at + 1)) {
        const std::size_t end = at + placeholder.size();
        if (end == text.size() || !is_word(text[end])) return true;
      }
      return false;
    });
  };
  std::erase_if(names, [&](const auto& name) { return !is_used(name.first); });
}

/// The native query for a query of items of any size. What the filter reads is asked for, too: it
/// is evaluated again here.
Result<QueryRequest> widened_query(const QueryRequest& request, const Projection& projection,
                                   const Condition& filter, const Queried& queried) {
  for (const auto& [placeholder, name] : request.names) {
    if (!placeholder.starts_with("#spillway_")) continue;
    return make_error(Code::invalid_argument, "item.query", placeholder,
                      "placeholders that begin with #spillway_ are reserved; choose another name");
  }
  QueryRequest native = request;
  if (queried.index != nullptr && !queried.index->local) native.consistent = false;
  if (!request.projection.empty()) {
    std::vector<Path> paths = projection.paths();
    paths.insert(paths.end(), filter.paths().begin(), filter.paths().end());
    Names names;
    native.projection = widened_projection(paths, queried.key_names(), names);
    drop_unused(native.names, {request.key_condition, request.filter});
    native.names.insert(names.begin(), names.end());
  }
  if (!request.filter.empty()) {
    // What is spilled cannot be judged there: such items come back and are filtered here.
    native.names["#spillway_m"] = manifest_name;
    native.filter = "(" + request.filter + ") OR attribute_exists(#spillway_m)";
  }
  return native;
}

/// Takes the stored items of a page one by one, until one is too much or cannot be read.
class PageReader {
 public:
  PageReader(Core& core, const QueryRequest& request, Hydrate hydrate, const Condition& filter,
             const Projection& projection, const Queried& queried, Deadline deadline)
      : core_(core),
        request_(request),
        hydrate_(hydrate),
        filter_(filter),
        projection_(projection),
        queried_(queried),
        deadline_(deadline) {}

  Result<QueryPage> read(QueryPage page) {
    std::vector<Item> stored = std::move(page.items);
    page.items.clear();
    std::optional<Item> last_done;
    for (Item& item : stored) {
      SPILLWAY_TRY(const Item key, primary_key(item, queried_.table.keys));
      Item last_key = queried_.last_key(item);
      auto taken = take(std::move(item), key, last_key, page.items);
      if (!taken && !last_done) return std::move(taken).error();
      if (!taken || !taken.value()) {  // the next page begins with it
        page.last_key = last_done;
        break;
      }
      last_done = std::move(last_key);
    }
    return page;
  }

 private:
  /// False: the page is full without it. `place` is where it is in what is queried.
  Result<bool> take(Item stored, const Item& key, const Item& place, std::vector<Item>& items) {
    const Recheck recheck = [&](Item& item) {
      const bool same = queried_.last_key(item) == place;
      queried_.project(item);
      return same;
    };
    SPILLWAY_TRY(auto loaded, load(std::move(stored), key, recheck));
    if (!loaded) return true;  // an index is behind its table: it is not there any more
    std::optional<Item> item = std::move(loaded->item);
    if (hydrate_ == Hydrate::whole) {
      const bool first = bytes_ == 0;
      bytes_ += bytes_behind(*item);
      if (!first && bytes_ > core_.config.hydrated_page_bytes_max) return false;
      SPILLWAY_TRY(item,
                   whole_item(core_, request_.table, key, std::move(*item), recheck, deadline_));
      if (!item) return true;  // it is gone meanwhile
    }
    if (loaded->revision) {
      const auto holds = filter_.evaluate(&*item);
      // With handles a filter on a spilled value cannot be judged: the item is kept.
      if (holds && !holds.value()) return true;
      if (!holds && hydrate_ == Hydrate::whole) return holds;
    }
    items.push_back(projected(projection_, *item));
    return true;
  }

  /// The stored item with handles. An entry of an index that has no manifest to tell values from
  /// references, but holds what looks like one, is read from its table. nullopt: it moved away.
  Result<std::optional<LoadedItem>> load(Item stored, const Item& key, const Recheck& recheck) {
    const bool hides =
        !queried_.shows_manifest() && holds_reference(stored, core_.prefix(request_.table, key));
    if (hides) {
      GetRequest request;
      request.table = request_.table;
      request.key = key;
      SPILLWAY_TRY(GetResult got, core_.items.get(request, deadline_));
      if (!got.item) return std::optional<LoadedItem>();
      stored = std::move(*got.item);
    }
    SPILLWAY_TRY(LoadedItem loaded, load_of(core_, request_.table, key, std::move(stored)));
    if (hides && !recheck(loaded.item)) return std::optional<LoadedItem>();
    queried_.project(loaded.item);  // members of a pack are the manifest's, not the entry's
    return std::optional(std::move(loaded));
  }

  Core& core_;
  const QueryRequest& request_;
  const Hydrate hydrate_;
  const Condition& filter_;
  const Projection& projection_;
  const Queried& queried_;
  const Deadline deadline_;
  std::uint64_t bytes_ = 0;
};

const IndexDescription* index_of(const TableDescription& table, const std::string& name) {
  const auto found = std::ranges::find(table.indexes, name, &IndexDescription::name);
  return found == table.indexes.end() ? nullptr : &*found;
}

}  // namespace

Result<QueryPage> Items::query(const QueryRequest& request, Hydrate hydrate, Deadline deadline) {
  Core& core = state_->core;
  SPILLWAY_TRY(auto table, core.table(request.table, deadline));
  if (!request.index.empty() && index_of(*table, request.index) == nullptr) {
    core.forget_table(request.table);  // it may be new
    SPILLWAY_TRY(table, core.table(request.table, deadline));
  }
  const Queried queried{*table, index_of(*table, request.index)};
  SPILLWAY_TRY(const Projection projection, Projection::parse(request.projection, request.names));
  SPILLWAY_TRY(const Condition filter,
               Condition::parse(request.filter, request.names, request.values));
  SPILLWAY_TRY(const QueryRequest native, widened_query(request, projection, filter, queried));
  SPILLWAY_TRY(QueryPage page, core.items.query(native, deadline));
  return PageReader(core, request, hydrate, filter, projection, queried, deadline)
      .read(std::move(page));
}

Result<std::unique_ptr<ByteSource>> Items::open(const GetRequest& owner, const Spilled& handle,
                                                std::optional<ByteRange> range, Deadline deadline) {
  const SpilledEntry& entry = entry_of(handle);
  if (entry.type != "S" && entry.type != "B") {
    return make_error(Code::invalid_argument, "item.open", entry.type,
                      "only strings and binaries can be opened as a stream");
  }
  auto opened = open_stored(state_->core, *entry.stored, range, deadline);
  if (!opened) return explained(state_->core, owner, std::move(opened).error(), deadline);
  return std::make_unique<ExplainingSource>(state_->core, owner, entry.stored->object_key,
                                            std::move(opened).value(), deadline);
}

Result<AttributeValue> Items::hydrate(const GetRequest& owner, const AttributeValue& value,
                                      Deadline deadline) {
  AttributeValue whole = value;
  auto done = hydrate_values(state_->core, {&whole}, deadline);
  if (!done) return explained(state_->core, owner, std::move(done).error(), deadline);
  return whole;
}

}  // namespace spillway
