// DynamoDB's own measure of an item. Pure.
// Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats".
#pragma once

#include <cstdint>
#include <string_view>

#include "spillway/value.h"

namespace spillway {

/// DynamoDB refuses values nested deeper.
inline constexpr int nesting_max = 32;

/// Size of a value in bytes. Where implementations differ (numbers), the upper bound.
/// A Spilled value counts as what stands in its place in the stored item.
std::uint64_t value_size(const AttributeValue& value);

/// Size of an item in bytes: every top-level name (UTF-8) and value.
std::uint64_t item_size(const Item& item);

/// Levels of lists and maps around the deepest value: 0 for a scalar.
int nesting_depth(const AttributeValue& value);

}  // namespace spillway
