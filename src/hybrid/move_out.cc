// The rewrite of an item that an outage left too large.
#include "hybrid/move_out.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.h"
#include "hybrid/hydrate.h"
#include "hybrid/items_state.h"
#include "hybrid/manifest.h"
#include "hybrid/prepare.h"

namespace spillway {
namespace {

using Stored = std::shared_ptr<const StoredBytes>;

/// Every fallback in the item once, and the handles that stand for it.
std::map<Stored, std::vector<AttributeValue*>> fallbacks_in(Item& item) {
  std::map<Stored, std::vector<AttributeValue*>> fallbacks;
  std::vector<AttributeValue*> handles;
  for (auto& [name, value] : item) collect_handles(value, handles);
  for (AttributeValue* handle : handles) {
    const Stored& stored = entry_of(*handle->as<Spilled>()).stored;
    if (stored->fallback && stored->object_key.empty()) fallbacks[stored].push_back(handle);
  }
  return fallbacks;
}

/// The handle that `old` gives way to: of the same value, in an object.
AttributeValue handle_of(const SpilledEntry& old, const Stored& object) {
  if (old.member.empty()) return make_handle(old.type, object);
  auto member = std::make_shared<SpilledEntry>();
  member->member = old.member;
  member->stored = object;
  return Spilled(std::move(member));
}

/// One try. nullopt: another writer was faster.
Result<std::optional<MovedOut>> try_once(Core& core, const std::string& table, const Item& key,
                                         Deadline deadline) {
  GetRequest request;
  request.table = table;
  request.key = key;
  SPILLWAY_TRY(const GetResult got, core.items.get(request, deadline));
  if (!got.item) return std::optional(MovedOut());
  SPILLWAY_TRY(LoadedItem loaded, load_of(core, table, key, *got.item));
  MovedOut moved;
  moved.before = loaded.item;
  auto fallbacks = fallbacks_in(loaded.item);
  if (fallbacks.empty() || !loaded.revision) return std::optional(MovedOut());
  Attempt attempt(core, {LedgerOwner{table, key}});
  SPILLWAY_TRY(attempt.begin(deadline));
  for (auto& [stored, handles] : fallbacks) {
    Encoded encoded{stored->inline_bytes, stored->index, stored->digest};
    auto object = attempt.upload(core.prefix(table, key), encoded, stored->label, deadline);
    if (!object) {
      MovedOut nothing;
      nothing.refused = std::move(object).error();
      return std::optional(std::move(nothing));
    }
    const auto shared = std::make_shared<const StoredBytes>(std::move(object).value());
    for (AttributeValue* handle : handles) {
      *handle = handle_of(entry_of(*handle->as<Spilled>()), shared);
    }
  }
  const Item target = store_item(loaded.item, random_id(), true);
  SPILLWAY_TRY(
      const TransactResult committed,
      attempt.commit({rewrite_on(table, key, *got.item, *loaded.revision, target)}, deadline));
  if (!committed.applied) return std::optional<MovedOut>();
  moved.values = fallbacks.size();
  moved.after = std::move(loaded.item);
  return std::optional(std::move(moved));
}

}  // namespace

Result<MovedOut> move_fallbacks_out(Core& core, const std::string& table, const Item& key,
                                    Deadline deadline) {
  for (int tries = 1; tries <= conflict_tries_max; ++tries) {
    SPILLWAY_TRY(std::optional<MovedOut> moved, try_once(core, table, key, deadline));
    if (moved) return std::move(*moved);
    back_off(tries);
  }
  return make_error(Code::conflict, "item.move_out", table,
                    "other writers changed the item each time it was tried");
}

}  // namespace spillway
