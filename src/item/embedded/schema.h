// The database file of an embedded store: its tables, its version, and the rows that name tables.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "item/embedded/sqlite.h"
#include "item/item_store.h"

namespace spillway {

/// Between the 4 KB that SQLite would choose, of which a row of 300 KB takes many, and larger
/// pages, of which a whole one goes to the WAL for each small row that changes.
inline constexpr int page_bytes = 8192;

/// A table as stored. Ids are never used twice, so that a row of a dropped table is nobody's.
struct Table {
  std::int64_t id = 0;
  TableDescription description;
};

/// Opens the file for the one connection that writes; makes it if missing. corrupt when it is not a
/// database or damaged, invalid_argument when another program made it, unsupported when a newer
/// Spillway did.
Result<Database> open_for_writing(const std::string& path);
/// One of the connections that only read.
Result<Database> open_for_reading(const std::string& path);

/// The rows that name tables, over one connection. One thread at a time.
class TableRows {
 public:
  static Result<TableRows> prepare(Database& database);

  Result<std::vector<Table>> all();
  Result<bool> exists(std::int64_t id);
  Result<bool> exists(const std::string& name);
  /// Returns the new table's id.
  Result<std::int64_t> insert(const TableDescription& table);
  /// The table is gone at once; its items go by purge().
  Result<void> drop(std::int64_t id);
  /// Removes some items of a dropped table; false when nothing was left to remove.
  Result<bool> purge();

 private:
  Statement all_, exists_id_, exists_name_, insert_, last_id_, drop_;
  Statement find_dropped_, purge_items_, any_item_, forget_;
};

}  // namespace spillway
