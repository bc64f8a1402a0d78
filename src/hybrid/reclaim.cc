// Deciding about objects and rows.
#include "hybrid/reclaim.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/parallel.h"
#include "hybrid/hydrate.h"
#include "hybrid/manifest.h"
#include "hybrid/move_out.h"

namespace spillway {
namespace {

/// What ObjectStore::remove takes.
constexpr std::size_t removed_at_once_max = 1000;
/// Older than any look at whether the stores are ready.
constexpr std::int64_t probe_age_millis = 24LL * 3600 * 1000;

std::string mark_name(const ObjectName& object) { return object.owner + "/" + object.number; }

}  // namespace

Reclaimer::Reclaimer(Core& core, std::shared_mutex& removals, const SweepOptions& options,
                     Deadline deadline)
    : core_(core), removals_(removals), options_(options), deadline_(deadline) {}

std::int64_t Reclaimer::now() { return unix_millis(); }

void Reclaimer::undecided(const std::string& what, const Error& error) {
  count([&](SweepReport& report) { report.undecided.push_back(what + ": " + describe(error)); });
}

void Reclaimer::undecided_object(const ObjectKey& object, const Error& error) {
  undecided(object, error);
  trace(parse_object_key(core_.root, object)->attempt, [&](Trace& trace) {
    trace.undecided = true;
    undecided_objects_.insert(object);
  });
}

bool Reclaimer::is_undecided(const std::string& prefix) {
  const std::lock_guard lock(mutex_);
  const auto first = undecided_objects_.lower_bound(prefix);
  return first != undecided_objects_.end() && first->starts_with(prefix);
}

void Reclaimer::trace(const std::string& attempt, const std::function<void(Trace&)>& change) {
  if (options_.scope != SweepScope::routine) return;
  const std::lock_guard lock(mutex_);
  change(traces_[attempt]);
}

Reclaimer::Trace Reclaimer::trace_of(const std::string& attempt) {
  const std::lock_guard lock(mutex_);
  const auto found = traces_.find(attempt);
  return found == traces_.end() ? Trace{} : found->second;
}

// ---- objects ------------------------------------------------------------------------------------

void Reclaimer::consider(const std::vector<ObjectInfo>& objects) {
  // Objects of one item are next to each other: its row and the item are read once for all.
  std::vector<std::vector<Seen>> owners;
  for (const ObjectInfo& object : objects) {
    auto name = parse_object_key(core_.root, object.key);
    if (!name) {  // not of the protocol: the identity, a probe, or somebody else's
      condemn_probe(object);
      continue;
    }
    const bool same = !owners.empty() && owners.back().front().name.owner == name->owner &&
                      owners.back().front().name.table == name->table;
    if (!same) owners.emplace_back();
    owners.back().push_back({&object, std::move(*name)});
  }
  parallel_for(owners.size(), decisions_in_parallel_max,
               [&](std::size_t i) { consider_owner(owners[i]); });
}

/// Left by a process that ended between putting and removing it. Nothing refers to probes, so their
/// age may decide.
void Reclaimer::condemn_probe(const ObjectInfo& object) {
  const bool probe = object.key.starts_with(probe_prefix(core_.root));
  const std::int64_t age = std::min(probe_age_millis, options_.fence_age_millis);
  if (!probe || now() < object.modified_millis + age) return;
  const std::lock_guard lock(mutex_);
  probes_.push_back(object.key);
}

void Reclaimer::consider_owner(const std::vector<Seen>& objects) {
  // G1 for every attempt before G2, which is asked for at most once.
  std::map<std::string, Result<std::optional<LedgerRow>>> rows;
  for (const Seen& seen : objects) {
    if (rows.contains(seen.name.attempt)) continue;
    rows.emplace(seen.name.attempt, read_fenced(seen.name.attempt));
  }
  std::optional<Result<Held>> item;
  const HeldBy held = [&](const LedgerOwner& owner) -> const Result<Held>& {
    if (!item) item = held_by(owner);
    return *item;
  };
  for (const Seen& seen : objects) {
    const auto& row = rows.at(seen.name.attempt);
    auto verdict = row ? decide(seen, row.value(), held) : Result<Verdict>(row.error());
    if (!verdict) {
      undecided_object(seen.object->key, verdict.error());
    } else if (verdict.value() != Verdict::keep) {
      const std::lock_guard lock(mutex_);
      (verdict.value() == Verdict::remove ? condemned_ : unknown_).push_back(*seen.object);
    }
  }
}

Result<Reclaimer::Verdict> Reclaimer::decide(const Seen& seen, const std::optional<LedgerRow>& row,
                                             const HeldBy& held) {
  if (!row) return Verdict::remove_unknown;
  if (row->state == AttemptState::pending) return Verdict::keep;
  const auto owner = std::ranges::find_if(row->owners, [&](const LedgerOwner& one) {
    return one.table == seen.name.table && owner_hash(one.key) == seen.name.owner;
  });
  if (owner == row->owners.end()) return Verdict::remove_unknown;
  const Result<Held>& item = held(*owner);  // G2
  if (!item) return item.error();
  const bool aborted = row->state == AttemptState::aborted;
  if (!item.value().holds(seen.object->key)) {
    return aborted ? Verdict::remove : decide_superseded(seen, *row);
  }
  trace(row->attempt, [](Trace& trace) { trace.referred = true; });
  SPILLWAY_TRY(core_.ledger.clear_mark(*row, mark_name(seen.name), deadline_));
  if (aborted && item.value().everything) {
    return make_error(Code::corrupt, "sweep", seen.object->key,
                      "its item's manifest cannot be read, so it stays");
  }
  if (aborted) {
    SPILLWAY_TRY(restore_row(row->attempt, *owner));
  }
  return Verdict::keep;
}

Result<void> Reclaimer::restore_row(const std::string& attempt, const LedgerOwner& owner) {
  SPILLWAY_TRY(const bool changed, core_.ledger.restore(attempt, owner, deadline_));
  if (changed) count([](SweepReport& report) { ++report.rows_restored; });
  return ok();
}

Result<Reclaimer::Verdict> Reclaimer::decide_superseded(const Seen& seen, const LedgerRow& row) {
  if (options_.retention_millis <= 0) return Verdict::remove;
  SPILLWAY_TRY(const std::int64_t since,
               core_.ledger.mark_superseded(row, mark_name(seen.name), now(),
                                            options_.retention_millis, deadline_));
  const std::int64_t until = since + options_.retention_millis;
  if (now() >= until) return Verdict::remove;
  count([](SweepReport& report) { ++report.kept_for_retention; });
  trace(row.attempt, [&](Trace& trace) {
    trace.retained_until = std::min(trace.retained_until.value_or(until), until);
  });
  return Verdict::keep;
}

Result<std::optional<LedgerRow>> Reclaimer::read_fenced(const std::string& attempt) {
  SPILLWAY_TRY(std::optional<LedgerRow> row, core_.ledger.read(attempt, deadline_));
  if (!row || row->state != AttemptState::pending) return row;
  SPILLWAY_TRY(const bool aborted, fence(*row));
  if (aborted) row->state = AttemptState::aborted;
  return row;
}

Result<bool> Reclaimer::fence(const LedgerRow& row) {
  if (now() - row.created_millis < options_.fence_age_millis) return false;
  SPILLWAY_TRY(const auto state, core_.ledger.abort(row.attempt, deadline_));
  const bool aborted = state == AttemptState::aborted;
  if (aborted) count([](SweepReport& report) { ++report.attempts_aborted; });
  return aborted;
}

/// An item that cannot be read counts as holding every object. So does a table that is gone, as an
/// error: only the operator can say that it is not merely out of reach.
Result<Reclaimer::Held> Reclaimer::held_by(const LedgerOwner& owner) {
  GetRequest request;
  request.table = owner.table;
  request.key = owner.key;
  auto got = core_.items.get(request, deadline_);
  if (!got && got.error().code == Code::not_found && options_.tables_gone.contains(owner.table)) {
    return Held{};
  }
  SPILLWAY_TRY(const GetResult found, std::move(got));
  if (!found.item) return Held{};
  auto listed = listed_objects(*found.item);
  if (!listed) return Held{true, {}};
  return Held{false, std::move(*listed)};
}

bool Reclaimer::Held::holds_any(const std::string& prefix) const {
  const auto first = objects.lower_bound(prefix);
  return everything || (first != objects.end() && first->starts_with(prefix));
}

// ---- removal ------------------------------------------------------------------------------------

std::set<std::string> Reclaimer::remove_condemned() {
  std::vector<ObjectInfo> condemned;
  std::vector<ObjectKey> probes;
  {
    const std::lock_guard lock(mutex_);
    condemned = std::exchange(condemned_, {});
    probes = std::exchange(probes_, {});
  }
  if (!probes.empty()) static_cast<void>(core_.objects.remove(probes, deadline_));  // or next time
  return remove(condemned);
}

std::set<std::string> Reclaimer::remove(const std::vector<ObjectInfo>& objects) {
  std::set<std::string> attempts;
  const std::shared_lock lock(removals_);
  for (std::size_t from = 0; from < objects.size(); from += removed_at_once_max) {
    remove_batch(objects, from, std::min(from + removed_at_once_max, objects.size()), attempts);
  }
  return attempts;
}

void Reclaimer::remove_batch(const std::vector<ObjectInfo>& objects, std::size_t from,
                             std::size_t end, std::set<std::string>& attempts) {
  std::vector<ObjectKey> keys;
  for (std::size_t i = from; i < end; ++i) keys.push_back(objects[i].key);
  const auto removed = core_.objects.remove(keys, deadline_);
  for (std::size_t i = from; i < end; ++i) {
    const std::string attempt = parse_object_key(core_.root, objects[i].key)->attempt;
    if (!removed[i - from]) {
      undecided_object(objects[i].key, removed[i - from].error());
      continue;
    }
    attempts.insert(attempt);
    count([&](SweepReport& report) {
      ++report.objects_removed;
      report.bytes_removed += objects[i].size_bytes;
    });
  }
}

std::vector<ObjectInfo> Reclaimer::take_unknown() {
  const std::lock_guard lock(mutex_);
  return std::exchange(unknown_, {});
}

/// Many objects whose attempts the ledger has never heard of mean that the ledger is not theirs (a
/// restored table, the wrong bucket).
void Reclaimer::remove_unknown(const std::vector<ObjectInfo>& unknown, std::uint64_t unknown_seen,
                               std::uint64_t objects_seen) {
  const std::uint64_t allowed = std::max(options_.unknown_objects_max, objects_seen / 100);
  if (unknown_seen <= allowed) {
    remove(unknown);
    return;
  }
  count([&](SweepReport& report) {
    report.undecided.push_back(
        std::to_string(unknown_seen) +
        " objects belong to attempts that the ledger does not know, more than " +
        std::to_string(allowed) + "; " + std::to_string(unknown.size()) +
        " of them were left as they are. Was the item store restored or exchanged? If they are "
        "rubbish: spillway sweep --full --strays-max " +
        std::to_string(unknown_seen));
  });
}

// ---- rows ---------------------------------------------------------------------------------------

Result<std::optional<std::int64_t>> Reclaimer::advance(const LedgerRow& row) {
  using When = std::optional<std::int64_t>;
  // A finished row stays for the fence age: a late duplicate of W0 must still find it.
  if (row.state == AttemptState::pending) {
    const std::int64_t old = row.created_millis + options_.fence_age_millis;
    if (now() < old) return When(old);
    SPILLWAY_TRY(const bool aborted, fence(row));
    if (!aborted || options_.fence_age_millis > 0) return When(now() + options_.fence_age_millis);
    SPILLWAY_TRY(const auto finished, core_.ledger.read(row.attempt, deadline_));
    return finished ? advance(*finished) : Result<When>(When());
  }
  if (row.fallback) {
    SPILLWAY_TRY(move_out(row));
  }
  const Trace seen = trace_of(row.attempt);
  if (seen.undecided) return When(now() + sweep_retry_millis);
  if (seen.retained_until) return seen.retained_until;
  if (seen.referred) return When();
  const std::int64_t forgotten = row.finished_millis + options_.fence_age_millis;
  if (now() < forgotten) return When(forgotten);
  SPILLWAY_TRY(const RowEnd end, remove_row(row));
  return end == RowEnd::objects_left ? When(now() + sweep_retry_millis) : When();
}

Result<Reclaimer::RowEnd> Reclaimer::remove_row(const LedgerRow& row) {
  for (const LedgerOwner& owner : row.owners) {
    const std::string prefix = core_.prefix(owner.table, owner.key) + row.attempt + "/";
    if (row.state == AttemptState::committed) {
      SPILLWAY_TRY(const Held item, held_by(owner));
      if (item.holds_any(prefix)) return RowEnd::referred;
    }
    SPILLWAY_TRY(const ObjectList left, core_.objects.list(prefix, "", deadline_));
    if (!left.objects.empty()) return RowEnd::objects_left;
  }
  SPILLWAY_TRY(core_.ledger.remove(row, deadline_));
  count([](SweepReport& report) { ++report.rows_removed; });
  return RowEnd::removed;
}

Result<void> Reclaimer::move_out(const LedgerRow& row) {
  {
    // One refusal is enough: each try costs a row and the bytes of an upload.
    const std::lock_guard lock(mutex_);
    if (put_refused_) return *put_refused_;
  }
  for (const LedgerOwner& owner : row.owners) {
    auto moved = move_fallbacks_out(core_, owner.table, owner.key, deadline_);
    if (!moved && moved.error().code == Code::not_found &&
        options_.tables_gone.contains(owner.table)) {
      continue;
    }
    SPILLWAY_TRY(const MovedOut done, std::move(moved));
    if (done.refused) {
      const std::lock_guard lock(mutex_);
      put_refused_ = done.refused;
      return *done.refused;
    }
    if (done.values == 0) continue;
    count([&](SweepReport& report) { report.fallbacks_moved += done.values; });
    if (options_.moved) options_.moved(owner.table, done.before, done.after);
  }
  return core_.ledger.clear_fallback(row, deadline_);
}

Result<void> Reclaimer::remove_token_if_old(const TokenRow& token) {
  if (now() - token.created_millis < pending_due_millis) return ok();
  SPILLWAY_TRY(core_.ledger.remove_token(token, deadline_));
  count([](SweepReport& report) { ++report.rows_removed; });
  return ok();
}

}  // namespace spillway
