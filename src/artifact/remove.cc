// Removing artifacts, messages and sessions. The items alone are touched: the sweep reclaims
// objects.
#include "artifact/ids.h"
#include "artifact/service.h"

namespace spillway {
namespace {

/// False when there was no such message.
Result<bool> remove_item(Service& service, const std::string& session, const std::string& id,
                         Deadline deadline) {
  const WriteRequest request = service.layout.remove(session, id);
  SPILLWAY_TRY(const auto reply, service.items.write(request, deadline));
  if (!reply.result.applied || !reply.result.prior) return false;
  // What cannot be read is not counted; fsck tells of it.
  const auto prior = load_message(service.items, service.layout, *reply.result.prior, deadline);
  if (prior) {
    Counts counts;
    counts.count(prior.value().message, -1);
    service.statistics.add(counts);
  }
  return true;
}

/// Ids of some messages of a session; none when there are no more.
Result<std::vector<std::string>> some_messages(Service& service, const std::string& session,
                                               Deadline deadline) {
  QueryRequest request = service.layout.list(session);
  if (!service.layout.mapped()) request.projection = service.layout.names().id;
  request.limit = page_items_max;
  std::vector<std::string> ids;
  do {
    SPILLWAY_TRY(const auto page, service.query(request, session, deadline));
    for (const Item& item : page.items) ids.push_back(text_at(item, service.layout.names().id));
    request.start_after = page.last_key;
  } while (ids.empty() && request.start_after);
  return ids;
}

/// True when the session is gone; false when a message came in meanwhile.
Result<bool> remove_empty(Service& service, const std::string& session, Deadline deadline) {
  std::unique_lock<std::shared_timed_mutex> alone(service.rows.lock_of(session), std::defer_lock);
  if (!alone.try_lock_until(deadline.at())) {
    return make_error(Code::timeout, "session.remove", session,
                      "messages are being saved into it; try again");
  }
  SPILLWAY_TRY(const auto left, some_messages(service, session, deadline));
  if (!left.empty()) return false;
  SPILLWAY_TRY(service.rows.remove(session, deadline));
  return true;
}

}  // namespace

Result<void> Sessions::remove_message(const std::string& session, const std::string& id,
                                      Deadline deadline) {
  SPILLWAY_TRY(check_session_id(session));
  if (!state_->layout.is_message_id(id)) return no_such_message(session, id);
  SPILLWAY_TRY(const bool removed, remove_item(*state_, session, id, deadline));
  if (!removed) return no_such_message(session, id);
  return ok();
}

Result<void> Sessions::remove_session(const std::string& session, Deadline deadline) {
  SPILLWAY_TRY(check_session_id(session));
  SPILLWAY_TRY(bool found, state_->rows.exists(session, deadline));
  for (;;) {
    SPILLWAY_TRY(const auto ids, some_messages(*state_, session, deadline));
    for (const std::string& id : ids) {
      SPILLWAY_TRY(remove_item(*state_, session, id, deadline));
      found = true;
    }
    if (!ids.empty()) continue;
    if (!found) {
      return make_error(Code::not_found, "session.remove", session, "there is no such session");
    }
    SPILLWAY_TRY(const bool removed, remove_empty(*state_, session, deadline));
    if (removed) return ok();
  }
}

Result<void> Sessions::remove_artifact(const std::string& session, const std::string& message,
                                       const std::string& artifact, Deadline deadline) {
  const std::lock_guard<std::mutex> lock(state_->lock_of_message(message));
  for (int tries = 0; tries < commit_tries_max; ++tries) {
    SPILLWAY_TRY(const auto loaded, state_->load(session, message, deadline));
    const auto position = find_artifact(loaded.message, artifact);
    if (!position) return no_such_artifact(message, artifact);
    const WriteRequest request =
        state_->layout.remove_artifact(session, message, loaded.version, *position);
    const auto reply = state_->items.write(request, deadline, state_->layout.labels(session));
    auto removed = reply ? Result<bool>(reply.value().result.applied) : reply.error();
    if (!reply && reply.error().effect == Effect::unknown) {
      const auto is_gone = [&](const LoadedMessage& now) {
        return !find_artifact(now.message, artifact);
      };
      removed = state_->find_out(loaded, is_gone, reply.error(), deadline);
    }
    SPILLWAY_TRY(const bool done, std::move(removed));
    if (!done) continue;
    Counts counts;
    counts.count(loaded.message.artifacts[*position], -1);
    state_->statistics.add(counts);
    return ok();
  }
  return make_error(Code::conflict, "artifact.remove", session + "/" + message,
                    "other writers keep changing this message; try again");
}

}  // namespace spillway
