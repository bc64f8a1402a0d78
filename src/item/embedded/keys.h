// Primary keys: checked as DynamoDB checks them, and spelled as bytes that sort in key order. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "dynamo/expression.h"
#include "item/item_store.h"

namespace spillway {

inline constexpr std::size_t partition_key_bytes_max = 2048;
inline constexpr std::size_t sort_key_bytes_max = 1024;

/// A primary key as its columns hold it: strings as UTF-8, binaries as they are, numbers as
/// order_preserving_bytes. `sort` is empty where the table has no sort key.
struct StoredKey {
  std::uint32_t hash = 0;  ///< of `partition`; a scan goes by it, so that segments are ranges
  std::string partition;
  std::string sort;
  auto operator<=>(const StoredKey&) const = default;
};

/// CRC32C of a partition key's bytes.
std::uint32_t partition_hash(std::string_view partition);

/// One key attribute's bytes. invalid_argument (type, empty, too long) with DynamoDB's words.
Result<std::string> key_bytes(const KeyAttribute& attribute, const AttributeValue& value,
                              std::size_t bytes_max);

/// The key inside a whole item, whose number keys are brought into their normal form.
Result<StoredKey> key_of_item(const KeySchema& schema, Item& item);

/// The key that `key` is: exactly the key attributes, nothing else. Normalised likewise.
Result<StoredKey> key_alone(const KeySchema& schema, Item& key);

/// The key attributes of an item that has them.
Item key_attributes(const KeySchema& schema, const Item& item);

/// Sort keys k with low <= k < high, in bytes.
struct SortRange {
  std::string low;
  std::string high;
};

/// The range of a Query's sort key condition; everything for Op::none.
Result<SortRange> sort_range(const KeySchema& schema, const KeyCondition& condition);

/// The smallest byte string above `bytes`: a bound that excludes it.
std::string just_above(std::string bytes);

/// "orders {"S":"a"} {"S":"b"}", for errors; numbers in hex as they are stored.
std::string describe_key(const TableDescription& table, const StoredKey& key);

}  // namespace spillway
