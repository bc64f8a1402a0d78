// The database file of an embedded store. docs/formats/embedded-store.md describes it.
#include "item/embedded/schema.h"

#include "item/embedded/errors.h"

namespace spillway {
namespace {

static_assert(page_bytes == 8192, "as in open_for_writing");
constexpr std::int64_t application_id = 0x53504c57;  // "SPLW"
constexpr std::int64_t format_version = 1;

// A rowid table with a unique index, not WITHOUT ROWID: there SQLite compares keys by loading whole
// rows, overflow pages included, which made reads of 300 KB rows eight times slower.
constexpr const char* create_sql = R"(
  BEGIN IMMEDIATE;
  CREATE TABLE tables (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT UNIQUE,
    partition_name TEXT NOT NULL, partition_type TEXT NOT NULL,
    sort_name TEXT, sort_type TEXT);
  CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    table_id INTEGER NOT NULL, hash INTEGER NOT NULL, pk BLOB NOT NULL, sk BLOB NOT NULL,
    crc INTEGER NOT NULL, value BLOB NOT NULL,
    UNIQUE (table_id, hash, pk, sk));
  CREATE TABLE tokens (
    token BLOB PRIMARY KEY, digest BLOB NOT NULL, expires_ms INTEGER NOT NULL);
  CREATE INDEX tokens_expiry ON tokens (expires_ms);
  PRAGMA application_id = 1397771351;
  PRAGMA user_version = 1;
  COMMIT;)";
static_assert(application_id == 1397771351 && format_version == 1);

Result<std::int64_t> pragma(Database& database, const char* sql) {
  SPILLWAY_TRY(Statement statement, database.prepare(sql));
  Run run = statement.run();
  SPILLWAY_TRY(const bool row, run.step());
  return row ? run.integer(0) : std::int64_t{0};
}

/// True when the file is ours and ready, false when it is still empty.
Result<bool> recognise(Database& database, const std::string& path) {
  SPILLWAY_TRY(const std::int64_t objects, pragma(database, "SELECT count(*) FROM sqlite_schema"));
  SPILLWAY_TRY(const std::int64_t application, pragma(database, "PRAGMA application_id"));
  if (objects == 0 && application == 0) return false;
  if (application != application_id)
    return make_error(Code::invalid_argument, "item.open", path,
                      "this database was not made by Spillway; choose another directory");
  SPILLWAY_TRY(const std::int64_t version, pragma(database, "PRAGMA user_version"));
  if (version != format_version)
    return make_error(Code::unsupported, "item.open", path,
                      "the store has format version " + std::to_string(version) +
                          "; this Spillway reads version 1. Use the Spillway that made it");
  return true;
}

std::string type_text(KeyType type) {
  switch (type) {
    case KeyType::string: return "S";
    case KeyType::number: return "N";
    case KeyType::binary: return "B";
  }
  return "";
}

Result<KeyAttribute> attribute(std::string_view name, std::string_view type) {
  const std::string text(name);
  if (type == "S") return KeyAttribute{text, KeyType::string};
  if (type == "N") return KeyAttribute{text, KeyType::number};
  if (type == "B") return KeyAttribute{text, KeyType::binary};
  return make_error(Code::corrupt, "item.open", text,
                    "a key attribute has an unknown type; restore the store from a backup");
}

}  // namespace

Result<Database> open_for_writing(const std::string& path) {
  SPILLWAY_TRY(Database database, Database::open(path, Database::Mode::create));
  // Before anything that writes to the file, as journal_mode does: it may be somebody else's.
  SPILLWAY_TRY(const bool ready, recognise(database, path));
  // The page size holds for a new file only. The writer checkpoints by itself, to see failed syncs.
  SPILLWAY_TRY(
      database.execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;"
                       "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                       "PRAGMA secure_delete = OFF; PRAGMA trusted_schema = OFF;"
                       "PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;"));
  if (!ready) {
    SPILLWAY_TRY(database.execute(create_sql));
  }
  return database;
}

Result<Database> open_for_reading(const std::string& path) {
  SPILLWAY_TRY(Database database, Database::open(path, Database::Mode::read_write));
  // Read-write, as a reader of a WAL needs its shared memory; query_only keeps it from writing. It
  // must not checkpoint on closing either: that is the writer's.
  SPILLWAY_TRY(
      database.execute("PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0;"
                       "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4096;"));
  const int status =
      sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (status != SQLITE_OK) return database.error(status);
  return database;
}

Result<TableRows> TableRows::prepare(Database& database) {
  TableRows rows;
  SPILLWAY_TRY(rows.all_, database.prepare("SELECT id, name, partition_name, partition_type,"
                                           " sort_name, sort_type FROM tables"
                                           " WHERE name IS NOT NULL"));
  SPILLWAY_TRY(rows.exists_id_, database.prepare("SELECT 1 FROM tables WHERE id = ?"
                                                 " AND name IS NOT NULL"));
  SPILLWAY_TRY(rows.exists_name_, database.prepare("SELECT 1 FROM tables"
                                                   " WHERE name = CAST(? AS TEXT)"));
  SPILLWAY_TRY(rows.insert_,
               database.prepare("INSERT INTO tables (name, partition_name, partition_type,"
                                " sort_name, sort_type) VALUES (CAST(? AS TEXT), CAST(? AS TEXT),"
                                " CAST(? AS TEXT), nullif(CAST(? AS TEXT), ''),"
                                " nullif(CAST(? AS TEXT), ''))"));
  SPILLWAY_TRY(rows.last_id_, database.prepare("SELECT last_insert_rowid()"));
  SPILLWAY_TRY(rows.drop_, database.prepare("UPDATE tables SET name = NULL WHERE id = ?"));
  SPILLWAY_TRY(rows.find_dropped_,
               database.prepare("SELECT id FROM tables WHERE name IS NULL LIMIT 1"));
  // 64 rows of at most 400 KB: other writes wait no longer than for a group of their own.
  SPILLWAY_TRY(rows.purge_items_,
               database.prepare("DELETE FROM items WHERE id IN"
                                " (SELECT id FROM items WHERE table_id = ? LIMIT 64)"));
  SPILLWAY_TRY(rows.any_item_, database.prepare("SELECT 1 FROM items WHERE table_id = ? LIMIT 1"));
  SPILLWAY_TRY(rows.forget_, database.prepare("DELETE FROM tables WHERE id = ?"));
  return rows;
}

Result<std::vector<Table>> TableRows::all() {
  std::vector<Table> tables;
  Run run = all_.run();
  for (;;) {
    SPILLWAY_TRY(const bool row, run.step());
    if (!row) return tables;
    Table table{run.integer(0), {std::string(run.bytes(1)), {}, {}}};
    SPILLWAY_TRY(table.description.keys.partition, attribute(run.bytes(2), run.bytes(3)));
    if (!run.is(4, SQLITE_NULL)) {
      SPILLWAY_TRY(table.description.keys.sort, attribute(run.bytes(4), run.bytes(5)));
    }
    tables.push_back(std::move(table));
  }
}

Result<bool> TableRows::exists(std::int64_t id) { return exists_id_.run(id).step(); }

Result<bool> TableRows::exists(const std::string& name) {
  return exists_name_.run(std::string_view(name)).step();
}

Result<std::int64_t> TableRows::insert(const TableDescription& table) {
  const KeySchema& keys = table.keys;
  const std::string partition_type = type_text(keys.partition.type);
  const std::string sort_type = keys.sort ? type_text(keys.sort->type) : "";
  const std::string sort_name = keys.sort ? keys.sort->name : "";
  SPILLWAY_TRY(insert_
                   .run(std::string_view(table.name), std::string_view(keys.partition.name),
                        std::string_view(partition_type), std::string_view(sort_name),
                        std::string_view(sort_type))
                   .finish());
  Run run = last_id_.run();
  SPILLWAY_TRY(run.step());
  return run.integer(0);
}

Result<void> TableRows::drop(std::int64_t id) { return drop_.run(id).finish(); }

Result<bool> TableRows::purge() {
  std::int64_t id = 0;
  {
    Run dropped = find_dropped_.run();
    SPILLWAY_TRY(const bool found, dropped.step());
    if (!found) return false;
    id = dropped.integer(0);
  }
  SPILLWAY_TRY(purge_items_.run(id).finish());
  SPILLWAY_TRY(const bool left, any_item_.run(id).step());
  if (!left) {
    SPILLWAY_TRY(forget_.run(id).finish());
  }
  return true;
}

}  // namespace spillway
