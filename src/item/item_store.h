// ItemStore: items of at most 400 KB under primary keys, with conditions and transactions. What
// DynamoDB does, in the words of its API, so that it and the embedded store are interchangeable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "spillway/deadline.h"
#include "spillway/error.h"
#include "spillway/requests.h"

namespace spillway {

/// Thread-safe. Every call ends by its deadline with Code::timeout, and says with Effect::unknown
/// when a write may have landed. Unknown tables are not_found; keys that do not fit the schema,
/// and bad expressions are invalid_argument; an item over 409,600 bytes, also as an update would
/// leave it, is too_large.
class ItemStore {
 public:
  virtual ~ItemStore() = default;

  virtual Result<GetResult> get(const GetRequest& request, Deadline deadline) = 0;

  /// Atomic and durable when it returns. Always yields the prior item.
  virtual Result<WriteResult> write(const WriteRequest& request, Deadline deadline) = 0;

  /// All actions (1 to 100, on distinct items) or none; durable when it returns. `token`, if any,
  /// is a ClientRequestToken: repeats within 10 minutes are applied once.
  virtual Result<TransactResult> transact(const std::vector<WriteRequest>& actions,
                                          const std::string& token, Deadline deadline) = 0;

  /// One page: up to 1 MB of stored items, or with the item that crosses that; at least one item if
  /// there is one.
  virtual Result<QueryPage> query(const QueryRequest& request, Deadline deadline) = 0;

  /// CreateTable returns when the table is usable; an existing table of that name is a conflict,
  /// told when that one is usable.
  virtual Result<TableReply> administer(const TableRequest& request, Deadline deadline) = 0;
};

/// "embedded:///path/to/directory" (made if missing; locked by this process until destroyed), or
/// "dynamodb://REGION" with the settings of item/dynamodb/config.h as a query (nothing is asked
/// over the network yet). Errors: invalid_argument for a URL of another kind.
Result<std::unique_ptr<ItemStore>> open_item_store(const std::string& url);

/// What the URL of a store in a service says of it; all empty for an embedded one. Pure.
struct ItemLocation {
  std::string region, endpoint, profile;
};
Result<ItemLocation> item_location(const std::string& url);

/// Copies an embedded store that may be in use into the new file `to`, consistently (SQLite's
/// online backup). invalid_argument if `store` is not embedded, conflict if `to` exists.
Result<void> backup_item_store(ItemStore& store, const std::string& to);

}  // namespace spillway
