// What DynamoDB demands of items and tables, and what it bills for them. Pure.
#pragma once

#include <cstdint>

#include "dynamo/expression.h"
#include "item/item_store.h"

namespace spillway {

/// too_large when the item is over 409,600 bytes; invalid_argument when it nests above 32 levels,
/// or holds an empty set, an empty attribute name or one of more than 64 KB.
Result<void> validate_item(const Item& item);

/// Name, key names and types as CreateTable demands them; unsupported when there are indexes.
Result<void> validate_table(const TableDescription& table);

/// invalid_argument when `condition` filters on a key attribute, as a Query may not.
Result<void> validate_query_filter(const KeySchema& schema, const Condition& filter);

/// Units for `bytes` of items: 4 KB a read, half of that when eventually consistent; 1 KB a write.
/// Source: Developer Guide, "Read and write operations: capacity unit consumption".
double read_units(std::uint64_t bytes, bool consistent);
double write_units(std::uint64_t bytes);

}  // namespace spillway
