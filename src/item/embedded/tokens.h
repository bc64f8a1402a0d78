// Client request tokens: a transaction that is sent twice within ten minutes is applied once.
// Source: Amazon DynamoDB API Reference, TransactWriteItems, ClientRequestToken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "item/embedded/sqlite.h"
#include "item/item_store.h"

namespace spillway {

/// What a token stands for: SHA-256 over everything in `actions`.
std::string actions_digest(const std::vector<WriteRequest>& actions);

/// Rows of tokens, over the connection that writes.
class TokenRows {
 public:
  static Result<TokenRows> prepare(Database& database);

  /// The digest kept under `token`, unless it expired.
  Result<std::optional<std::string>> find(std::string_view token, std::int64_t now_ms);
  /// Keeps `digest` for ten minutes, and removes some rows that expired.
  Result<void> keep(std::string_view token, std::string_view digest, std::int64_t now_ms);

 private:
  Statement find_, keep_, expire_;
};

}  // namespace spillway
