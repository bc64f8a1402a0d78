// The item store that is Amazon DynamoDB, or a server that speaks its protocol.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "item/dynamodb/client.h"
#include "item/item_store.h"

namespace spillway {

/// Failures are tried again where a repeat does no harm: reads, unconditional puts and removals,
/// transactions (each has a token). A conditional write or an update could be refused by its own
/// first success, so that a lost reply is Effect::unknown. After a repeated put, or removal, the
/// prior item may be what the first try left.
class DynamoStore final : public ItemStore {
 public:
  /// `url` as parse_dynamodb_url() says; asks nothing over the network.
  static Result<std::unique_ptr<ItemStore>> open(const std::string& url);

  Result<GetResult> get(const GetRequest& request, Deadline deadline) override;
  Result<WriteResult> write(const WriteRequest& request, Deadline deadline) override;
  Result<TransactResult> transact(const std::vector<WriteRequest>& actions,
                                  const std::string& token, Deadline deadline) override;
  Result<QueryPage> query(const QueryRequest& request, Deadline deadline) override;
  /// Waits until a table that was made is usable, and one that was deleted is gone; timeout with
  /// Effect::unknown if that takes beyond the deadline.
  Result<TableReply> administer(const TableRequest& request, Deadline deadline) override;

 private:
  DynamoStore(DynamoConfig config, std::unique_ptr<DynamoClient> client)
      : config_(std::move(config)), client_(std::move(client)) {}

  std::string full_name(const std::string& table) const { return config_.table_prefix + table; }
  /// The table without the prefix.
  TableDescription own(TableDescription table) const;
  Result<WriteResult> check(const WriteRequest& request, Deadline deadline);
  Result<TableReply> create(const CreateTable& request, Deadline deadline);
  Result<TableReply> drop(const DeleteTable& request, Deadline deadline);
  Result<TableDescription> describe_table(const std::string& name, Deadline deadline);
  /// Asks for the table until it is active (`present`) or gone.
  Result<void> await_table(const std::string& name, bool present, Deadline deadline);
  Result<TableReply> list(const ListTables& request, Deadline deadline);

  const DynamoConfig config_;
  const std::unique_ptr<DynamoClient> client_;
};

}  // namespace spillway
