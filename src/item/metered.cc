// Counting calls of an ItemStore.
#include "item/metered.h"

#include "base/stopwatch.h"

namespace spillway {
namespace {

using Operation = StoreUsage::Operation;

/// Only writes have conditions.
template <class T>
bool refused(const T& result) {
  if constexpr (requires { result.applied; }) return !result.applied;
  return false;
}

template <class T>
Result<T> counted(StoreUsage& usage, Operation operation, const Stopwatch& watch,
                  Result<T> result) {
  std::optional<Code> failure;
  if (!result) {
    failure = result.error().code;
  } else if (refused(result.value())) {
    failure = Code::condition_failed;
  }
  usage.count_call(operation, failure, watch.elapsed());
  if constexpr (requires(T value) { value.capacity; }) {
    if (result) {
      const Capacity& capacity = result.value().capacity;
      usage.count_capacity(capacity.read_units, capacity.write_units);
    }
  }
  return result;
}

}  // namespace

MeteredItemStore::MeteredItemStore(std::unique_ptr<ItemStore> inner,
                                   std::shared_ptr<StoreUsage> usage)
    : inner_(std::move(inner)), usage_(std::move(usage)) {}

Result<GetResult> MeteredItemStore::get(const GetRequest& request, Deadline deadline) {
  const Stopwatch watch;
  return counted(*usage_, Operation::item_get, watch, inner_->get(request, deadline));
}

Result<WriteResult> MeteredItemStore::write(const WriteRequest& request, Deadline deadline) {
  const Stopwatch watch;
  return counted(*usage_, Operation::item_write, watch, inner_->write(request, deadline));
}

Result<TransactResult> MeteredItemStore::transact(const std::vector<WriteRequest>& actions,
                                                  const std::string& token, Deadline deadline) {
  const Stopwatch watch;
  return counted(*usage_, Operation::item_transact, watch,
                 inner_->transact(actions, token, deadline));
}

Result<QueryPage> MeteredItemStore::query(const QueryRequest& request, Deadline deadline) {
  const Stopwatch watch;
  return counted(*usage_, Operation::item_query, watch, inner_->query(request, deadline));
}

Result<TableReply> MeteredItemStore::administer(const TableRequest& request, Deadline deadline) {
  const Stopwatch watch;
  return counted(*usage_, Operation::item_administer, watch, inner_->administer(request, deadline));
}

}  // namespace spillway
