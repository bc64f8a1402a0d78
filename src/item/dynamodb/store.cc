// Calls of ItemStore as calls of DynamoDB.
#include "item/dynamodb/store.h"

#include <algorithm>
#include <thread>

#include "item/dynamodb/codec.h"
#include "item/dynamodb/tables.h"

namespace spillway {
namespace {

constexpr std::size_t transaction_actions_max = 100;
constexpr std::uint32_t listed_tables_max = 100;
/// Between questions whether a table is ready; AWS takes seconds to make one.
constexpr std::chrono::milliseconds table_poll_min{20}, table_poll_max{1'000};

using Kind = WriteRequest::Kind;

std::string operation_of(Kind kind) {
  switch (kind) {
    case Kind::put: return "PutItem";
    case Kind::update: return "UpdateItem";
    case Kind::remove: return "DeleteItem";
    case Kind::check: break;
  }
  return "TransactWriteItems";
}

/// The write was answered, so it was done, whatever the answer's body says.
template <class T>
Result<T> as_written(Result<T> result) {
  if (!result) result.error().effect = Effect::unknown;
  return result;
}

}  // namespace

Result<std::unique_ptr<ItemStore>> DynamoStore::open(const std::string& url) {
  SPILLWAY_TRY(DynamoConfig config, parse_dynamodb_url(url));
  SPILLWAY_TRY(std::unique_ptr<DynamoClient> client, DynamoClient::open(config));
  return std::unique_ptr<ItemStore>(new DynamoStore(std::move(config), std::move(client)));
}

Result<GetResult> DynamoStore::get(const GetRequest& request, Deadline deadline) {
  const std::string table = full_name(request.table);
  const DynamoCall call{"GetItem", table, Repeat::safe};
  SPILLWAY_TRY(const DynamoAnswer answer,
               client_->call(call, encode_get(request, table), deadline));
  return decode_get(answer.body);
}

Result<WriteResult> DynamoStore::write(const WriteRequest& request, Deadline deadline) {
  if (request.kind == Kind::check) return check(request, deadline);
  const std::string table = full_name(request.table);
  const bool once = request.kind == Kind::update || !request.condition.empty();
  const DynamoCall call{operation_of(request.kind), table,
                        once ? Repeat::once : Repeat::idempotent};
  SPILLWAY_TRY(const DynamoAnswer answer,
               client_->call(call, encode_write(request, table), deadline));
  return as_written(decode_write(answer.body, !answer.refusal.empty()));
}

// DynamoDB evaluates a condition by itself only within a transaction.
Result<WriteResult> DynamoStore::check(const WriteRequest& request, Deadline deadline) {
  SPILLWAY_TRY(TransactResult transacted, transact({request}, "", deadline));
  WriteResult result;
  result.applied = transacted.applied;
  result.capacity = transacted.capacity;
  if (!result.applied && !transacted.actions.empty())
    result.prior = std::move(transacted.actions.front().prior);
  return result;
}

Result<TransactResult> DynamoStore::transact(const std::vector<WriteRequest>& actions,
                                             const std::string& token, Deadline deadline) {
  if (actions.empty() || actions.size() > transaction_actions_max)
    return make_error(
        Code::invalid_argument, "dynamodb.TransactWriteItems", "",
        "a transaction has 1 to " + std::to_string(transaction_actions_max) + " actions");
  const DynamoCall call{"TransactWriteItems", full_name(actions.front().table), Repeat::idempotent};
  const std::string& prefix = config_.table_prefix;
  SPILLWAY_TRY(
      const DynamoAnswer answer,
      client_->call(call, encode_transaction(actions, prefix, client_request_token(token, prefix)),
                    deadline));
  return as_written(decode_transaction(answer.body, !answer.refusal.empty()));
}

Result<QueryPage> DynamoStore::query(const QueryRequest& request, Deadline deadline) {
  const std::string table = full_name(request.table);
  const DynamoCall call{request.key_condition.empty() ? "Scan" : "Query", table, Repeat::safe};
  SPILLWAY_TRY(const DynamoAnswer answer,
               client_->call(call, encode_query(request, table), deadline));
  return decode_page(answer.body);
}

Result<TableReply> DynamoStore::administer(const TableRequest& request, Deadline deadline) {
  if (const auto* create_table = std::get_if<CreateTable>(&request))
    return create(*create_table, deadline);
  if (const auto* drop_table = std::get_if<DeleteTable>(&request))
    return drop(*drop_table, deadline);
  if (const auto* list_tables = std::get_if<ListTables>(&request))
    return list(*list_tables, deadline);
  SPILLWAY_TRY(TableDescription table,
               describe_table(std::get<DescribeTable>(request).name, deadline));
  return TableReply{std::move(table)};
}

TableDescription DynamoStore::own(TableDescription table) const {
  if (table.name.starts_with(config_.table_prefix))
    table.name.erase(0, config_.table_prefix.size());
  return table;
}

Result<TableReply> DynamoStore::create(const CreateTable& request, Deadline deadline) {
  const std::string table = full_name(request.table.name);
  // Twice is as once: where the first answer was lost, the second says that the table is there.
  const DynamoCall call{"CreateTable", table, Repeat::idempotent};
  const auto created = client_->call(call, encode_create_table(request.table, table), deadline);
  if (!created && created.error().code != Code::conflict) return created.error();
  // Another process may be making it right now: who is told of the conflict uses it next.
  SPILLWAY_TRY(await_table(request.table.name, true, deadline));
  if (!created) return created.error();
  SPILLWAY_TRY(TableDescription made, as_written(describe_table(request.table.name, deadline)));
  return TableReply{std::move(made)};
}

Result<TableReply> DynamoStore::drop(const DeleteTable& request, Deadline deadline) {
  const std::string table = full_name(request.name);
  SPILLWAY_TRY(TableDescription was, describe_table(request.name, deadline));
  const DynamoCall call{"DeleteTable", table, Repeat::once};
  SPILLWAY_TRY(client_->call(call, encode_table_name(table), deadline));
  SPILLWAY_TRY(await_table(request.name, false, deadline));
  return TableReply{std::move(was)};
}

Result<TableDescription> DynamoStore::describe_table(const std::string& name, Deadline deadline) {
  const std::string table = full_name(name);
  const DynamoCall call{"DescribeTable", table, Repeat::safe};
  SPILLWAY_TRY(const DynamoAnswer answer, client_->call(call, encode_table_name(table), deadline));
  SPILLWAY_TRY(DescribedTable described, decode_table(answer.body));
  return own(std::move(described.table));
}

Result<void> DynamoStore::await_table(const std::string& name, bool present, Deadline deadline) {
  const std::string table = full_name(name);
  const DynamoCall call{"DescribeTable", table, Repeat::safe};
  auto pause = table_poll_min;
  for (;;) {
    const Result<DynamoAnswer> answer = client_->call(call, encode_table_name(table), deadline);
    if (!answer) {
      // Descriptions are eventually consistent: a table just made may not be known yet.
      const bool unknown = answer.error().code == Code::not_found;
      if (unknown && !present) return ok();
      if (!unknown) return as_written(Result<void>(answer.error()));
    } else if (present) {
      SPILLWAY_TRY(const DescribedTable described, as_written(decode_table(answer.value().body)));
      if (described.active) return ok();
    }
    if (deadline.at() - std::chrono::steady_clock::now() <= pause) {
      Error late =
          make_error(Code::timeout, "dynamodb.DescribeTable", table,
                     present ? "the table is not active yet" : "the table is not gone yet");
      late.effect = Effect::unknown;
      return late;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, table_poll_max);
  }
}

Result<TableReply> DynamoStore::list(const ListTables& request, Deadline deadline) {
  if (request.limit < 1 || request.limit > listed_tables_max)
    return make_error(Code::invalid_argument, "dynamodb.ListTables", "",
                      "ListTables takes a limit of 1 to " + std::to_string(listed_tables_max));
  // DynamoDB promises no order, and accounts hold a few thousand tables at most: all are looked at.
  const DynamoCall call{"ListTables", "", Repeat::safe};
  std::vector<std::string> names;
  TableNames page;
  do {
    SPILLWAY_TRY(const DynamoAnswer answer,
                 client_->call(call, encode_list_tables(page.last), deadline));
    SPILLWAY_TRY(page, decode_table_names(answer.body));
    for (const std::string& name : page.names) {
      if (!name.starts_with(config_.table_prefix)) continue;
      std::string stripped = name.substr(config_.table_prefix.size());
      if (stripped > request.start_after) names.push_back(std::move(stripped));
    }
  } while (!page.last.empty());
  std::sort(names.begin(), names.end());
  names.resize(std::min<std::size_t>(names.size(), request.limit));
  TableReply reply;
  for (std::string& name : names) reply.push_back({std::move(name), {}, {}});
  return reply;
}

}  // namespace spillway
