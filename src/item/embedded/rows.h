// Items as rows: found, walked, written; verified whenever they are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "item/embedded/keys.h"
#include "item/embedded/schema.h"
#include "item/embedded/sqlite.h"

namespace spillway {

/// A row that was read and verified.
struct StoredItem {
  std::int64_t row_id = 0;
  Item item;
};

/// CRC32C over the table, the key and the value, each part of the key with its length in front.
std::uint32_t row_checksum(std::int64_t table_id, const StoredKey& key, std::string_view value);

/// A walk over the items of one table in order. Holds its statement until it goes out of scope.
class ItemWalk {
 public:
  ItemWalk(const Table& table, Statement& statement, std::int64_t hash, std::string_view low_key,
           std::string_view low_sort, std::string_view high_sort)
      : table_(table), run_(statement.run(table.id, hash, low_key, low_sort, high_sort)) {}
  ItemWalk(const Table& table, Statement& statement, const StoredKey& after, std::int64_t hash_end)
      : table_(table),
        run_(statement.run(table.id, std::int64_t{after.hash}, std::string_view(after.partition),
                           std::string_view(after.sort), hash_end)) {}

  /// The next item, nullopt at the end. corrupt, naming table and key, when the row is damaged.
  Result<std::optional<Item>> next();

 private:
  const Table& table_;
  Run run_;
};

/// The items, over one connection. One thread at a time; the range arguments of a walk are borrowed
/// until it ends.
class ItemRows {
 public:
  static Result<ItemRows> prepare(Database& database);

  Result<std::optional<StoredItem>> find(const Table& table, const StoredKey& key);
  Result<void> insert(const Table& table, const StoredKey& key, std::string_view value);
  Result<void> update(std::int64_t row_id, const Table& table, const StoredKey& key,
                      std::string_view value);
  Result<void> remove(std::int64_t row_id);

  /// The items of one partition with range.low <= sort key < range.high.
  ItemWalk partition(const Table& table, std::string_view key, const SortRange& range,
                     bool forward);
  /// The items after `after`, by hash, partition and sort key, whose hash is below `hash_end`.
  ItemWalk scan(const Table& table, const StoredKey& after, std::int64_t hash_end);

 private:
  Statement find_, insert_, update_, remove_, forward_, backward_, scan_;
};

}  // namespace spillway
