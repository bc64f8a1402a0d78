// The two ways through what may be reclaimed: everything, or what the ledger's index says is due.
#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

#include "base/parallel.h"
#include "hybrid/identity.h"
#include "hybrid/items_state.h"
#include "hybrid/reclaim.h"
#include "hybrid/strays.h"

namespace spillway {

struct SweepPosition {
  enum class Phase { objects, strays, rows };
  Phase phase = Phase::objects;  ///< of a full sweep
  std::int64_t began_millis = Reclaimer::now();
  std::string after_object;
  std::uint64_t objects_seen = 0;
  Strays strays;
  std::uint64_t unknown_seen = 0;  ///< strays that no item refers to
  std::optional<Item> after_row;
  int shard = 0;  ///< of a routine sweep
};

namespace {

constexpr std::uint32_t due_rows_at_once_max = 200;

class Sweep {
 public:
  Sweep(Core& core, std::shared_mutex& removals, const SweepOptions& options, Deadline deadline)
      : core_(core),
        reclaimer_(core, removals, options, deadline),
        options_(options),
        deadline_(deadline) {
    if (options.resume) at_ = *options.resume;
  }

  Result<SweepReport> run() {
    SPILLWAY_TRY(check_identity(core_, deadline_));
    const bool routine = options_.scope == SweepScope::routine;
    auto done = routine ? sweep_due() : sweep_all();
    if (!done && !ended_early(done)) return std::move(done).error();
    SweepReport report = reclaimer_.take_report();
    if (ended_) report.next = std::make_shared<const SweepPosition>(std::move(at_));
    return report;
  }

 private:
  using Phase = SweepPosition::Phase;

  /// A deadline that passes ends a sweep, which goes on from `at_` another time.
  bool ended_early(const Result<void>& done) {
    ended_ |= deadline_.passed();
    return ended_ && done.error().code == Code::timeout;
  }
  bool must_stop() {
    ended_ |= deadline_.passed();
    return ended_;
  }

  // ---- full -------------------------------------------------------------------------------------

  Result<void> sweep_all() {
    while (at_.phase != Phase::rows) {
      SPILLWAY_TRY(at_.phase == Phase::objects ? sweep_objects() : look_up_strays());
      if (ended_) return ok();
    }
    SPILLWAY_TRY(sweep_rows());
    if (ended_) return ok();
    auto noted = core_.ledger.note_full_sweep(at_.began_millis, deadline_);
    if (!noted) reclaimer_.undecided("when everything was swept", noted.error());
    return ok();
  }

  Result<void> sweep_objects() {
    do {
      if (must_stop()) return ok();
      // A listing that fails or is cut ends the sweep: nothing is concluded from what it lacks.
      SPILLWAY_TRY(ObjectList list,
                   core_.objects.list(core_.root + "/", at_.after_object, deadline_));
      reclaimer_.consider(list.objects);
      reclaimer_.remove_condemned();
      const auto unknown = reclaimer_.take_unknown();
      // What the deadline kept from being decided is looked at again, unless it is all there was.
      if (must_stop() && progressed_) return ok();
      progressed_ = true;
      at_.strays.add(core_.root, unknown);
      at_.objects_seen += list.objects.size();
      reclaimer_.count([&](SweepReport& report) { report.objects_seen += list.objects.size(); });
      at_.after_object = std::move(list.next);
    } while (!at_.after_object.empty() && at_.strays.size() < options_.strays_at_once_max);
    at_.phase = Phase::strays;
    return ok();
  }

  /// A phase, so that the tables are through before more strays join: those would not be looked for
  /// in what has been read.
  Result<void> look_up_strays() {
    while (at_.strays.unread()) {
      if (must_stop()) return ok();
      SPILLWAY_TRY(at_.strays.read_on(core_, reclaimer_, options_.tables_gone, deadline_));
    }
    const auto unknown = at_.strays.take();
    at_.unknown_seen += unknown.size();
    reclaimer_.remove_unknown(unknown, at_.unknown_seen, at_.objects_seen);
    at_.phase = at_.after_object.empty() ? Phase::rows : Phase::objects;
    return ok();
  }

  Result<void> sweep_rows() {
    do {
      if (must_stop()) return ok();
      SPILLWAY_TRY(Ledger::Page page, core_.ledger.scan(at_.after_row, deadline_));
      parallel_for(page.attempts.size(), decisions_in_parallel_max, [&](std::size_t i) {
        auto done = reclaimer_.advance(page.attempts[i]);
        if (!done) reclaimer_.undecided(page.attempts[i].attempt, done.error());
      });
      reclaimer_.count([&](SweepReport& report) {
        report.rows_seen += page.attempts.size();
        for (const std::string& id : page.unreadable) {
          report.undecided.push_back(id + ": this ledger row cannot be read");
        }
      });
      for (const TokenRow& token : page.tokens) {
        SPILLWAY_TRY(reclaimer_.remove_token_if_old(token));
      }
      at_.after_row = std::move(page.next);
    } while (at_.after_row);
    return ok();
  }

  // ---- routine ----------------------------------------------------------------------------------

  Result<void> sweep_due() {
    if (!options_.resume) {
      // Not always the same first: one of several gateways that sweep, or one that ends early.
      at_.shard = static_cast<int>(std::random_device{}() % due_shards);
    }
    for (int i = 0; i < due_shards; ++i) {
      SPILLWAY_TRY(sweep_shard(at_.shard));
      if (ended_) return ok();
      at_.shard = (at_.shard + 1) % due_shards;
    }
    return ok();
  }

  /// Each row that is looked at leaves the index or is due later, so a sweep that is cut short goes
  /// on by itself.
  Result<void> sweep_shard(int shard) {
    // Rows are made due by the default fence age; a shorter one looks ahead.
    const std::int64_t ahead =
        std::max<std::int64_t>(0, pending_due_millis - options_.fence_age_millis);
    std::optional<Item> after;
    do {
      if (must_stop()) return ok();
      SPILLWAY_TRY(DuePage page, core_.ledger.due(shard, Reclaimer::now() + ahead,
                                                  due_rows_at_once_max, after, deadline_));
      sweep_attempts(page.attempts);
      for (const TokenRow& token : page.tokens) {
        SPILLWAY_TRY(reclaimer_.remove_token_if_old(token));
      }
      after = std::move(page.next);
    } while (after);
    return ok();
  }

  struct Due {
    LedgerRow row;      ///< as it was before the LIST: what is made due later stays due
    bool sound = true;  ///< its objects were seen
  };

  void sweep_attempts(std::vector<std::string> attempts) {
    std::erase_if(attempts, [&](const std::string& id) { return !looked_at_.insert(id).second; });
    std::vector<std::optional<Due>> rows(attempts.size());
    parallel_for(attempts.size(), decisions_in_parallel_max,
                 [&](std::size_t i) { rows[i] = look_at(attempts[i]); });
    std::set<std::string> touched = reclaimer_.remove_condemned();
    static_cast<void>(reclaimer_.take_unknown());  // the full sweep's, which counts them
    parallel_for(attempts.size(), decisions_in_parallel_max, [&](std::size_t i) {
      if (rows[i]) move_on(*rows[i]);
    });
    // Other attempts that lost objects here: their rows may be done with.
    for (const std::string& id : attempts) touched.erase(id);
    for (const std::string& id : touched) {
      looked_at_.erase(id);
      auto hinted = core_.ledger.hint(id, deadline_);
      if (!hinted) reclaimer_.undecided(id, hinted.error());
    }
  }

  /// The row, after its objects have been considered; nullopt: it is not due.
  std::optional<Due> look_at(const std::string& attempt) {
    auto row = core_.ledger.read(attempt, deadline_);
    if (!row) reclaimer_.undecided(attempt, row.error());
    if (!row || !row.value() || row.value()->due_millis == 0) return std::nullopt;
    Due due{std::move(*row.value())};
    reclaimer_.count([](SweepReport& report) { ++report.rows_seen; });
    for (const LedgerOwner& owner : due.row.owners) {
      auto seen = consider_owner(due.row, owner);
      if (seen) continue;
      reclaimer_.undecided(attempt, seen.error());
      due.sound = false;
    }
    return due;
  }

  /// A blind write's predecessors are unknown: all that the item ever had is looked at.
  Result<void> consider_owner(const LedgerRow& row, const LedgerOwner& owner) {
    std::string prefix = core_.prefix(owner.table, owner.key);
    if (!row.blind) prefix += row.attempt + "/";
    std::string after;
    do {
      SPILLWAY_TRY(ObjectList list, core_.objects.list(prefix, after, deadline_));  // G0
      reclaimer_.consider(list.objects);
      reclaimer_.count([&](SweepReport& report) { report.objects_seen += list.objects.size(); });
      after = std::move(list.next);
    } while (!after.empty());
    return ok();
  }

  void move_on(const Due& due) {
    LedgerRow row = due.row;
    if (row.state == AttemptState::pending) {
      // It may have been fenced just now. One that was committed waits for another time, if it is
      // due: its objects were looked at as those of a pending one.
      auto again = core_.ledger.read(row.attempt, deadline_);
      if (!again) reclaimer_.undecided(row.attempt, again.error());
      if (!again || !again.value() || again.value()->state == AttemptState::committed) return;
      row = std::move(*again.value());
    }
    std::optional<std::int64_t> next = Reclaimer::now() + sweep_retry_millis;
    if (due.sound && !predecessors_undecided(row)) {
      auto when = reclaimer_.advance(row);
      if (when) next = when.value();
      if (!when) reclaimer_.undecided(row.attempt, when.error());
    }
    auto set = core_.ledger.set_due(row, next, deadline_);
    if (!set) reclaimer_.undecided(row.attempt, set.error());
  }

  /// Nobody but the row of a blind write leads to what it replaced.
  bool predecessors_undecided(const LedgerRow& row) {
    return row.blind && std::ranges::any_of(row.owners, [&](const LedgerOwner& owner) {
             return reclaimer_.is_undecided(core_.prefix(owner.table, owner.key));
           });
  }

  Core& core_;
  Reclaimer reclaimer_;
  const SweepOptions& options_;
  const Deadline deadline_;
  SweepPosition at_;
  bool ended_ = false;
  bool progressed_ = false;          ///< at least one page of objects has been decided
  std::set<std::string> looked_at_;  ///< attempts, in this run: those put off may come up again
};

}  // namespace

Result<SweepReport> Items::sweep(const SweepOptions& options, Deadline deadline) {
  SweepOptions wanted = options;
  if (!state_->core.ledger.indexed()) wanted.scope = SweepScope::full;
  return Sweep(state_->core, state_->removals, wanted, deadline).run();
}

Result<bool> Items::claim_full_sweep(const std::string& who, std::chrono::milliseconds interval,
                                     Deadline deadline) {
  return state_->core.ledger.claim_full_sweep(who, interval.count(), deadline);
}

}  // namespace spillway
