// The ledger: one row for every attempt, in the item store, by which a commit is decided once.
// States: ABSENT -> PENDING -> COMMITTED | ABORTED -> ABSENT. See docs/commit-protocol.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "item/item_store.h"

namespace spillway {

inline constexpr const char* ledger_table = "spillway_ledger";
/// Sparse: only rows that may need work are in it, by the time from when on.
inline constexpr const char* due_index = "due";
inline constexpr int due_shards = 16;
/// A pending row is due so long after its begin: what SweepOptions::fence_age_millis is by default.
/// Tokens are kept as long: what Items::transact promises.
inline constexpr std::int64_t pending_due_millis = 24LL * 3600 * 1000;

enum class AttemptState { pending, committed, aborted };

struct LedgerOwner {
  std::string table;
  Item key;
  bool operator==(const LedgerOwner&) const = default;
};

struct LedgerRow {
  std::string attempt;
  AttemptState state = AttemptState::pending;
  std::int64_t created_millis = 0;
  std::int64_t finished_millis = 0;
  std::int64_t due_millis = 0;  ///< 0: it is not in the index
  bool fallback = false;        ///< its items may hold values that are to move out
  bool blind = false;           ///< it may have replaced items that nobody has seen
  std::vector<LedgerOwner> owners;
  Item raw;  ///< the row itself, for the marks that the sweep leaves in it
};

/// What a committed row is left due for.
struct CommitMarks {
  bool fallback = false, blind = false;
  bool empty = false;  ///< nothing was uploaded: all there is to reclaim is the row
};

struct LedgerIdentity {
  std::string store;     ///< made once; copies of the table have it, too
  std::string table_id;  ///< the item store's id of the table; empty where it has none
};

struct TokenRow {
  std::string id;
  std::int64_t created_millis = 0;
};

/// One page of the index. What it says may be out of date: it is a hint.
struct DuePage {
  std::vector<std::string> attempts;
  std::vector<TokenRow> tokens;
  std::optional<Item> next;
};

/// Thread-safe; a view on the store.
class Ledger {
 public:
  explicit Ledger(ItemStore& store) : store_(store) {}

  /// Makes the ledger's table if it is missing, with the index where the store has indexes, and the
  /// store's identity. Any number of processes may open at once: waits until the table is usable.
  Result<LedgerIdentity> open(Deadline deadline);
  /// Does the table have the index? Known once it is open.
  bool indexed() const { return indexed_; }

  /// W0. Durable when it returns.
  Result<void> begin(const std::string& attempt, const std::vector<LedgerOwner>& owners,
                     Deadline deadline);
  /// The action of W2 that turns PENDING into COMMITTED.
  static WriteRequest commit_action(const std::string& attempt, CommitMarks marks);
  /// PENDING -> ABORTED. Returns the state that holds afterwards; nullopt: there is no row.
  Result<std::optional<AttemptState>> abort(const std::string& attempt, Deadline deadline);
  /// A strongly consistent read; nullopt: ABSENT.
  Result<std::optional<LedgerRow>> read(const std::string& attempt, Deadline deadline);

  /// Remembers, once, when the sweep first saw an object superseded; returns that time. The row is
  /// due `retention_millis` later.
  Result<std::int64_t> mark_superseded(const LedgerRow& row, const std::string& object,
                                       std::int64_t now_millis, std::int64_t retention_millis,
                                       Deadline deadline);
  /// An item refers to the object again (it was restored): the next time counts anew.
  Result<void> clear_mark(const LedgerRow& row, const std::string& object, Deadline deadline);
  /// An item that refers to an object of the attempt proves that it was committed: its row says so
  /// and names the item, whatever it said before. For item stores of which the tables were restored
  /// to different moments. Returns whether anything had to be changed.
  Result<bool> restore(const std::string& attempt, const LedgerOwner& owner, Deadline deadline);
  /// A committed row is due now, for some of its objects were superseded. No row: ok.
  Result<void> hint(const std::string& attempt, Deadline deadline);
  /// The row is due at `at_millis`, or (nullopt) not at all; unless it was made due anew since it
  /// was read.
  Result<void> set_due(const LedgerRow& row, std::optional<std::int64_t> at_millis,
                       Deadline deadline);
  /// Its items hold nothing any more that is to move out.
  Result<void> clear_fallback(const LedgerRow& row, Deadline deadline);
  /// Up to `limit` rows of one shard (0 to due_shards - 1) that are due by `until_millis`, the
  /// longest due first.
  Result<DuePage> due(int shard, std::int64_t until_millis, std::uint32_t limit,
                      const std::optional<Item>& start_after, Deadline deadline);
  /// Removes the row if its state and owners are still those of `row`.
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
  /// Unless it was used anew.
  Result<void> remove_token(const TokenRow& row, Deadline deadline);

  /// True if no full sweep was through for `interval_millis`, and `who` is the one to make it: for
  /// some minutes, in which nobody else is, and longer if it claims again. Saves work, no more.
  Result<bool> claim_full_sweep(const std::string& who, std::int64_t interval_millis,
                                Deadline deadline);
  /// A full sweep that began then is through: ends the claim.
  Result<void> note_full_sweep(std::int64_t began_millis, Deadline deadline);

 private:
  Result<TableDescription> make_table(Deadline deadline);
  Result<TableDescription> describe_table(Deadline deadline);

  ItemStore& store_;
  bool indexed_ = false;
};

}  // namespace spillway
