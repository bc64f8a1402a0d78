// Saving a message: checked first, then written whole in one write.
#include <algorithm>

#include "artifact/curves.h"
#include "artifact/idempotency.h"
#include "artifact/ids.h"
#include "artifact/json_inspector.h"
#include "artifact/service.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"
#include "dynamo/item_size.h"

namespace spillway {
namespace {

constexpr const char* op = "session.post";

Error refused(const std::string& subject, const std::string& detail) {
  return make_error(Code::invalid_argument, op, subject, detail);
}

Error over_limit(const std::string& subject, std::size_t is, std::size_t max,
                 const std::string& unit) {
  return make_error(
      Code::too_large, op, subject,
      std::to_string(is) + " " + unit + " are more than the limit of " + std::to_string(max));
}

Result<void> check(const NewMessage& message) {
  if (std::ranges::count(message_roles, message.role) == 0) {
    return refused("role", "a role is user, assistant, system or tool");
  }
  if (message.content.size() > content_bytes_max) {
    return over_limit("content", message.content.size(), content_bytes_max, "bytes");
  }
  if (!is_utf8(message.content)) return refused("content", "not valid UTF-8");
  if (message.artifacts.size() > artifacts_per_message_max) {
    return over_limit("artifacts", message.artifacts.size(), artifacts_per_message_max,
                      "artifacts");
  }
  std::size_t bytes = message.content.size();
  for (const std::string& artifact : message.artifacts) bytes += artifact.size();
  if (bytes > message_bytes_max) return over_limit("message", bytes, message_bytes_max, "bytes");
  if (!is_label(message.idempotency_key, idempotency_key_bytes_max)) {
    return refused("Idempotency-Key", "up to " + std::to_string(idempotency_key_bytes_max) +
                                          " bytes of UTF-8 without control characters");
  }
  if (message.principal.size() > principal_bytes_max) {
    return over_limit("principal", message.principal.size(), principal_bytes_max, "bytes");
  }
  return ok();
}

/// A message and the stored curves of its artifacts; empty where there are none to keep.
struct Prepared {
  Message message;
  std::vector<std::string> curves;
};

Result<Prepared> prepare(const std::string& session, const NewMessage& request, bool mapped) {
  Prepared prepared;
  Message& message = prepared.message;
  message.session = session;
  message.role = request.role;
  message.content = request.content;
  for (std::size_t i = 0; i < request.artifacts.size(); ++i) {
    const std::string& text = request.artifacts[i];
    ArrayCollector arrays;
    const bool has_curves = !mapped && text.size() >= stored_curves_text_bytes_min;
    auto labels = inspect_json(text, has_curves ? &arrays : nullptr);
    if (!labels) {
      Error error = labels.error();
      error.subject = "artifacts[" + std::to_string(i) + "] " + error.subject;
      return error;
    }
    ArtifactInfo info;
    info.id = MessageLayout::artifact_id(i);
    info.position = i;
    info.type = labels.value().type;
    info.name = labels.value().name;
    info.content_type = json_media_type;
    info.size_bytes = text.size();
    info.sha256 = to_hex(sha256(text));
    info.value = text;
    prepared.curves.emplace_back();
    // They are derived: a message is saved without them where they cannot be made.
    const auto curves = curves_to_store(arrays, info.sha256);
    if (curves && curves.value()) {
      auto stored = read_all(*curves.value(), curves.value()->size_bytes());
      if (stored) prepared.curves.back() = std::move(stored).value();
    }
    message.artifacts.push_back(std::move(info));
  }
  return prepared;
}

/// The first line of what was said, or else what the first artifact calls itself.
std::string title_of(const Message& message) {
  std::string_view line = message.content;
  line = line.substr(0, line.find_first_of("\r\n"));
  if (line.empty() && !message.artifacts.empty()) line = message.artifacts.front().name;
  return cut_utf8(line, title_bytes_max);
}

/// Could the save succeed if less had to go into the object store? Yes where it was that store that
/// failed, for whatever reason, and where an item store is full or away for now.
bool is_storage_failure(const Error& error) {
  if (error.effect != Effect::none) return false;
  switch (error.code) {
    case Code::unavailable:
    case Code::storage_full: return true;
    case Code::throttled:
    case Code::permission_denied:
    case Code::not_found: return error.op.starts_with("object.");
    default: return false;
  }
}

/// One message on its way into the store.
class Save {
 public:
  Save(Service& service, const NewMessage& request, Prepared prepared, Deadline deadline)
      : service_(service),
        request_(request),
        message_(std::move(prepared.message)),
        curves_(std::move(prepared.curves)),
        deadline_(deadline) {
    if (!request_.idempotency_key.empty()) {
      token_ = idempotency_token(message_.session, request_);
    }
  }

  Result<SavedMessage> run() {
    if (!token_.empty()) {
      SPILLWAY_TRY(const auto id, find_repeated(service_.items, token_, request_, deadline_));
      if (id) return repeated(*id);
    }
    std::shared_lock<std::shared_timed_mutex> lock(service_.rows.lock_of(message_.session),
                                                   std::defer_lock);
    if (!lock.try_lock_until(deadline_.at())) {
      return make_error(Code::timeout, op, message_.session, "the session is being removed");
    }
    message_.id = time_ordered_id();
    message_.created_at = rfc3339(unix_millis());
    SPILLWAY_TRY(const bool applied, write_with_session());
    if (!applied) {  // the same key at the same time: the other one was first
      SPILLWAY_TRY(const auto id, find_repeated(service_.items, token_, request_, deadline_));
      if (id) return repeated(*id);
      return make_error(Code::conflict, op, request_.idempotency_key,
                        "the same request is being removed; send it again");
    }
    Counts counts;
    counts.count(message_, 1);
    for (const ArtifactInfo& info : message_.artifacts) {
      if (info.error) continue;
      service_.statistics.saw({message_.session, message_.id, info.id, info.size_bytes});
    }
    service_.statistics.add(counts);
    SavedMessage saved;
    saved.routing = routing_of(message_, logical_bytes_, service_.items.policy());
    saved.message = std::move(message_);
    return saved;
  }

 private:
  Result<SavedMessage> repeated(const std::string& id) {
    auto loaded = service_.load(message_.session, id, deadline_);
    if (!loaded && loaded.error().code == Code::not_found) {
      return make_error(Code::not_found, op, id,
                        "this Idempotency-Key saved a message that has been removed since; "
                        "take a new key");
    }
    if (!loaded) return loaded.error();
    SavedMessage saved;
    saved.message = std::move(loaded.value().message);
    saved.repeated = true;
    saved.routing = "repeated request: message " + id + " was saved before";
    return saved;
  }

  /// No message without its session: one that may be new is made first. The last activity of one
  /// that exists is moved a little later, so that a save costs one sync and not two.
  Result<bool> write_with_session() {
    const bool known = service_.rows.is_known(message_.session);
    if (!known) {
      SPILLWAY_TRY(service_.rows.touch(message_.session, title_of(message_), message_.created_at,
                                       deadline_));
    }
    auto applied = write();
    if (known && applied && applied.value()) {
      service_.rows.touch_later(message_.session, message_.created_at);
    }
    return applied;
  }

  /// Curves give way first: they are derived. Then, with placeholders allowed, the largest
  /// artifacts, one after the other and so no more than must, until the rest can be stored.
  Result<bool> write() {
    for (;;) {
      auto applied = write_once();
      if (!applied && is_storage_failure(applied.error()) && drop_curves()) continue;
      if (applied || request_.on_failure != OnFailure::placeholder ||
          !is_storage_failure(applied.error()) || !replace_largest(applied.error())) {
        return applied;
      }
    }
  }

  Result<bool> write_once() {
    std::vector<ArtifactValues> values;
    for (std::size_t i = 0; i < curves_.size(); ++i) {
      values.push_back({request_.artifacts[i]});
      if (!curves_[i].empty()) values.back().curves = Binary{curves_[i]};
    }
    WriteRequest put =
        service_.layout.put(message_item(service_.layout, message_, std::move(values)));
    logical_bytes_ = item_size(put.item);
    if (!token_.empty()) return transact(std::move(put));
    SPILLWAY_TRY(const auto reply,
                 service_.items.write(put, deadline_, service_.layout.labels(message_.session)));
    if (!reply.result.applied) {
      return make_error(Code::conflict, op, message_.id,
                        "another message has this new id; send the message again");
    }
    apply_placements(service_.layout, reply.placements, message_.artifacts);
    message_.item_bytes = reply.item_bytes;
    return true;
  }

  Result<bool> transact(WriteRequest put) {
    const std::vector<WriteRequest> actions{
        std::move(put),
        idempotency_action(token_, message_.session, request_, message_.id, message_.created_at)};
    const MessageLayout& layout = service_.layout;
    SPILLWAY_TRY(const auto reply,
                 service_.items.transact(actions, "", deadline_, layout.labels(message_.session)));
    if (!reply.result.applied) return false;
    if (!reply.placements.empty()) {
      apply_placements(layout, reply.placements[0], message_.artifacts);
    }
    // A transaction does not tell the size of its items; the item itself does.
    const auto stored =
        service_.items.get(layout.get(message_.session, message_.id), Hydrate::handles, deadline_);
    if (stored && stored.value().item)
      message_.item_bytes = stored_item_bytes(*stored.value().item);
    return true;
  }

  /// False when there were none.
  bool drop_curves() {
    bool dropped = false;
    for (std::string& curves : curves_) {
      dropped |= !curves.empty();
      curves = std::string();
    }
    return dropped && !deadline_.passed();
  }

  /// False when there was none left to replace.
  bool replace_largest(const Error& why) {
    ArtifactInfo* largest = nullptr;
    for (ArtifactInfo& info : message_.artifacts) {
      if (!info.error && (!largest || info.size_bytes > largest->size_bytes)) largest = &info;
    }
    if (!largest || deadline_.passed()) return false;
    largest->value.reset();
    largest->error = make_error(why.code, "artifact.save", largest->id,
                                "the artifact could not be stored, and was left out as the sender "
                                "allowed: " +
                                    why.detail);
    largest->error->transient = false;  // it was not kept for later
    return true;
  }

  Service& service_;
  const NewMessage& request_;
  Message message_;
  std::vector<std::string> curves_;
  Deadline deadline_;
  std::string token_;  ///< empty: no idempotency key
  std::uint64_t logical_bytes_ = 0;
};

}  // namespace

Result<SavedMessage> Sessions::post(const std::string& session, const NewMessage& message,
                                    Deadline deadline) {
  SPILLWAY_TRY(check_session_id(session));
  SPILLWAY_TRY(check(message));
  if (state_->layout.mapped() && message.on_failure == OnFailure::placeholder) {
    return make_error(Code::unsupported, op, "onFailure",
                      "the messages are in a table of other programs, which know no placeholders; "
                      "use refuse");
  }
  SPILLWAY_TRY(auto prepared, prepare(session, message, state_->layout.mapped()));
  return Save(*state_, message, std::move(prepared), deadline).run();
}

}  // namespace spillway
