// The commit protocol's writer.
#include "hybrid/attempt.h"

#include "base/clock.h"
#include "base/random.h"
#include "hybrid/identity.h"

namespace spillway {
namespace {

/// How many ids are tried while the replies to W0 are lost.
constexpr int begin_tries_max = 3;
/// How often W2 is tried again after its reply was lost while the row still says PENDING.
constexpr int commit_tries_max = 3;
/// Waited for at most when an abandoned attempt is marked: the sweep does it otherwise.
constexpr std::chrono::milliseconds abandon_wait{2000};

Error not_applied(const std::string& attempt) {
  return make_error(Code::unavailable, "item.commit", attempt,
                    "the item store does not answer; the write was not applied; save again");
}

Error outcome_unknown(const std::string& attempt) {
  Error unknown = make_error(Code::unavailable, "item.commit", attempt,
                             "the item store did not say whether the write was applied; read the "
                             "item to learn it, then save again if need be");
  unknown.effect = Effect::unknown;
  return unknown;
}

/// Without prior items: the reply that had them is lost.
TransactResult already_applied() {
  TransactResult done;
  done.applied = true;
  return done;
}

/// `raw_bytes` where they are known before the bytes have passed.
ObjectAttributes attributes_of(const ValueLabel& label, Encoding encoding,
                               std::optional<std::uint64_t> raw_bytes) {
  ObjectAttributes attributes;
  if (!label.content_type.empty()) attributes.content_type = label.content_type;
  if (encoding != Encoding::raw) attributes.content_encoding = to_string(encoding);
  if (!label.original_type.empty()) attributes.metadata["original-type"] = label.original_type;
  if (!label.session.empty()) attributes.metadata["session"] = label.session;
  if (raw_bytes) attributes.metadata["raw-size"] = std::to_string(*raw_bytes);
  return attributes;
}

}  // namespace

Attempt::Attempt(Core& core, std::vector<LedgerOwner> owners)
    : core_(core), id_(random_id()), owners_(std::move(owners)) {}

Attempt::~Attempt() {
  if (!begun_ || finished_) return;
  // Only a hint to the sweep: its failure changes nothing but how soon the objects are reclaimed.
  static_cast<void>(core_.ledger.abort(id_, Deadline::after(abandon_wait)));
}

Result<void> Attempt::begin(Deadline deadline) {
  if (begun_) return ok();
  for (int tries = 1;; ++tries) {
    auto row = core_.ledger.begin(id_, owners_, deadline);
    begun_ = row.has_value();
    if (row || row.error().effect == Effect::none) return row;
    // The row may be there or not: this id is given up, and the sweep fences it if it is.
    id_ = random_id();
    row.error().effect = Effect::none;
    row.error().transient = true;
    if (tries == begin_tries_max || deadline.passed()) return row;
  }
}

ObjectKey Attempt::next_key(const std::string& prefix) {
  return prefix + id_ + '/' + std::to_string(objects_++);
}

StoredBytes Attempt::describe(const ObjectKey& key, const ValueLabel& label) const {
  StoredBytes stored;
  stored.object_key = key;
  stored.bucket = core_.bucket;
  stored.label = label;
  stored.uploaded_at = rfc3339(unix_millis());
  return stored;
}

Result<void> Attempt::put(const ObjectKey& key, ByteSource& source,
                          const ObjectAttributes& attributes, Deadline deadline) {
  SPILLWAY_TRY(check_may_upload(core_, deadline));
  auto stored = core_.objects.put(key, source, attributes, deadline);
  if (stored) return ok();
  // It may be there all the same; but an object that nothing refers to is no part of any item.
  stored.error().effect = Effect::none;
  return std::move(stored).error();
}

Result<StoredBytes> Attempt::upload(const std::string& prefix, const Encoded& encoded,
                                    const ValueLabel& label, Deadline deadline) {
  StoredBytes stored = describe(next_key(prefix), label);
  ViewSource source(encoded.bytes);
  const auto attributes = attributes_of(label, encoded.index.encoding, encoded.index.raw_bytes);
  SPILLWAY_TRY(put(stored.object_key, source, attributes, deadline));
  stored.index = encoded.index;
  stored.digest = encoded.digest;
  return stored;
}

Result<StoredBytes> Attempt::upload_stream(const std::string& prefix, ByteSource& raw,
                                           Encoding encoding, const ValueLabel& label,
                                           Deadline deadline) {
  StoredBytes stored = describe(next_key(prefix), label);
  EncodingSource source(raw, encoding);
  const auto attributes = attributes_of(label, encoding, std::nullopt);
  SPILLWAY_TRY(put(stored.object_key, source, attributes, deadline));
  stored.index = source.index();
  stored.digest = source.digest();
  return stored;
}

Result<TransactResult> Attempt::commit(const std::vector<WriteRequest>& actions,
                                       Deadline deadline) {
  if (begun_) return commit_with_row(actions, deadline);
  if (actions.size() > 1) return core_.items.transact(actions, "", deadline);
  SPILLWAY_TRY(WriteResult written, core_.items.write(actions.front(), deadline));
  TransactResult result;
  result.applied = written.applied;
  result.capacity = written.capacity;
  result.actions.push_back({written.applied, std::move(written.prior)});
  return result;
}

Result<TransactResult> Attempt::commit_with_row(const std::vector<WriteRequest>& actions,
                                                Deadline deadline) {
  if (finished_) {
    return make_error(Code::conflict, "item.commit", id_,
                      "these uploads were part of a write before; upload the values again");
  }
  std::vector<WriteRequest> all = actions;
  marks_.empty = objects_ == 0;
  all.push_back(Ledger::commit_action(id_, marks_));
  for (int tries = 1;; ++tries) {
    auto result = core_.items.transact(all, "", deadline);
    if (result && result.value().applied) {
      finished_ = true;
      return result;
    }
    const bool row_held = result && result.value().actions.back().condition_held;
    if (tries == 1 && result && !row_held) {
      return find_out_if_fenced(deadline);
    }
    if (row_held) result.value().actions.pop_back();
    const bool definite = row_held || (!result && result.error().effect == Effect::none);
    // An earlier send of a refused W2 may still be under way and be applied later: the abort
    // shows or prevents it. An attempt that is kept leaves that to the end of its staging.
    const bool open = !result || kept_when_refused_;
    if (tries == 1 && definite && open) return result;
    if (!definite && tries < commit_tries_max) {
      // W3. The reply was lost: while the row says PENDING, W2 is tried again.
      const auto row = core_.ledger.read(id_, deadline);
      if (row && row.value() && row.value()->state == AttemptState::pending) continue;
    }
    return settle(definite ? std::move(result) : not_applied(id_), deadline);
  }
}

Result<TransactResult> Attempt::find_out_if_fenced(Deadline deadline) {
  // A request that was sent twice on the way may have been applied the first time.
  const auto row = core_.ledger.read(id_, deadline);
  finished_ = true;
  if (!row) return outcome_unknown(id_);
  if (row.value() && row.value()->state == AttemptState::committed) return already_applied();
  return make_error(Code::conflict, "item.commit", id_,
                    "the write took so long that the sweep fenced it; save again");
}

Result<TransactResult> Attempt::settle(Result<TransactResult> otherwise, Deadline deadline) {
  // A W2 whose reply was lost may still arrive. Either this abort wins, or that W2 has won.
  const auto state = core_.ledger.abort(id_, deadline);
  finished_ = true;
  if (state && state.value() == AttemptState::aborted) return otherwise;
  if (state && state.value() == AttemptState::committed) return already_applied();
  return outcome_unknown(id_);
}

}  // namespace spillway
