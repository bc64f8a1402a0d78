// Turns a write of items of any size into a write the item store takes: evaluates what touches
// spilled values here, plans, uploads, and guards the result against other writers.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hybrid/attempt.h"
#include "hybrid/core.h"
#include "hybrid/place.h"
#include "spillway/items.h"

namespace spillway {

struct PreparedWrite {
  WriteRequest native;        ///< to be committed; meaningless when refused
  bool refused = false;       ///< the caller's condition does not hold
  std::optional<Item> prior;  ///< as read, with handles; only set by prepare_guarded
  bool prior_known = false;
  std::uint64_t item_bytes = 0, logical_bytes = 0;
  std::vector<Placement> placements;
  std::set<ObjectKey> superseded;  ///< that the item refers to no more; set by prepare_guarded
  bool blind = false;              ///< it may replace an item that nobody has looked at
};

/// invalid_argument when the request names the reserved manifest attribute.
Result<void> check_not_reserved(const WriteRequest& request);

/// Does the condition read nothing but primary key attributes? It then means the same on the stored
/// item, whatever is spilled.
Result<bool> reads_only_keys(const WriteRequest& request, const KeySchema& keys);

/// A full put without a look at what is there: places the values of the new item.
Result<PreparedWrite> prepare_put(Core& core, const WriteRequest& request,
                                  const TableDescription& table, Attempt& attempt,
                                  const Labeller& labeller, Deadline deadline);

/// The slow way, for anything that may read or change a spilled value: reads the item strongly,
/// evaluates condition and update on it (hydrating what they touch), places the result, and makes
/// the native write conditional on the revision that was read. conflict when the item changed
/// meanwhile: as when that guard is refused, prepare again. corrupt names the item.
Result<PreparedWrite> prepare_guarded(Core& core, const WriteRequest& request,
                                      const TableDescription& table, Attempt& attempt,
                                      const Labeller& labeller, Deadline deadline);

/// The write that makes the stored item `before`, with this revision, into `target`, whose other
/// revision is fresh: an UpdateItem where that is not too long, so that streams see what changed.
WriteRequest rewrite_on(const std::string& table, const Item& key, const Item& before,
                        const std::string& revision, const Item& target);

/// `request` with its condition also demanding that the item has no manifest.
WriteRequest guarded_native(WriteRequest request);

/// An update that touches no spilled value of an item that has a manifest: guarded for each
/// top-level attribute it touches, and with a fresh revision. nullopt past the limits of
/// expressions.
std::optional<WriteRequest> guarded_update(const WriteRequest& request,
                                           const std::vector<std::string>& roots);

/// The top-level attributes that the condition and the update of a request touch.
Result<std::vector<std::string>> touched_roots(const WriteRequest& request);

/// The prior item as callers see it: with handles, without the manifest.
std::optional<Item> present_prior(Core& core, const TableDescription& table,
                                  std::optional<Item> stored);

}  // namespace spillway
