// Idempotency keys: a request that is sent again has the effect of the first one.
//
// Table spillway_idempotency: token S (key) · request S · session S · message S · createdAt S. The
// row is written in the same transaction as the message, so there is one if and only if the message
// was saved. Rows are kept at least 24 hours; the sweep removes older ones.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/random.h"
#include "spillway/deadline.h"
#include "spillway/items.h"
#include "spillway/sessions.h"

namespace spillway {

inline constexpr const char* idempotency_table = "spillway_idempotency";

TableDescription idempotency_table_description();

/// Who asks, in which session, with which key: a digest of the three, length-prefixed.
std::string idempotency_token(const std::string& session, const NewMessage& message);

/// The put of the row, refused when there is one; to be part of the transaction.
WriteRequest idempotency_action(const std::string& token, const std::string& session,
                                const NewMessage& message, const std::string& id,
                                const std::string& created_at);

/// The id of the message that this very request saved; nullopt: it is new. invalid_argument when
/// another request used the key.
Result<std::optional<std::string>> find_repeated(Items& items, const std::string& token,
                                                 const NewMessage& message, Deadline deadline);

/// Removes rows older than 24 hours. Thread-safe.
class OldTokens {
 public:
  explicit OldTokens(Items& items) : items_(items) {}
  /// Of one page of the table: the first anywhere, so that processes that live for one call reach
  /// all of it in time; then that behind it.
  Result<void> forget_some(Deadline deadline);
  /// Of all pages.
  Result<void> forget_all(Deadline deadline);

 private:
  /// Where the next page begins; nullopt: the table is through.
  Result<std::optional<Item>> forget_page(std::optional<Item> after, Deadline deadline);

  Items& items_;
  std::mutex mutex_;
  std::optional<Item> after_ = Item{{"token", random_id()}};
};

}  // namespace spillway
