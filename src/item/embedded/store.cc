// The item store in a directory of its own: requests checked, then handed to readers and the
// writer.
#include "item/embedded/store.h"

#include "dynamo/item_size.h"
#include "item/embedded/backup.h"
#include "item/embedded/item_task.h"
#include "item/embedded/query.h"
#include "item/embedded/table_tasks.h"
#include "item/embedded/validate.h"

namespace spillway {
namespace {

constexpr std::size_t transaction_actions_max = 100;
constexpr std::size_t token_bytes_max = 36;
constexpr std::uint32_t listed_tables_max = 100;

Error invalid(std::string detail) {
  return make_error(Code::invalid_argument, "item.transact", "", std::move(detail));
}

Result<std::vector<ItemAction>> make_actions(const std::vector<WriteRequest>& requests,
                                             const Catalog& catalog) {
  if (requests.empty() || requests.size() > transaction_actions_max)
    return invalid("a transaction has 1 to " + std::to_string(transaction_actions_max) +
                   " actions");
  std::vector<ItemAction> actions;
  for (const WriteRequest& request : requests) {
    SPILLWAY_TRY(ItemAction action, ItemAction::make(request, catalog));
    for (const ItemAction& earlier : actions)
      if (earlier.same_item(action))
        return invalid("Transaction request cannot include multiple operations on one item");
    actions.push_back(std::move(action));
  }
  return actions;
}

}  // namespace

EmbeddedStore::EmbeddedStore(StoreLock lock, std::string path, WriteConnection connection,
                             std::unique_ptr<Readers> readers, std::vector<Table> tables)
    : lock_(std::move(lock)),
      path_(std::move(path)),
      connection_(std::move(connection)),
      readers_(std::move(readers)),
      catalog_(std::move(tables)),
      writer_(connection_, *readers_) {}

Result<std::unique_ptr<ItemStore>> EmbeddedStore::open(const std::string& directory) {
  SPILLWAY_TRY(StoreLock lock, StoreLock::acquire(directory));
  std::string path = directory + "/items.db";
  SPILLWAY_TRY(WriteConnection connection, WriteConnection::open(path));
  SPILLWAY_TRY(std::vector<Table> tables, connection.tables.all());
  SPILLWAY_TRY(std::unique_ptr<Readers> readers, Readers::open(path));
  return std::unique_ptr<ItemStore>(new EmbeddedStore(std::move(lock), std::move(path),
                                                      std::move(connection), std::move(readers),
                                                      std::move(tables)));
}

Result<GetResult> EmbeddedStore::get(const GetRequest& request, Deadline deadline) {
  SPILLWAY_TRY(const std::shared_ptr<const Table> table, catalog_.find(request.table));
  Item key_item = request.key;
  SPILLWAY_TRY(const StoredKey key, key_alone(table->description.keys, key_item));
  SPILLWAY_TRY(const Projection projection, Projection::parse(request.projection, request.names));
  SPILLWAY_TRY(Readers::Loan reader, readers_->borrow(deadline));
  SPILLWAY_TRY(std::optional<StoredItem> row, reader.items().find(*table, key));
  GetResult result;
  result.capacity.read_units = read_units(row ? item_size(row->item) : 0, request.consistent);
  if (row)
    result.item = request.projection.empty() ? std::move(row->item) : projection.apply(row->item);
  return result;
}

Result<WriteResult> EmbeddedStore::write(const WriteRequest& request, Deadline deadline) {
  SPILLWAY_TRY(ItemAction made, ItemAction::make(request, catalog_));
  std::vector<ItemAction> actions;
  actions.push_back(std::move(made));
  const std::string no_token;
  ItemTask task(std::move(actions), no_token, no_token);
  SPILLWAY_TRY(writer_.run(task, deadline));
  ItemAction& action = task.actions().front();
  WriteResult result;
  result.applied = task.applied();
  result.capacity.write_units = action.write_units();
  result.prior = std::move(action.prior());
  return result;
}

Result<TransactResult> EmbeddedStore::transact(const std::vector<WriteRequest>& requests,
                                               const std::string& token, Deadline deadline) {
  if (token.size() > token_bytes_max)
    return invalid("a ClientRequestToken is at most " + std::to_string(token_bytes_max) +
                   " bytes long");
  SPILLWAY_TRY(std::vector<ItemAction> actions, make_actions(requests, catalog_));
  const std::string digest = token.empty() ? std::string() : actions_digest(requests);
  ItemTask task(std::move(actions), token, digest);
  SPILLWAY_TRY(writer_.run(task, deadline));
  TransactResult result;
  result.applied = task.applied();
  for (ItemAction& action : task.actions()) {
    // A transaction bills twice: to prepare and to commit. One that was repeated only reads.
    if (task.repeated()) result.capacity.read_units += 2 * read_units(0, true);
    if (!task.repeated()) result.capacity.write_units += 2 * action.write_units();
    if (!result.applied)
      result.actions.push_back({action.condition_held(), std::move(action.prior())});
  }
  return result;
}

Result<QueryPage> EmbeddedStore::query(const QueryRequest& request, Deadline deadline) {
  SPILLWAY_TRY(const std::shared_ptr<const Table> table, catalog_.find(request.table));
  return read_page(*table, request, *readers_, deadline);
}

Result<TableReply> EmbeddedStore::administer(const TableRequest& request, Deadline deadline) {
  if (const auto* create_table = std::get_if<CreateTable>(&request))
    return create(*create_table, deadline);
  if (const auto* drop_table = std::get_if<DeleteTable>(&request))
    return drop(*drop_table, deadline);
  if (const auto* list_tables = std::get_if<ListTables>(&request)) return list(*list_tables);
  SPILLWAY_TRY(const std::shared_ptr<const Table> table,
               catalog_.find(std::get<DescribeTable>(request).name));
  return TableReply{table->description};
}

Result<TableReply> EmbeddedStore::create(const CreateTable& request, Deadline deadline) {
  SPILLWAY_TRY(validate_table(request.table));
  CreateTableTask task(catalog_, request.table);
  SPILLWAY_TRY(writer_.run(task, deadline));
  return TableReply{request.table};
}

Result<TableReply> EmbeddedStore::drop(const DeleteTable& request, Deadline deadline) {
  SPILLWAY_TRY(const std::shared_ptr<const Table> table, catalog_.find(request.name));
  DropTableTask task(catalog_, *table);
  SPILLWAY_TRY(writer_.run(task, deadline));
  return TableReply{table->description};
}

Result<TableReply> EmbeddedStore::list(const ListTables& request) const {
  if (request.limit < 1 || request.limit > listed_tables_max)
    return invalid("ListTables takes a limit of 1 to " + std::to_string(listed_tables_max));
  TableReply reply;
  for (std::string& name : catalog_.names(request.start_after, request.limit))
    reply.push_back({std::move(name), {}, {}});
  return reply;
}

Result<void> EmbeddedStore::backup(const std::string& to) const {
  return backup_database(path_, to);
}

}  // namespace spillway
