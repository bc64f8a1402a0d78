// Native writes from writes of items of any size. The rules are those of docs/upstream-rules.md.
#include "hybrid/prepare.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "base/random.h"
#include "dynamo/expression.h"
#include "dynamo/item_size.h"
#include "hybrid/hydrate.h"
#include "hybrid/manifest.h"
#include "hybrid/owner.h"
#include "hybrid/plan.h"

namespace spillway {
namespace {

/// Limits of DynamoDB's expressions (Developer Guide, "Expressions: limits").
constexpr std::size_t expression_bytes_max = 4096;
constexpr std::size_t guarded_roots_max = 100;

std::string both(const std::string& condition, const std::string& guard) {
  return condition.empty() ? guard : "(" + condition + ") AND " + guard;
}

/// What the guard speaks of: the manifest, its revision.
void name_manifest(WriteRequest& request) { request.names["#spillway_m"] = manifest_name; }

WriteRequest with_revision_guard(WriteRequest request, const std::string& revision) {
  name_manifest(request);
  request.names["#spillway_rev"] = "rev";
  request.values[":spillway_rev"] = revision;
  request.condition = "#spillway_m.#spillway_rev = :spillway_rev";
  return request;
}

WriteRequest with_absence_guard(WriteRequest request, const KeySchema& keys) {
  request.names["#spillway_k"] = keys.partition.name;
  request.condition = "attribute_not_exists(#spillway_k)";
  return request;
}

/// Where the first operand of an update's SET clause begins. SET is a reserved word: as a word of
/// its own, and not behind the mark of a placeholder, it can only be the clause's keyword.
std::optional<std::size_t> first_set_operand(const std::string& update) {
  constexpr std::string_view keyword = "set";
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '#' || c == ':';
  };
  for (std::size_t at = 0; at + keyword.size() < update.size(); ++at) {
    if (at > 0 && (is_word(update[at - 1]) || update[at - 1] == '.')) continue;
    const std::size_t end = at + keyword.size();
    const bool here =
        std::equal(keyword.begin(), keyword.end(), update.begin() + at,
                   [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
    if (here && !is_word(update[end])) return end + 1;
  }
  return std::nullopt;
}

/// The bare write that carries out `kind` on an item once everything has been evaluated here.
WriteRequest bare(const std::string& table, WriteRequest::Kind kind, Item item) {
  WriteRequest native;
  native.kind = kind;
  native.table = table;
  native.item = std::move(item);
  return native;
}

/// An UpdateItem that leaves the item exactly as `target`: SET of all but the keys, REMOVE of what
/// is gone. UpdateItem, so that DynamoDB Streams and triggers see what the caller did.
WriteRequest as_update(const std::string& table, const Item& key, const Item& before,
                       const Item& target) {
  WriteRequest native = bare(table, WriteRequest::Kind::update, key);
  std::string set, removed;
  std::size_t n = 0;
  const auto placeholder = [&](const std::string& name) {
    const std::string text = "#spillway_" + std::to_string(n++);
    native.names[text] = name;
    return text;
  };
  for (const auto& [name, value] : target) {
    const auto old = before.find(name);
    if (key.contains(name) || (old != before.end() && old->second == value)) continue;
    const std::string shown = placeholder(name);
    const std::string operand = ":" + shown.substr(1);
    native.values[operand] = value;
    set += (set.empty() ? "SET " : ", ") + shown + " = " + operand;
  }
  for (const auto& [name, value] : before) {
    if (target.contains(name) || key.contains(name)) continue;
    removed += (removed.empty() ? "REMOVE " : ", ") + placeholder(name);
  }
  native.update = set + (set.empty() || removed.empty() ? "" : " ") + removed;
  return native;
}

/// The same as a put where the expression would be too long.
WriteRequest as_rewrite(const std::string& table, const Item& key, const Item& before,
                        Item target) {
  WriteRequest native = as_update(table, key, before, target);
  if (native.update.size() <= expression_bytes_max) return native;
  return bare(table, WriteRequest::Kind::put, std::move(target));
}

/// What `before` refers to and `after` does not. Nothing if that cannot be told: it is a hint.
std::set<ObjectKey> dropped_objects(const Item& before, const Item& after) {
  std::set<ObjectKey> dropped;
  const auto was = listed_objects(before), is = listed_objects(after);
  if (was && is) std::ranges::set_difference(*was, *is, std::inserter(dropped, dropped.end()));
  return dropped;
}

Result<void> hydrate_roots(Core& core, Item& item, const std::vector<std::string>& roots,
                           Deadline deadline) {
  std::vector<AttributeValue*> values;
  for (const std::string& root : roots) {
    const auto found = item.find(root);
    if (found != item.end()) values.push_back(&found->second);
  }
  return hydrate_values(core, values, deadline);
}

bool holds_encoded(const std::vector<AttributeValue*>& handles) {
  return std::ranges::any_of(handles, [](const AttributeValue* handle) {
    return entry_of(*handle->as<Spilled>()).stored->object_key.empty();
  });
}

/// Encoded values that are in the item take part in planning again when the item has grown.
Result<void> unfold_encoded(Core& core, Item& item, Deadline deadline) {
  std::vector<AttributeValue*> handles, encoded;
  for (auto& [name, value] : item) collect_handles(value, handles);
  if (!holds_encoded(handles)) return ok();
  for (AttributeValue* handle : handles) {
    if (entry_of(*handle->as<Spilled>()).stored->object_key.empty()) encoded.push_back(handle);
  }
  return hydrate_values(core, encoded, deadline);
}

bool not_hydrated(const Error& error) { return error.code == Code::internal; }

/// Everything a guarded write needs to know of the item that is there.
struct Present {
  bool exists = false;
  Item stored;
  LoadedItem loaded;
  Item key;
  std::string prefix;
};

Result<Present> read_present(Core& core, const WriteRequest& request, const TableDescription& table,
                             Deadline deadline) {
  Present present;
  SPILLWAY_TRY(present.key, primary_key(request.item, table.keys));
  present.prefix = core.prefix(request.table, present.key);
  GetRequest get;
  get.table = request.table;
  get.key = present.key;
  SPILLWAY_TRY(GetResult got, core.items.get(get, deadline));
  present.exists = got.item.has_value();
  if (!present.exists) return present;
  present.stored = *got.item;
  SPILLWAY_TRY(present.loaded, load_of(core, request.table, present.key, std::move(*got.item)));
  return present;
}

Error item_changed(const std::string& table) {
  return make_error(Code::conflict, "item.write", table, "the item changed while it was written");
}

/// Gives an item without manifest a revision, so that one comparison can guard the whole item.
Result<void> stamp(Core& core, const WriteRequest& request, Present& present, Deadline deadline) {
  WriteRequest update = bare(request.table, WriteRequest::Kind::update, present.key);
  const std::string revision = random_id();
  name_manifest(update);
  update.update = "SET #spillway_m = :spillway_m";
  update.values[":spillway_m"] = Map{{"v", number(1)}, {"rev", revision}};
  const auto& key_name = present.key.begin()->first;
  update.names["#spillway_k"] = key_name;
  update.condition = "attribute_exists(#spillway_k) AND attribute_not_exists(#spillway_m)";
  SPILLWAY_TRY(WriteResult written, core.items.write(update, deadline));
  if (!written.applied) {
    return item_changed(request.table);
  }
  // What the stamp saw is what counts: the item may have changed since it was read.
  SPILLWAY_TRY(present.loaded, load_of(core, request.table, present.key, *written.prior));
  present.stored = std::move(*written.prior);
  present.stored[manifest_name] = update.values[":spillway_m"];
  present.loaded.revision = revision;
  return ok();
}

Result<bool> holds(Core& core, const WriteRequest& request, const Present& present,
                   const std::vector<std::string>& roots, Deadline deadline) {
  SPILLWAY_TRY(const Condition condition,
               Condition::parse(request.condition, request.names, request.values));
  if (!present.exists) return condition.evaluate(nullptr);
  auto result = condition.evaluate(&present.loaded.item);
  if (result || !not_hydrated(result.error())) return result;
  Item whole = present.loaded.item;
  SPILLWAY_TRY(hydrate_roots(core, whole, roots, deadline));
  return condition.evaluate(&whole);
}

/// A member of a pack is known by its top-level name: where an update has copied it, it is the
/// value itself.
Result<void> hydrate_copied_members(Core& core, Item& item, Deadline deadline) {
  std::vector<AttributeValue*> handles, copied;
  for (auto& [name, value] : item) {
    handles.clear();
    collect_handles(value, handles);
    for (AttributeValue* handle : handles) {
      const std::string& member = entry_of(*handle->as<Spilled>()).member;
      if (!member.empty() && (handle != &value || member != name)) copied.push_back(handle);
    }
  }
  return hydrate_values(core, copied, deadline);
}

Result<Item> updated(Core& core, const WriteRequest& request, const Present& present,
                     const std::vector<std::string>& roots, Deadline deadline) {
  SPILLWAY_TRY(const Update update, Update::parse(request.update, request.names, request.values));
  const Item& base = present.exists ? present.loaded.item : present.key;
  Item item = base;
  auto applied = update.apply(item);
  if (!applied && not_hydrated(applied.error())) {
    item = base;
    SPILLWAY_TRY(hydrate_roots(core, item, roots, deadline));
    applied = update.apply(item);
  }
  SPILLWAY_TRY(std::move(applied));
  SPILLWAY_TRY(hydrate_copied_members(core, item, deadline));
  return item;
}

void add_guard(WriteRequest& native, const WriteRequest& request, const Present& present,
               const TableDescription& table) {
  if (!present.exists) {
    native = with_absence_guard(std::move(native), table.keys);
  } else if (present.loaded.revision) {
    native = with_revision_guard(std::move(native), *present.loaded.revision);
  } else {
    // Nothing is spilled: the store evaluates the condition itself, on whatever is there by then.
    native.condition = request.condition;
    native.names = request.names;
    native.values = request.values;
    native = guarded_native(std::move(native));
  }
}

/// The write that makes `item` the stored item.
Result<void> place_into(Core& core, const WriteRequest& request, const TableDescription& table,
                        const Present& present, Item item, Attempt& attempt,
                        const Labeller& labeller, Deadline deadline, PreparedWrite& prepared) {
  if (footprint(item, table) > core.config.policy.threshold_bytes) {
    SPILLWAY_TRY(unfold_encoded(core, item, deadline));
  }
  prepared.logical_bytes = item_size(item) + bytes_behind(item);
  SPILLWAY_TRY(PlacedItem placed, place_values(core, std::move(item), table, present.prefix,
                                               attempt, labeller, deadline));
  const bool is_update = request.kind == WriteRequest::Kind::update;
  const bool keep_manifest = is_update && present.loaded.revision.has_value();
  Item stored = store_item(placed.item, random_id(), keep_manifest);
  prepared.item_bytes = item_size(stored);
  prepared.placements = std::move(placed.placements);
  prepared.superseded = dropped_objects(present.stored, stored);
  prepared.native = is_update && present.exists
                        ? as_rewrite(request.table, present.key, present.stored, std::move(stored))
                        : bare(request.table, WriteRequest::Kind::put, std::move(stored));
  return ok();
}

/// What is written if the condition holds on the item that is there.
Result<PreparedWrite> prepare_on(Core& core, const WriteRequest& request,
                                 const TableDescription& table, const Present& present,
                                 const std::vector<std::string>& roots, Attempt& attempt,
                                 const Labeller& labeller, Deadline deadline) {
  PreparedWrite prepared;
  prepared.prior_known = true;
  if (present.exists) prepared.prior = present.loaded.item;
  SPILLWAY_TRY(const bool condition_holds, holds(core, request, present, roots, deadline));
  if (!condition_holds) {
    prepared.refused = true;
    return prepared;
  }
  using Kind = WriteRequest::Kind;
  Item item = request.item;
  bool creates_nothing = false;
  if (request.kind == Kind::update) {
    SPILLWAY_TRY(item, updated(core, request, present, roots, deadline));
    SPILLWAY_TRY(const Update update, Update::parse(request.update, request.names, request.values));
    creates_nothing = !present.exists && !request.update.empty() && update.only_removes();
  }
  if (creates_nothing) {  // as in DynamoDB: a check is all that is left
    prepared.native = bare(request.table, Kind::check, present.key);
  } else if (request.kind == Kind::update || request.kind == Kind::put) {
    SPILLWAY_TRY(place_into(core, request, table, present, std::move(item), attempt, labeller,
                            deadline, prepared));
  } else {
    prepared.native = bare(request.table, request.kind, present.key);
    if (request.kind == Kind::remove) prepared.superseded = dropped_objects(present.stored, {});
  }
  add_guard(prepared.native, request, present, table);
  return prepared;
}

}  // namespace

Result<void> check_not_reserved(const WriteRequest& request) {
  bool reserved = request.item.contains(manifest_name) ||
                  request.update.find(manifest_name) != std::string::npos ||
                  request.condition.find(manifest_name) != std::string::npos;
  for (const auto& [placeholder, name] : request.names) {
    reserved |= name == manifest_name || placeholder.starts_with("#spillway_");
  }
  for (const auto& [placeholder, value] : request.values) {
    reserved |= placeholder.starts_with(":spillway_");
  }
  if (!reserved) return ok();
  return make_error(Code::invalid_argument, "item.write", manifest_name,
                    "the attribute _spillway and placeholders that begin with spillway_ are "
                    "reserved; choose another name");
}

Result<bool> reads_only_keys(const WriteRequest& request, const KeySchema& keys) {
  SPILLWAY_TRY(const Condition condition,
               Condition::parse(request.condition, request.names, request.values));
  return std::ranges::all_of(condition.paths(), [&](const Path& path) {
    const auto& root = std::get<std::string>(path.front());
    return root == keys.partition.name || (keys.sort && root == keys.sort->name);
  });
}

Result<std::vector<std::string>> touched_roots(const WriteRequest& request) {
  std::vector<std::string> roots;
  const auto add = [&](const std::vector<Path>& paths) {
    for (const Path& path : paths) roots.push_back(std::get<std::string>(path.front()));
  };
  SPILLWAY_TRY(const Condition condition,
               Condition::parse(request.condition, request.names, request.values));
  add(condition.paths());
  if (request.kind == WriteRequest::Kind::update) {
    SPILLWAY_TRY(const Update update, Update::parse(request.update, request.names, request.values));
    add(update.reads());
    add(update.writes());
  }
  std::ranges::sort(roots);
  roots.erase(std::ranges::unique(roots).begin(), roots.end());
  return roots;
}

WriteRequest rewrite_on(const std::string& table, const Item& key, const Item& before,
                        const std::string& revision, const Item& target) {
  return with_revision_guard(as_rewrite(table, key, before, target), revision);
}

WriteRequest guarded_native(WriteRequest request) {
  name_manifest(request);
  request.condition = both(request.condition, "attribute_not_exists(#spillway_m)");
  return request;
}

std::optional<WriteRequest> guarded_update(const WriteRequest& request,
                                           const std::vector<std::string>& roots) {
  if (roots.size() > guarded_roots_max) return std::nullopt;
  WriteRequest native = request;
  name_manifest(native);
  native.names["#spillway_p"] = "p";
  native.names["#spillway_rev"] = "rev";
  native.values[":spillway_rev"] = random_id();
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const std::string root = "#spillway_r" + std::to_string(i);
    native.names[root] = roots[i];
    native.condition =
        both(native.condition, "attribute_not_exists(#spillway_m.#spillway_p." + root + ")");
  }
  // The item must have a manifest: SET of a path below a missing map is refused.
  native.condition = both(native.condition, "attribute_exists(#spillway_m)");
  const std::string revision = "#spillway_m.#spillway_rev = :spillway_rev";
  if (const auto operand = first_set_operand(native.update)) {
    native.update.insert(*operand, revision + ", ");
  } else {
    native.update = "SET " + revision + " " + native.update;
  }
  if (std::max(native.update.size(), native.condition.size()) > expression_bytes_max) {
    return std::nullopt;
  }
  return native;
}

Result<PreparedWrite> prepare_put(Core& core, const WriteRequest& request,
                                  const TableDescription& table, Attempt& attempt,
                                  const Labeller& labeller, Deadline deadline) {
  PreparedWrite prepared;
  SPILLWAY_TRY(const Item key, primary_key(request.item, table.keys));
  prepared.logical_bytes = item_size(request.item) + bytes_behind(request.item);
  SPILLWAY_TRY(const Condition condition,
               Condition::parse(request.condition, request.names, request.values));
  // It reads keys alone: if it refuses an item with this key, it lets through only where none is.
  SPILLWAY_TRY(prepared.blind, condition.evaluate(&key));
  SPILLWAY_TRY(PlacedItem placed,
               place_values(core, request.item, table, core.prefix(request.table, key), attempt,
                            labeller, deadline));
  prepared.native = bare(request.table, request.kind, store_item(placed.item, random_id(), false));
  prepared.native.condition = request.condition;
  prepared.native.names = request.names;
  prepared.native.values = request.values;
  prepared.item_bytes = item_size(prepared.native.item);
  prepared.placements = std::move(placed.placements);
  return prepared;
}

Result<PreparedWrite> prepare_guarded(Core& core, const WriteRequest& request,
                                      const TableDescription& table, Attempt& attempt,
                                      const Labeller& labeller, Deadline deadline) {
  SPILLWAY_TRY(const std::vector<std::string> roots, touched_roots(request));
  SPILLWAY_TRY(Present present, read_present(core, request, table, deadline));
  const bool is_update = request.kind == WriteRequest::Kind::update;
  if (is_update && present.exists && !present.loaded.revision) {
    SPILLWAY_TRY(stamp(core, request, present, deadline));
  }
  auto prepared = prepare_on(core, request, table, present, roots, attempt, labeller, deadline);
  if (prepared || prepared.error().code != Code::corrupt) return prepared;
  // An object that went while it was read: if nothing is wrong, the item has changed.
  SPILLWAY_TRY(const bool same,
               still_refers(core, request.table, present.key, prepared.error().subject, deadline));
  if (same) return damaged_item(std::move(prepared).error(), request.table, present.key);
  return item_changed(request.table);
}

std::optional<Item> present_prior(Core& core, const TableDescription& table,
                                  std::optional<Item> stored) {
  if (!stored) return stored;
  auto key = primary_key(*stored, table.keys);
  Item without_manifest = *stored;
  without_manifest.erase(manifest_name);
  if (!key) return without_manifest;
  auto loaded = load_of(core, table.name, key.value(), std::move(*stored));
  // The write is done; an unreadable manifest of what was replaced must not turn it into a failure.
  if (!loaded) return without_manifest;
  return std::move(loaded.value().item);
}

}  // namespace spillway
