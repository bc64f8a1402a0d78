// What Items and Staging hold: the stores they own and the core that borrows them.
#pragma once

#include <memory>
#include <optional>
#include <shared_mutex>

#include "hybrid/attempt.h"
#include "hybrid/core.h"
#include "hybrid/hints.h"
#include "hybrid/prepare.h"
#include "item/metered.h"
#include "object/metered.h"

namespace spillway {

struct Items::State {
  State(std::unique_ptr<ItemStore> item_store, std::unique_ptr<ObjectStore> object_store,
        const ItemsConfig& config)
      : items(std::make_unique<MeteredItemStore>(std::move(item_store), usage)),
        objects(std::make_unique<MeteredObjectStore>(std::move(object_store), usage)),
        core(*items, *objects, config) {}

  Result<WriteReply> write_put(const WriteRequest& request, const TableDescription& table,
                               Attempt& attempt, const Labeller& labeller, Deadline deadline);
  Result<WriteReply> write_guarded(const WriteRequest& request, const TableDescription& table,
                                   Attempt* staged, const Labeller& labeller, Deadline deadline);
  /// The write as the store does it by itself, if nothing spilled is in its way; nullopt: the slow
  /// way.
  Result<std::optional<WriteReply>> write_native(const WriteRequest& request,
                                                 const TableDescription& table, Deadline deadline);
  Result<LedgerOwner> owner_of(const WriteRequest& request, const TableDescription& table);

  std::shared_ptr<StoreUsage> usage = std::make_shared<StoreUsage>();  // shared with both stores
  std::unique_ptr<ItemStore> items;
  std::unique_ptr<ObjectStore> objects;
  Core core;
  /// Held shared by a sweep's removals and exclusively by a backup, which copies objects that must
  /// not go meanwhile.
  std::shared_mutex removals;
  Hints hints{core};  ///< last: it uses the others until it is gone
};

struct Staging::State {
  State(Core& core, LedgerOwner owner_item, std::string key_prefix)
      : attempt(core, {owner_item}), owner(std::move(owner_item)), prefix(std::move(key_prefix)) {
    attempt.keep_when_refused();
  }
  Attempt attempt;
  LedgerOwner owner;
  std::string prefix;
};

/// Waits before try number `tries` (1, 2, …) of an optimistic write: full jitter, at most 100 ms.
void back_off(int tries);
/// How often an optimistic write is tried before the caller is told to.
inline constexpr int conflict_tries_max = 12;

/// Are all handles in `request` those of values that `attempt` uploaded for the item of this object
/// prefix?
bool handles_are_staged(const WriteRequest& request, const Attempt* attempt,
                        const std::string& prefix);

}  // namespace spillway
