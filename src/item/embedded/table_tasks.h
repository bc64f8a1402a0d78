// Creating and dropping tables, as tasks of the writer.
#pragma once

#include "item/embedded/catalog.h"
#include "item/embedded/writer.h"

namespace spillway {

/// conflict when a table of that name exists.
class CreateTableTask final : public WriteTask {
 public:
  CreateTableTask(Catalog& catalog, const TableDescription& description)
      : catalog_(catalog), table_{0, description} {}
  Result<void> prepare(WriteConnection& connection) override;
  Result<void> apply(WriteConnection& connection) override;
  void committed() override { catalog_.add(table_); }
  std::size_t weight_bytes() const override { return 0; }

 private:
  Catalog& catalog_;
  Table table_;
};

/// not_found when it was dropped in the meantime.
class DropTableTask final : public WriteTask {
 public:
  DropTableTask(Catalog& catalog, const Table& table) : catalog_(catalog), table_(table) {}
  Result<void> prepare(WriteConnection& connection) override;
  Result<void> apply(WriteConnection& connection) override;
  void committed() override { catalog_.remove(table_.description.name); }
  std::size_t weight_bytes() const override { return 0; }

 private:
  Catalog& catalog_;
  const Table& table_;
};

/// not_found unless `table` still exists inside this transaction.
Result<void> require_table(WriteConnection& connection, const Table& table);

}  // namespace spillway
