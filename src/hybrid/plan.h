// Which values leave an item that is too large. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dynamo/expression.h"
#include "spillway/error.h"
#include "spillway/items.h"
#include "spillway/requests.h"

namespace spillway {

/// Room kept below DynamoDB's hard limit, for differences in how numbers are counted.
inline constexpr std::uint64_t margin_bytes = 1024;
/// About what a reference and its manifest entry cost in the item.
inline constexpr std::uint64_t reference_bytes = 750;
/// A child this large leaves its list or map by itself, so that it can be loaded by itself.
inline constexpr std::uint64_t child_bytes_min = 8 * 1024;

struct SpillPlan {
  std::vector<Path> values;         ///< each leaves alone; largest first
  std::vector<std::string> packed;  ///< top-level attributes that leave together
  bool empty() const { return values.empty() && packed.empty(); }
};

/// The item's size as DynamoDB limits it: with the entries of its local secondary indexes.
std::uint64_t footprint(const Item& item, const TableDescription& table);

/// Empty when the item is within the threshold: it is then stored untouched. Otherwise the largest
/// values leave until the rest is at most the low-water mark. Keys, index keys and attributes that
/// an index includes never leave; handles that are in the item already count as what stands for
/// them and stay. too_large, naming what cannot move, when even so the rest would pass DynamoDB's
/// limit.
Result<SpillPlan> plan_spill(const Item& item, const TableDescription& table,
                             const SpillPolicy& policy);

}  // namespace spillway
