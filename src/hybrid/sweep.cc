// The sweep: reclaims objects that no item refers to. The order of reads is the proof: G0 the
// object is seen in a LIST, G1 the ledger's row is read strongly, G2 the item is read strongly.
#include <algorithm>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "base/parallel.h"
#include "hybrid/items_state.h"
#include "hybrid/manifest.h"
#include "hybrid/owner.h"

namespace spillway {
namespace {

/// What Items::transact promises: repeats resolve to the first for so long.
constexpr std::int64_t token_age_millis = 24LL * 3600 * 1000;

constexpr std::size_t decisions_in_parallel_max = 8;
/// What ObjectStore::remove takes.
constexpr std::size_t removed_at_once_max = 1000;

enum class Verdict { keep, remove, remove_unknown };

class Sweep {
 public:
  Sweep(Core& core, std::shared_mutex& removals, const SweepOptions& options, Deadline deadline)
      : core_(core), removals_(removals), options_(options), deadline_(deadline) {}

  Result<SweepReport> run() {
    SPILLWAY_TRY(sweep_objects());
    remove_unknown();
    SPILLWAY_TRY(sweep_rows());
    return std::move(report_);
  }

 private:
  std::int64_t now() const { return unix_millis(); }

  Result<void> sweep_objects() {
    const std::string prefix = core_.store_id + "/";
    std::string after;
    do {
      // A listing that fails or is cut ends the sweep: nothing is concluded from what it lacks.
      SPILLWAY_TRY(ObjectList list, core_.objects.list(prefix, after, deadline_));
      // Side by side: each decision is of one object alone, and their writes share group commits.
      parallel_for(list.objects.size(), decisions_in_parallel_max,
                   [&](std::size_t i) { consider(list.objects[i]); });
      remove(std::exchange(condemned_, {}));
      report_.objects_seen += list.objects.size();
      after = std::move(list.next);
    } while (!after.empty());
    return ok();
  }

  void consider(const ObjectInfo& object) {
    const auto name = parse_object_key(object.key);
    if (!name) return;  // not an artifact of the protocol: a probe, or somebody else's
    auto verdict = decide(object.key, *name);
    if (!verdict) {
      undecided(object.key + ": " + describe(verdict.error()));
    } else if (verdict.value() != Verdict::keep) {
      const std::lock_guard lock(mutex_);
      (verdict.value() == Verdict::remove ? condemned_ : unknown_).push_back(object);
    }
  }

  void undecided(std::string what) {
    count([&](SweepReport& report) { report.undecided.push_back(std::move(what)); });
  }

  template <class Change>
  void count(const Change& change) {
    const std::lock_guard lock(mutex_);
    change(report_);
  }

  Result<Verdict> decide(const ObjectKey& key, const ObjectName& name) {
    SPILLWAY_TRY(const auto row, core_.ledger.read(name.attempt, deadline_));  // G1
    if (!row) return Verdict::remove_unknown;
    switch (row->state) {
      case AttemptState::pending: {
        if (now() - row->created_millis < options_.fence_age_millis) return Verdict::keep;
        SPILLWAY_TRY(const auto state, core_.ledger.abort(row->attempt, deadline_));
        if (state == AttemptState::aborted) {
          count([](SweepReport& report) { ++report.attempts_aborted; });
        }
        return state == AttemptState::aborted ? Verdict::remove : Verdict::keep;
      }
      case AttemptState::aborted: return Verdict::remove;
      case AttemptState::committed: return decide_committed(*row, key, name);
    }
    return Verdict::keep;
  }

  Result<Verdict> decide_committed(const LedgerRow& row, const ObjectKey& key,
                                   const ObjectName& name) {
    for (const LedgerOwner& owner : row.owners) {
      if (owner.table != name.table || owner_hash(owner.key) != name.owner) continue;
      SPILLWAY_TRY(const bool referred, refers(owner, key));  // G2
      if (referred) return Verdict::keep;
    }
    if (options_.retention_millis <= 0) return Verdict::remove;
    SPILLWAY_TRY(
        const std::int64_t since,
        core_.ledger.mark_superseded(row, name.owner + "/" + name.number, now(), deadline_));
    if (now() - since < options_.retention_millis) {
      count([](SweepReport& report) { ++report.kept_for_retention; });
      return Verdict::keep;
    }
    return Verdict::remove;
  }

  /// An item that cannot be read counts as holding the reference. So does a table that is gone:
  /// only the operator can say that it is not merely out of reach.
  Result<bool> refers(const LedgerOwner& owner, const ObjectKey& key) {
    GetRequest request;
    request.table = owner.table;
    request.key = owner.key;
    SPILLWAY_TRY(const GetResult got, core_.items.get(request, deadline_));
    if (!got.item) return false;
    const auto listed = listed_objects(*got.item);
    return !listed || listed->contains(key);
  }

  /// Any number of objects: a store takes a thousand at a time.
  void remove(const std::vector<ObjectInfo>& objects) {
    const std::shared_lock lock(removals_);
    for (std::size_t from = 0; from < objects.size(); from += removed_at_once_max) {
      const std::size_t end = std::min(from + removed_at_once_max, objects.size());
      std::vector<ObjectKey> keys;
      for (std::size_t i = from; i < end; ++i) keys.push_back(objects[i].key);
      const auto removed = core_.objects.remove(keys, deadline_);
      for (std::size_t i = from; i < end; ++i) {
        if (!removed[i - from]) {
          undecided(objects[i].key + ": " + describe(removed[i - from].error()));
          continue;
        }
        ++report_.objects_removed;
        report_.bytes_removed += objects[i].size_bytes;
      }
    }
  }

  /// Many objects whose attempts the ledger has never heard of mean that the ledger is not theirs
  /// (a restored table, the wrong bucket): then an operator decides.
  void remove_unknown() {
    const std::uint64_t one_percent = report_.objects_seen / 100;
    const std::uint64_t allowed = std::max(options_.unknown_objects_max, one_percent);
    if (unknown_.size() > allowed) {
      undecided(std::to_string(unknown_.size()) +
                " objects belong to attempts that the ledger does not know, more than " +
                std::to_string(allowed) +
                "; none of them was removed. Was the item store restored or exchanged? If they are "
                "rubbish, raise the limit");
      return;
    }
    remove(unknown_);
  }

  Result<void> sweep_rows() {
    std::optional<Item> after;
    do {
      SPILLWAY_TRY(Ledger::Page page, core_.ledger.scan(after, deadline_));
      report_.rows_seen += page.attempts.size();
      parallel_for(page.attempts.size(), decisions_in_parallel_max, [&](std::size_t i) {
        auto done = sweep_row(page.attempts[i]);
        if (!done) undecided(page.attempts[i].attempt + ": " + describe(done.error()));
      });
      for (const std::string& id : page.unreadable) {
        undecided(id + ": this ledger row cannot be read");
      }
      for (const TokenRow& token : page.tokens) {
        if (now() - token.created_millis < token_age_millis) continue;
        SPILLWAY_TRY(core_.ledger.remove_token(token, deadline_));
        ++report_.rows_removed;
      }
      after = std::move(page.next);
    } while (after);
    return ok();
  }

  /// A row goes when it is finished, its objects are gone and nothing refers to them. It stays for
  /// the fence age after it finished: a late duplicate of W0 must still find it.
  Result<void> sweep_row(const LedgerRow& row) {
    if (row.state == AttemptState::pending) {
      if (now() - row.created_millis < options_.fence_age_millis) return ok();
      SPILLWAY_TRY(const auto state, core_.ledger.abort(row.attempt, deadline_));
      if (state == AttemptState::aborted) {
        count([](SweepReport& report) { ++report.attempts_aborted; });
      }
      return options_.fence_age_millis == 0 ? remove_finished(row.attempt) : ok();
    }
    if (now() - row.finished_millis < options_.fence_age_millis) return ok();
    return remove_row(row);
  }

  Result<void> remove_finished(const std::string& attempt) {
    SPILLWAY_TRY(const auto row, core_.ledger.read(attempt, deadline_));
    if (row && row->state == AttemptState::aborted) return remove_row(*row);
    return ok();
  }

  Result<void> remove_row(const LedgerRow& row) {
    for (const LedgerOwner& owner : row.owners) {
      const std::string prefix = core_.prefix(owner.table, owner.key) + row.attempt + "/";
      if (row.state == AttemptState::committed) {
        SPILLWAY_TRY(const bool referred, refers_to_any(owner, prefix));
        if (referred) return ok();
      }
      SPILLWAY_TRY(const ObjectList left, core_.objects.list(prefix, "", deadline_));
      if (!left.objects.empty()) return ok();
    }
    SPILLWAY_TRY(core_.ledger.remove(row, deadline_));
    count([](SweepReport& report) { ++report.rows_removed; });
    return ok();
  }

  Result<bool> refers_to_any(const LedgerOwner& owner, const std::string& prefix) {
    GetRequest request;
    request.table = owner.table;
    request.key = owner.key;
    SPILLWAY_TRY(const GetResult got, core_.items.get(request, deadline_));
    if (!got.item) return false;
    const auto listed = listed_objects(*got.item);
    if (!listed) return true;
    const auto first = listed->lower_bound(prefix);
    return first != listed->end() && first->starts_with(prefix);
  }

  Core& core_;
  std::shared_mutex& removals_;
  const SweepOptions& options_;
  Deadline deadline_;
  std::mutex mutex_;  ///< guards what follows
  SweepReport report_;
  std::vector<ObjectInfo> condemned_;  ///< of the page that is looked at
  std::vector<ObjectInfo> unknown_;
};

}  // namespace

Result<SweepReport> Items::sweep(const SweepOptions& options, Deadline deadline) {
  return Sweep(state_->core, state_->removals, options, deadline).run();
}

}  // namespace spillway
