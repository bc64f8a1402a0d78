// Carries out a plan: encodes what leaves, decides what stays in the item encoded, uploads the
// rest.
#pragma once

#include <string>
#include <vector>

#include "hybrid/attempt.h"
#include "hybrid/core.h"
#include "spillway/items.h"

namespace spillway {

/// A fresh item ready to be stored.
struct PlacedItem {
  Item item;                          ///< with handles in the places of what left
  std::vector<Placement> placements;  ///< of what left
};

/// Places the values of `item`, whose primary key makes the object prefix `prefix`. An item within
/// the threshold comes back unchanged. Otherwise values are encoded; if all of them then fit in the
/// item they stay there and nothing is uploaded; else the smallest stay while the low-water mark
/// allows and the others are uploaded in parallel under `attempt`, which begins. If the object
/// store cannot take them but the item has room up to DynamoDB's limit, they stay in the item,
/// marked as a fallback.
Result<PlacedItem> place_values(Core& core, Item item, const TableDescription& table,
                                const std::string& prefix, Attempt& attempt,
                                const Labeller& labeller, Deadline deadline);

/// What a write reports and describe() tells of a handle.
Placement placement_of(const std::string& path, const SpilledEntry& entry);

}  // namespace spillway
