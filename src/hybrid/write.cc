// Single writes: natively where nothing spilled is touched, else optimistically on the revision
// read.
#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "base/parallel.h"
#include "dynamo/item_size.h"
#include "hybrid/hydrate.h"
#include "hybrid/items_state.h"
#include "hybrid/manifest.h"
#include "hybrid/owner.h"
#include "hybrid/plan.h"

namespace spillway {
namespace {

WriteReply reply_of(PreparedWrite prepared) {
  WriteReply reply;
  reply.item_bytes = prepared.item_bytes;
  reply.logical_bytes = prepared.logical_bytes;
  reply.placements = std::move(prepared.placements);
  return reply;
}

/// Bytes of an update's operands: when they alone pass the threshold the result must be planned.
std::uint64_t operand_bytes(const WriteRequest& request) {
  std::uint64_t bytes = 0;
  for (const auto& [name, value] : request.values) bytes += value_size(value);
  return bytes;
}

bool holds_any_handle(const WriteRequest& request) {
  return !handles_are_staged(request, nullptr, "");
}

/// Nothing is under way: the try before was refused.
Error out_of_time(const std::string& table) {
  return make_error(Code::timeout, "item.write", table, "the deadline passed before the write");
}

Error gave_up(const std::string& table) {
  return make_error(Code::conflict, "item.write", table,
                    "other writers changed the item each time it was tried; try again");
}

}  // namespace

void back_off(int tries) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  const int ceiling_micros = std::min(100'000, 500 << std::min(tries, 8));
  std::uniform_int_distribution<int> pause(0, ceiling_micros);
  std::this_thread::sleep_for(std::chrono::microseconds(pause(generator)));
}

bool handles_are_staged(const WriteRequest& request, const Attempt* attempt,
                        const std::string& prefix) {
  bool staged = true;
  const auto look = [&](const SpilledEntry& entry) {
    staged &=
        attempt != nullptr && entry.stored->object_key.starts_with(prefix + attempt->id() + "/");
  };
  for (const auto& [name, value] : request.item) each_handle(value, look);
  for (const auto& [name, value] : request.values) each_handle(value, look);
  return staged;
}

Result<LedgerOwner> Items::State::owner_of(const WriteRequest& request,
                                           const TableDescription& table) {
  SPILLWAY_TRY(Item key, primary_key(request.item, table.keys));
  return LedgerOwner{request.table, std::move(key)};
}

Result<WriteReply> Items::State::write_put(const WriteRequest& request,
                                           const TableDescription& table, Attempt& attempt,
                                           const Labeller& labeller, Deadline deadline) {
  SPILLWAY_TRY(PreparedWrite prepared,
               prepare_put(core, request, table, attempt, labeller, deadline));
  if (prepared.blind && attempt.begun()) attempt.mark_blind();  // such a commit shows no prior item
  SPILLWAY_TRY(TransactResult committed, attempt.commit({prepared.native}, deadline));
  WriteReply reply = reply_of(std::move(prepared));
  reply.result.applied = committed.applied;
  reply.result.capacity = committed.capacity;
  if (!committed.actions.empty()) {
    if (committed.applied) hints.gone(committed.actions[0].prior);
    reply.result.prior = present_prior(core, table, std::move(committed.actions[0].prior));
  }
  return reply;
}

Result<std::optional<WriteReply>> Items::State::write_native(const WriteRequest& request,
                                                             const TableDescription& table,
                                                             Deadline deadline) {
  using Answer = std::optional<WriteReply>;
  WriteReply reply;
  const bool is_update = request.kind == WriteRequest::Kind::update;
  auto written = core.items.write(guarded_native(request), deadline);
  if (!written && is_update && written.error().code == Code::too_large) return Answer();
  SPILLWAY_TRY(reply.result, std::move(written));
  const bool has_manifest = reply.result.prior && reply.result.prior->contains(manifest_name);
  if (!reply.result.applied && has_manifest) {
    if (!is_update) return Answer();
    SPILLWAY_TRY(const std::vector<std::string> roots, touched_roots(request));
    const auto update = guarded_update(request, roots);
    if (!update) return Answer();
    written = core.items.write(*update, deadline);
    if (!written && written.error().code == Code::too_large) return Answer();
    // The guards may have taken it past a limit of expressions.
    if (!written && written.error().code == Code::invalid_argument) return Answer();
    SPILLWAY_TRY(reply.result, std::move(written));
    // Refused: by the caller's condition, or because it touches what is spilled. The slow way
    // tells.
    if (!reply.result.applied) return Answer();
  }
  reply.result.prior = present_prior(core, table, std::move(reply.result.prior));
  return Answer(std::move(reply));
}

Result<WriteReply> Items::State::write_guarded(const WriteRequest& request,
                                               const TableDescription& table, Attempt* staged,
                                               const Labeller& labeller, Deadline deadline) {
  SPILLWAY_TRY(const LedgerOwner owner, owner_of(request, table));
  for (int tries = 1; tries <= conflict_tries_max; ++tries) {
    if (deadline.passed()) return out_of_time(request.table);
    Attempt own(core, {owner});
    Attempt& attempt = staged == nullptr ? own : *staged;
    auto prepared = prepare_guarded(core, request, table, attempt, labeller, deadline);
    if (!prepared && prepared.error().code == Code::conflict) {
      back_off(tries);
      continue;
    }
    SPILLWAY_TRY(PreparedWrite ready, std::move(prepared));
    std::optional<Item> prior = std::move(ready.prior);
    if (ready.refused) {
      WriteReply reply;
      reply.result.prior = std::move(prior);
      return reply;
    }
    SPILLWAY_TRY(TransactResult committed, attempt.commit({ready.native}, deadline));
    if (committed.applied) {
      hints.superseded(ready.superseded);
      WriteReply reply = reply_of(std::move(ready));
      reply.result.applied = true;
      reply.result.prior = std::move(prior);
      reply.result.capacity = committed.capacity;
      return reply;
    }
    back_off(tries);
  }
  return gave_up(request.table);
}

Result<WriteReply> Items::write(const WriteRequest& request, Deadline deadline,
                                const Labeller& labeller, Staging* staged) {
  using Kind = WriteRequest::Kind;
  SPILLWAY_TRY(check_not_reserved(request));
  SPILLWAY_TRY(const auto table, state_->core.table(request.table, deadline));
  Attempt* attempt = staged == nullptr ? nullptr : &staged->state_->attempt;
  SPILLWAY_TRY(const LedgerOwner owner, state_->owner_of(request, *table));
  if (!handles_are_staged(request, attempt, state_->core.prefix(owner.table, owner.key))) {
    return make_error(Code::invalid_argument, "item.write", request.table,
                      "the item holds handles of values that were not uploaded for it; use an "
                      "update, which carries them forward safely");
  }
  SPILLWAY_TRY(const bool keys_only, reads_only_keys(request, table->keys));
  if (request.kind == Kind::put && keys_only) {
    Attempt own(state_->core, {owner});
    return state_->write_put(request, *table, attempt ? *attempt : own, labeller, deadline);
  }
  if (request.kind == Kind::remove && keys_only) {
    WriteReply reply;
    SPILLWAY_TRY(reply.result, state_->core.items.write(request, deadline));
    if (reply.result.applied) state_->hints.gone(reply.result.prior);
    reply.result.prior = present_prior(state_->core, *table, std::move(reply.result.prior));
    return reply;
  }
  const bool large = holds_any_handle(request) ||
                     operand_bytes(request) > state_->core.config.policy.threshold_bytes ||
                     (request.kind == Kind::put &&
                      footprint(request.item, *table) > state_->core.config.policy.threshold_bytes);
  if (!large) {
    SPILLWAY_TRY(auto native, state_->write_native(request, *table, deadline));
    if (native) {
      if (request.kind == Kind::put) {
        native->item_bytes = item_size(request.item);
        native->logical_bytes = native->item_bytes;
      }
      return std::move(*native);
    }
  }
  return state_->write_guarded(request, *table, attempt, labeller, deadline);
}

Result<Items::BatchWriteReply> Items::batch_write(const std::vector<WriteRequest>& requests,
                                                  Deadline deadline) {
  for (const WriteRequest& request : requests) {
    const bool whole =
        request.kind == WriteRequest::Kind::put || request.kind == WriteRequest::Kind::remove;
    if (!whole || !request.condition.empty()) {
      return make_error(Code::invalid_argument, "item.batch_write", request.table,
                        "a batch takes puts and deletes without conditions");
    }
  }
  std::vector<Result<WriteReply>> results(requests.size(), WriteReply{});
  parallel_for(requests.size(), state_->core.config.uploads_max,
               [&](std::size_t i) { results[i] = write(requests[i], deadline); });
  BatchWriteReply reply;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i]) continue;
    if (!results[i].error().transient) return std::move(results[i]).error();
    // Also where it may have been written: twice is as once.
    reply.unprocessed.push_back(i);
  }
  return reply;
}

}  // namespace spillway
