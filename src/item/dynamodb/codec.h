// Requests on items as DynamoDB's JSON, and its answers. Pure.
// Sources: API Reference, GetItem, PutItem, UpdateItem, DeleteItem, TransactWriteItems, Query,
// Scan.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "item/item_store.h"

namespace spillway {

/// The bodies of requests. `table` is the name as DynamoDB knows it. Names and values that no
/// expression uses are left out: DynamoDB refuses them.
std::string encode_get(const GetRequest& request, const std::string& table);
/// PutItem, UpdateItem or DeleteItem; not for a check.
std::string encode_write(const WriteRequest& request, const std::string& table);
std::string encode_transaction(const std::vector<WriteRequest>& actions,
                               const std::string& table_prefix, const std::string& token);
/// Query, or Scan where there is no key condition.
std::string encode_query(const QueryRequest& request, const std::string& table);

/// The ClientRequestToken for a caller's token: itself where it fits and no other deployment in the
/// account could use the same, else a digest; a fresh one for an empty token.
std::string client_request_token(const std::string& token, const std::string& table_prefix);

/// What answers say. corrupt for bodies that are not what DynamoDB sends.
Result<GetResult> decode_get(std::string_view body);
Result<WriteResult> decode_write(std::string_view body, bool refused);
Result<TransactResult> decode_transaction(std::string_view body, bool cancelled);
Result<QueryPage> decode_page(std::string_view body);

}  // namespace spillway
