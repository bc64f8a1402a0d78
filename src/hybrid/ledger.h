// The ledger: one row for every attempt, in the item store, by which a commit is decided once.
// States: ABSENT -> PENDING -> COMMITTED | ABORTED -> ABSENT. See docs/commit-protocol.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "item/item_store.h"

namespace spillway {

inline constexpr const char* ledger_table = "spillway_ledger";

enum class AttemptState { pending, committed, aborted };

struct LedgerOwner {
  std::string table;
  Item key;
};

struct LedgerRow {
  std::string attempt;
  AttemptState state = AttemptState::pending;
  std::int64_t created_millis = 0;
  std::int64_t finished_millis = 0;
  std::vector<LedgerOwner> owners;
  Item raw;  ///< the row itself, for the marks that the sweep leaves in it
};

struct TokenRow {
  std::string id;
  std::int64_t created_millis = 0;
};

/// Thread-safe; a view on the store.
class Ledger {
 public:
  explicit Ledger(ItemStore& store) : store_(store) {}

  /// Makes the ledger's table if it is missing and returns the store's identity, made once.
  Result<std::string> open(Deadline deadline);

  /// W0. Durable when it returns.
  Result<void> begin(const std::string& attempt, const std::vector<LedgerOwner>& owners,
                     Deadline deadline);
  /// The action of W2 that turns PENDING into COMMITTED.
  static WriteRequest commit_action(const std::string& attempt);
  /// PENDING -> ABORTED. Returns the state that holds afterwards; nullopt: there is no row.
  Result<std::optional<AttemptState>> abort(const std::string& attempt, Deadline deadline);
  /// A strongly consistent read; nullopt: ABSENT.
  Result<std::optional<LedgerRow>> read(const std::string& attempt, Deadline deadline);

  /// Remembers, once, when the sweep first saw an object superseded; returns that time.
  Result<std::int64_t> mark_superseded(const LedgerRow& row, const std::string& object,
                                       std::int64_t now_millis, Deadline deadline);
  /// Removes the row if it is still in the state in which `row` was read.
  Result<void> remove(const LedgerRow& row, Deadline deadline);

  /// The action of W2 by which a token is used once, and the row that an earlier use left.
  static WriteRequest token_action(const std::string& token, const std::string& digest);
  Result<std::optional<std::string>> token_digest(const std::string& token, Deadline deadline);

  /// One page of rows, attempts and tokens alike.
  struct Page {
    std::vector<LedgerRow> attempts;
    std::vector<TokenRow> tokens;
    std::vector<std::string> unreadable;  ///< ids of rows that cannot be read
    std::optional<Item> next;
  };
  Result<Page> scan(const std::optional<Item>& start_after, Deadline deadline);
  Result<void> remove_token(const TokenRow& row, Deadline deadline);

 private:
  ItemStore& store_;
};

}  // namespace spillway
