// Transactions over items of any size: one ledger row for all of them.
#include <algorithm>

#include "base/digest.h"
#include "dynamo/json.h"
#include "hybrid/hydrate.h"
#include "hybrid/items_state.h"
#include "hybrid/manifest.h"

namespace spillway {
namespace {

/// DynamoDB's limit of 100, less the ledger's row.
constexpr std::size_t actions_max = 99;

/// Equal requests have equal digests: every part with its length before it.
std::string request_digest(const std::vector<WriteRequest>& actions) {
  Sha256Hasher hasher;
  const auto add = [&](std::string_view part) {
    hasher.update(std::to_string(part.size()) + ":");
    hasher.update(part);
  };
  for (const WriteRequest& action : actions) {
    add(std::to_string(static_cast<int>(action.kind)));
    add(action.table);
    add(to_json(action.item));
    add(action.update);
    add(action.condition);
    for (const auto& [placeholder, name] : action.names) add(placeholder), add(name);
    for (const auto& [placeholder, value] : action.values) add(placeholder), add(to_json(value));
  }
  return to_hex(hasher.finish());
}

/// All actions prepared, or the refusal of one.
struct PreparedAll {
  std::vector<WriteRequest> natives;
  std::vector<PreparedWrite> writes;
  bool refused = false;
};

Result<PreparedAll> prepare_all(Core& core, const std::vector<WriteRequest>& actions,
                                Attempt& attempt, const Labeller& labeller, Deadline deadline) {
  PreparedAll all;
  for (const WriteRequest& action : actions) {
    SPILLWAY_TRY(const auto table, core.table(action.table, deadline));
    SPILLWAY_TRY(const bool keys_only, reads_only_keys(action, table->keys));
    const bool is_put = action.kind == WriteRequest::Kind::put;
    PreparedWrite prepared;
    if (keys_only && is_put) {
      SPILLWAY_TRY(prepared, prepare_put(core, action, *table, attempt, labeller, deadline));
    } else if (keys_only && action.kind != WriteRequest::Kind::update) {
      prepared.native = action;
      prepared.blind = action.kind == WriteRequest::Kind::remove;
    } else {
      SPILLWAY_TRY(prepared, prepare_guarded(core, action, *table, attempt, labeller, deadline));
    }
    all.refused |= prepared.refused;
    all.natives.push_back(prepared.native);
    all.writes.push_back(std::move(prepared));
  }
  return all;
}

TransactReply refusal(PreparedAll all) {
  TransactReply reply;
  for (PreparedWrite& write : all.writes) {
    reply.result.actions.push_back({!write.refused, std::move(write.prior)});
  }
  return reply;
}

/// Did only guards of ours refuse? Then the caller's conditions are evaluated anew.
bool callers_refused(const PreparedAll& all, const TransactResult& result) {
  for (std::size_t i = 0; i < all.writes.size(); ++i) {
    const bool was_guarded = all.writes[i].prior_known;
    if (!was_guarded && !result.actions[i].condition_held) return true;
  }
  return false;
}

/// Was this token used for these actions? invalid_argument: for others.
Result<bool> was_used(Core& core, const std::string& token, const std::string& digest,
                      Deadline deadline) {
  if (token.empty()) return false;
  SPILLWAY_TRY(const auto earlier, core.ledger.token_digest(token, deadline));
  if (!earlier || *earlier == digest) return earlier.has_value();
  return make_error(Code::invalid_argument, "item.transact", token,
                    "IdempotentParameterMismatch: this token was used for other actions");
}

TransactReply repeat_reply(std::size_t actions) {
  TransactReply reply;
  reply.result.applied = true;
  reply.placements.resize(actions);
  return reply;
}

}  // namespace

Result<TransactReply> Items::transact(const std::vector<WriteRequest>& actions,
                                      const std::string& token, Deadline deadline,
                                      const Labeller& labeller) {
  Core& core = state_->core;
  const std::size_t limit = actions_max - (token.empty() ? 0 : 1);
  if (actions.empty() || actions.size() > limit) {
    return make_error(Code::invalid_argument, "item.transact", "",
                      "a transaction takes 1 to " + std::to_string(limit) + " actions");
  }
  std::vector<LedgerOwner> owners;
  for (const WriteRequest& action : actions) {
    SPILLWAY_TRY(check_not_reserved(action));
    if (!handles_are_staged(action, nullptr, "")) {
      return make_error(Code::invalid_argument, "item.transact", action.table,
                        "the item holds handles of values that are elsewhere");
    }
    SPILLWAY_TRY(const auto table, core.table(action.table, deadline));
    SPILLWAY_TRY(LedgerOwner owner, state_->owner_of(action, *table));
    owners.push_back(std::move(owner));
  }
  const std::string digest = token.empty() ? "" : request_digest(actions);
  for (int tries = 1; tries <= conflict_tries_max; ++tries) {
    if (deadline.passed()) {
      return make_error(Code::timeout, "item.transact", "",
                        "the deadline passed before the transaction");
    }
    // Before the conditions: the first use may have changed what they speak of.
    SPILLWAY_TRY(const bool repeated, was_used(core, token, digest, deadline));
    if (repeated) return repeat_reply(actions.size());
    Attempt attempt(core, owners);
    auto prepared = prepare_all(core, actions, attempt, labeller, deadline);
    if (!prepared && prepared.error().code == Code::conflict) {
      back_off(tries);
      continue;
    }
    SPILLWAY_TRY(PreparedAll all, std::move(prepared));
    if (all.refused) return refusal(std::move(all));
    if (!token.empty()) all.natives.push_back(Ledger::token_action(token, digest));
    const auto is_blind = [](const PreparedWrite& write) { return write.blind; };
    if (attempt.begun() && std::ranges::any_of(all.writes, is_blind)) attempt.mark_blind();
    SPILLWAY_TRY(TransactResult result, attempt.commit(all.natives, deadline));
    const bool token_taken =
        !result.applied && !token.empty() && !result.actions.back().condition_held;
    if (token_taken || (!result.applied && !callers_refused(all, result))) {
      back_off(tries);
      continue;
    }
    TransactReply reply;
    if (!token.empty() && !result.actions.empty()) result.actions.pop_back();
    for (std::size_t i = 0; i < result.actions.size(); ++i) {
      SPILLWAY_TRY(const auto table, core.table(actions[i].table, deadline));
      auto& prior = result.actions[i].prior;
      prior = present_prior(core, *table, std::move(prior));
    }
    reply.result = std::move(result);
    for (PreparedWrite& write : all.writes) {
      if (reply.result.applied) state_->hints.superseded(write.superseded);
      reply.placements.push_back(write.placements);
    }
    return reply;
  }
  return make_error(Code::conflict, "item.transact", "",
                    "other writers changed the items each time it was tried; try again");
}

}  // namespace spillway
