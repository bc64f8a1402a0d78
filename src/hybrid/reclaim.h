// What every sweep does with the objects and rows it comes by: decides, removes, reports.
// The order of reads is the proof: G0 the object was seen in a LIST, G1 its attempt's row is read
// strongly, G2 its item is read strongly.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "hybrid/core.h"
#include "hybrid/owner.h"
#include "spillway/items.h"

namespace spillway {

/// How many objects or rows a sweep looks at side by side.
inline constexpr std::size_t decisions_in_parallel_max = 8;
/// A row that an error kept from being moved on lets others go first for so long.
inline constexpr std::int64_t sweep_retry_millis = 15LL * 60 * 1000;

/// Thread-safe.
class Reclaimer {
 public:
  Reclaimer(Core& core, std::shared_mutex& removals, const SweepOptions& options,
            Deadline deadline);

  /// Decides objects of which a LIST has just told (G0). What is to go waits for remove_condemned.
  void consider(const std::vector<ObjectInfo>& objects);
  /// Removes what was condemned; returns the attempts it belonged to.
  std::set<std::string> remove_condemned();
  /// Removes these, which belong to attempts without a row and to no item, unless the sweep has
  /// seen too many such with them (`unknown_seen`): then an operator decides.
  void remove_unknown(const std::vector<ObjectInfo>& unknown, std::uint64_t unknown_seen,
                      std::uint64_t objects_seen);
  std::vector<ObjectInfo> take_unknown();

  /// Has an error kept an object below this prefix of an item from being decided or removed?
  bool is_undecided(const std::string& prefix);

  /// Moves a row on: aborts it when it is old and pending, moves its items' fallbacks out, removes
  /// it when it is finished and nothing of it is left. Returns when to look again; nullopt: when it
  /// is made due again.
  Result<std::optional<std::int64_t>> advance(const LedgerRow& row);
  /// Removes the row of a token that has served.
  Result<void> remove_token_if_old(const TokenRow& token);

  /// An item refers to objects of this attempt: its row says so, and is counted if it did not.
  Result<void> restore_row(const std::string& attempt, const LedgerOwner& owner);

  /// Notes what an error kept from being decided.
  void undecided(const std::string& what, const Error& error);
  template <class Change>
  void count(const Change& change) {
    const std::lock_guard lock(mutex_);
    change(report_);
  }
  SweepReport take_report() { return std::move(report_); }

  static std::int64_t now();

 private:
  struct Seen {
    const ObjectInfo* object;
    ObjectName name;
  };
  /// What became of an attempt's objects in this sweep.
  struct Trace {
    bool referred = false, undecided = false;
    std::optional<std::int64_t> retained_until;
  };
  /// What an item refers to.
  struct Held {
    bool everything = false;
    std::set<ObjectKey> objects;
    bool holds(const ObjectKey& key) const { return everything || objects.contains(key); }
    bool holds_any(const std::string& prefix) const;
  };
  using HeldBy = std::function<const Result<Held>&(const LedgerOwner& owner)>;
  enum class Verdict { keep, remove, remove_unknown };

  void consider_owner(const std::vector<Seen>& objects);
  void condemn_probe(const ObjectInfo& object);
  Result<Verdict> decide(const Seen& seen, const std::optional<LedgerRow>& row, const HeldBy& held);
  Result<Verdict> decide_superseded(const Seen& seen, const LedgerRow& row);
  void undecided_object(const ObjectKey& object, const Error& error);
  /// G1: the row as it is once the attempt has been fenced, if it is old.
  Result<std::optional<LedgerRow>> read_fenced(const std::string& attempt);
  /// Fences the attempt if it is old; did it end as ABORTED?
  Result<bool> fence(const LedgerRow& row);
  Result<Held> held_by(const LedgerOwner& owner);
  void remove_batch(const std::vector<ObjectInfo>& objects, std::size_t from, std::size_t end,
                    std::set<std::string>& attempts);
  std::set<std::string> remove(const std::vector<ObjectInfo>& objects);

  enum class RowEnd { removed, referred, objects_left };
  Result<RowEnd> remove_row(const LedgerRow& row);
  Result<void> move_out(const LedgerRow& row);
  void trace(const std::string& attempt, const std::function<void(Trace&)>& change);
  Trace trace_of(const std::string& attempt);

  Core& core_;
  std::shared_mutex& removals_;
  const SweepOptions& options_;
  const Deadline deadline_;
  std::mutex mutex_;  ///< guards what follows
  SweepReport report_;
  std::vector<ObjectInfo> condemned_, unknown_;
  std::vector<ObjectKey> probes_;          ///< old ones
  std::set<ObjectKey> undecided_objects_;  ///< only of a routine sweep
  std::map<std::string, Trace> traces_;    ///< by attempt; only of a routine sweep
  std::optional<Error> put_refused_;       ///< the object store takes nothing yet
};

}  // namespace spillway
