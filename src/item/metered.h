// An ItemStore around another that counts what passes through.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "item/item_store.h"
#include "spillway/usage.h"

namespace spillway {

/// Changes nothing about the calls and their results.
class MeteredItemStore final : public ItemStore {
 public:
  /// `usage` is shared with whoever shows it.
  MeteredItemStore(std::unique_ptr<ItemStore> inner, std::shared_ptr<StoreUsage> usage);

  Result<GetResult> get(const GetRequest& request, Deadline deadline) override;
  Result<WriteResult> write(const WriteRequest& request, Deadline deadline) override;
  Result<TransactResult> transact(const std::vector<WriteRequest>& actions,
                                  const std::string& token, Deadline deadline) override;
  Result<QueryPage> query(const QueryRequest& request, Deadline deadline) override;
  Result<TableReply> administer(const TableRequest& request, Deadline deadline) override;

  ItemStore& inner() { return *inner_; }

 private:
  const std::unique_ptr<ItemStore> inner_;
  const std::shared_ptr<StoreUsage> usage_;  // shared: metrics may outlive the store
};

}  // namespace spillway
