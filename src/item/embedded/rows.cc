// Items as rows: found, walked, written; verified whenever they are read.
#include "item/embedded/rows.h"

#include "base/digest.h"
#include "item/embedded/item_encoding.h"

namespace spillway {
namespace {

std::string big_endian(std::uint64_t value) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return bytes;
}

Error named(Error error, const std::string& name) {
  error.subject = name;
  return error;
}

Result<Item> verified(const Table& table, const StoredKey& key, Run& run, int crc_column) {
  const std::string_view value = run.bytes(crc_column + 1);
  if (run.integer(crc_column) != row_checksum(table.id, key, value))
    return make_error(Code::corrupt, "item.read", describe_key(table.description, key),
                      "the row does not match its checksum; restore it from a backup");
  Result<Item> item = decode_item(value);
  if (!item) return named(std::move(item).error(), describe_key(table.description, key));
  return item;
}

}  // namespace

std::uint32_t row_checksum(std::int64_t table_id, const StoredKey& key, std::string_view value) {
  std::uint32_t crc = crc32c(big_endian(static_cast<std::uint64_t>(table_id)));
  for (const std::string& part : {std::cref(key.partition), std::cref(key.sort)})
    crc = crc32c(part, crc32c(big_endian(part.size()), crc));
  return crc32c(value, crc);
}

Result<std::optional<Item>> ItemWalk::next() {
  SPILLWAY_TRY(const bool row, run_.step());
  if (!row) return std::optional<Item>();
  StoredKey key;
  key.partition = run_.bytes(0);
  key.sort = run_.bytes(1);
  SPILLWAY_TRY(Item item, verified(table_, key, run_, 2));
  return std::optional<Item>(std::move(item));
}

Result<ItemRows> ItemRows::prepare(Database& database) {
  ItemRows rows;
  SPILLWAY_TRY(rows.find_,
               database.prepare("SELECT id, crc, value FROM items"
                                " WHERE table_id = ? AND hash = ? AND pk = ? AND sk = ?"));
  SPILLWAY_TRY(rows.insert_,
               database.prepare("INSERT INTO items (table_id, hash, pk, sk, crc, value)"
                                " VALUES (?, ?, ?, ?, ?, ?)"));
  SPILLWAY_TRY(rows.update_, database.prepare("UPDATE items SET crc = ?, value = ? WHERE id = ?"));
  SPILLWAY_TRY(rows.remove_, database.prepare("DELETE FROM items WHERE id = ?"));
  SPILLWAY_TRY(rows.forward_, database.prepare("SELECT pk, sk, crc, value FROM items"
                                               " WHERE table_id = ? AND hash = ? AND pk = ?"
                                               " AND sk >= ? AND sk < ? ORDER BY sk"));
  SPILLWAY_TRY(rows.backward_, database.prepare("SELECT pk, sk, crc, value FROM items"
                                                " WHERE table_id = ? AND hash = ? AND pk = ?"
                                                " AND sk >= ? AND sk < ? ORDER BY sk DESC"));
  SPILLWAY_TRY(rows.scan_, database.prepare("SELECT pk, sk, crc, value FROM items"
                                            " WHERE table_id = ? AND (hash, pk, sk) > (?, ?, ?)"
                                            " AND hash < ? ORDER BY hash, pk, sk"));
  return rows;
}

Result<std::optional<StoredItem>> ItemRows::find(const Table& table, const StoredKey& key) {
  Run run = find_.run(table.id, std::int64_t{key.hash}, std::string_view(key.partition),
                      std::string_view(key.sort));
  SPILLWAY_TRY(const bool row, run.step());
  if (!row) return std::optional<StoredItem>();
  SPILLWAY_TRY(Item item, verified(table, key, run, 1));
  return std::optional<StoredItem>(StoredItem{run.integer(0), std::move(item)});
}

Result<void> ItemRows::insert(const Table& table, const StoredKey& key, std::string_view value) {
  return insert_
      .run(table.id, std::int64_t{key.hash}, std::string_view(key.partition),
           std::string_view(key.sort), std::int64_t{row_checksum(table.id, key, value)}, value)
      .finish();
}

Result<void> ItemRows::update(std::int64_t row_id, const Table& table, const StoredKey& key,
                              std::string_view value) {
  return update_.run(std::int64_t{row_checksum(table.id, key, value)}, value, row_id).finish();
}

Result<void> ItemRows::remove(std::int64_t row_id) { return remove_.run(row_id).finish(); }

ItemWalk ItemRows::partition(const Table& table, std::string_view key, const SortRange& range,
                             bool forward) {
  return ItemWalk(table, forward ? forward_ : backward_, std::int64_t{partition_hash(key)}, key,
                  range.low, range.high);
}

ItemWalk ItemRows::scan(const Table& table, const StoredKey& after, std::int64_t hash_end) {
  return ItemWalk(table, scan_, after, hash_end);
}

}  // namespace spillway
