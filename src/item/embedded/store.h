// The item store in a directory of its own: one SQLite database, for one process.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "item/embedded/catalog.h"
#include "item/embedded/lock.h"
#include "item/embedded/readers.h"
#include "item/embedded/writer.h"
#include "item/item_store.h"

namespace spillway {

/// Secondary indexes are unsupported. Everything else is as ItemStore says.
class EmbeddedStore final : public ItemStore {
 public:
  /// Makes the directory and the database if missing. conflict when another process has it open;
  /// corrupt when the database is damaged.
  static Result<std::unique_ptr<ItemStore>> open(const std::string& directory);
  /// Writes what waits, then folds the WAL into the database file.
  ~EmbeddedStore() override = default;

  Result<GetResult> get(const GetRequest& request, Deadline deadline) override;
  Result<WriteResult> write(const WriteRequest& request, Deadline deadline) override;
  Result<TransactResult> transact(const std::vector<WriteRequest>& actions,
                                  const std::string& token, Deadline deadline) override;
  Result<QueryPage> query(const QueryRequest& request, Deadline deadline) override;
  Result<TableReply> administer(const TableRequest& request, Deadline deadline) override;

  /// Copies the store into the new file `to`.
  Result<void> backup(const std::string& to) const;

 private:
  EmbeddedStore(StoreLock lock, std::string path, WriteConnection connection,
                std::unique_ptr<Readers> readers, std::vector<Table> tables);

  Result<TableReply> create(const CreateTable& request, Deadline deadline);
  Result<TableReply> drop(const DeleteTable& request, Deadline deadline);
  Result<TableReply> list(const ListTables& request) const;

  // In the order of their making; they go in the reverse: the writer first, the lock last.
  StoreLock lock_;
  std::string path_;
  WriteConnection connection_;
  std::unique_ptr<Readers> readers_;
  Catalog catalog_;
  Writer writer_;
};

}  // namespace spillway
