// Creating and dropping tables, as tasks of the writer.
#include "item/embedded/table_tasks.h"

namespace spillway {

Result<void> require_table(WriteConnection& connection, const Table& table) {
  SPILLWAY_TRY(const bool exists, connection.tables.exists(table.id));
  if (!exists)
    return make_error(Code::not_found, "item.table", table.description.name,
                      "Requested resource not found");
  return ok();
}

Result<void> CreateTableTask::prepare(WriteConnection& connection) {
  const std::string& name = table_.description.name;
  SPILLWAY_TRY(const bool exists, connection.tables.exists(name));
  if (exists)
    return make_error(Code::conflict, "item.create_table", name, "Table already exists: " + name);
  return ok();
}

Result<void> CreateTableTask::apply(WriteConnection& connection) {
  SPILLWAY_TRY(table_.id, connection.tables.insert(table_.description));
  return ok();
}

Result<void> DropTableTask::prepare(WriteConnection& connection) {
  return require_table(connection, table_);
}

Result<void> DropTableTask::apply(WriteConnection& connection) {
  connection.dropped_items = true;
  return connection.tables.drop(table_.id);
}

}  // namespace spillway
