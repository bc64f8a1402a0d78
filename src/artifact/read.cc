// Reading messages and artifacts: one message, a page of them, one artifact's bytes.
#include <algorithm>
#include <charconv>

#include "artifact/ids.h"
#include "artifact/service.h"
#include "base/parallel.h"

namespace spillway {
namespace {

/// What a page holds in memory of a message.
std::uint64_t shown_bytes(const Message& message, bool resolved) {
  std::uint64_t bytes = message.content.size();
  for (const ArtifactInfo& artifact : message.artifacts) {
    if (resolved || artifact.value) bytes += artifact.size_bytes;
  }
  return bytes;
}

/// In reference mode only JSON shows its value; a binary body is fetched at its own address.
void keep_json_values(Message& message) {
  for (ArtifactInfo& artifact : message.artifacts) {
    if (!is_json(artifact.content_type)) artifact.value.reset();
  }
}

}  // namespace

std::optional<std::size_t> find_artifact(const Message& message, const std::string& artifact) {
  std::size_t position = 0;
  const auto [end, failure] =
      std::from_chars(artifact.data(), artifact.data() + artifact.size(), position);
  if (failure == std::errc() && end == artifact.data() + artifact.size()) {
    if (position < message.artifacts.size()) return position;
    return std::nullopt;
  }
  for (const ArtifactInfo& info : message.artifacts) {
    if (info.id == artifact) return info.position;
  }
  return std::nullopt;
}

Error no_such_message(const std::string& session, const std::string& id) {
  return make_error(Code::not_found, "message.get", session + "/" + id,
                    "there is no such message; list the session to see its messages");
}

Error no_such_artifact(const std::string& message, const std::string& artifact) {
  return make_error(Code::not_found, "artifact.get", message + "/" + artifact,
                    "the message has no such artifact; get the message to see what it has");
}

Result<LoadedMessage> Service::load(const std::string& session, const std::string& id,
                                    Deadline deadline) {
  SPILLWAY_TRY(check_session_id(session));
  if (!layout.is_message_id(id)) return no_such_message(session, id);
  SPILLWAY_TRY(const auto reply, items.get(layout.get(session, id), Hydrate::handles, deadline));
  if (!reply.item || !layout.is_of(*reply.item, session)) return no_such_message(session, id);
  return load_message(items, layout, *reply.item, deadline);
}

Result<bool> Service::find_out(const LoadedMessage& before,
                               const std::function<bool(const LoadedMessage&)>& is_done,
                               Error unknown, Deadline deadline) {
  const auto now = load(before.message.session, before.message.id, deadline);
  if (!now) return unknown;
  if (is_done(now.value())) return true;
  if (now.value().version == before.version) return false;
  return unknown;
}

Result<QueryPage> Service::query(const QueryRequest& request, const std::string& session,
                                 Deadline deadline) {
  SPILLWAY_TRY(QueryPage page, items.query(request, Hydrate::handles, deadline));
  if (!layout.mapped()) return page;
  std::vector<Result<GetResult>> read(page.items.size(), GetResult{});
  parallel_for(page.items.size(), hydrations_in_parallel_max, [&](std::size_t i) {
    const std::string id = text_at(page.items[i], layout.names().id);
    read[i] = items.get(layout.get(session, id), Hydrate::handles, deadline);
  });
  page.items.clear();
  for (Result<GetResult>& one : read) {
    SPILLWAY_TRY(GetResult got, std::move(one));
    if (got.item && layout.is_of(*got.item, session)) page.items.push_back(std::move(*got.item));
  }
  return page;
}

void Service::resolve(LoadedMessage& loaded, std::uint64_t bytes_max, Deadline deadline) {
  Message& message = loaded.message;
  std::vector<std::size_t> wanted;
  std::uint64_t bytes = 0;
  for (ArtifactInfo& artifact : message.artifacts) {
    if (artifact.error) continue;
    bytes += artifact.size_bytes;
    if (auto* body = body_bytes(loaded.values[artifact.position].body)) {
      artifact.value = std::move(*body);
    } else if (bytes > bytes_max) {
      bytes -= artifact.size_bytes;
      artifact.error = make_error(Code::too_large, "artifact.resolve", artifact.id,
                                  "too large for this answer; fetch it at its own address");
    } else {
      wanted.push_back(artifact.position);
    }
  }
  parallel_for(wanted.size(), hydrations_in_parallel_max, [&](std::size_t i) {
    ArtifactInfo& artifact = message.artifacts[wanted[i]];
    const auto owner = layout.get(message.session, message.id);
    auto value = items.hydrate(owner, loaded.values[artifact.position].body, deadline);
    // Replaced while we read: what is there now is as good an answer as what was.
    for (int tries = 1;
         !value && value.error().code == Code::conflict && tries < hydration_tries_max; ++tries) {
      auto again = load(message.session, message.id, deadline);
      if (!again) {
        value = again.error();
        break;
      }
      const auto position = find_artifact(again.value().message, artifact.id);
      if (!position) {
        value = no_such_artifact(message.id, artifact.id);
        break;
      }
      const std::size_t shown_at = artifact.position;
      artifact = again.value().message.artifacts[*position];
      artifact.position = shown_at;
      value = items.hydrate(owner, again.value().values[*position].body, deadline);
    }
    if (!value) {
      artifact.error = value.error();
    } else if (auto* body = body_bytes(value.value())) {
      artifact.value = std::move(*body);
      if (layout.mapped()) add_labels(artifact);
    }
  });
}

Result<Message> Sessions::message(const std::string& session, const std::string& id,
                                  ArtifactsAs artifacts, Deadline deadline) {
  SPILLWAY_TRY(auto loaded, state_->load(session, id, deadline));
  if (artifacts == ArtifactsAs::resolved) {
    state_->resolve(loaded, page_bytes_max, deadline);
  } else {
    keep_json_values(loaded.message);
  }
  return std::move(loaded.message);
}

Result<MessagePage> Sessions::messages(const std::string& session, const MessageQuery& query,
                                       Deadline deadline) {
  SPILLWAY_TRY(check_session_id(session));
  if (query.limit < 1 || query.limit > page_items_max) {
    return make_error(Code::invalid_argument, "session.messages", "limit",
                      "a limit is 1 to " + std::to_string(page_items_max));
  }
  const MessageLayout& layout = state_->layout;
  QueryRequest request = layout.list(session);
  request.forward = !query.descending;
  if (!query.cursor.empty()) {
    request.start_after = layout.start_after(session, query.cursor);
    if (!request.start_after) {
      return make_error(Code::invalid_argument, "session.messages", "cursor",
                        "not a cursor of this list; start again without one");
    }
  }
  const bool resolved = query.artifacts == ArtifactsAs::resolved;
  std::uint64_t bytes = 0;
  MessagePage page;
  do {
    // One more than asked tells whether this page is the last.
    request.limit = query.limit - static_cast<std::uint32_t>(page.messages.size()) + 1;
    SPILLWAY_TRY(const auto found, state_->query(request, session, deadline));
    for (const Item& item : found.items) {
      SPILLWAY_TRY(auto loaded, load_message(state_->items, layout, item, deadline));
      bytes += shown_bytes(loaded.message, resolved);
      const bool full =
          page.messages.size() == query.limit || (bytes > page_bytes_max && !page.messages.empty());
      if (full) {
        page.next_cursor = layout.cursor_behind(page.messages.back());
        return page;
      }
      if (resolved) state_->resolve(loaded, page_bytes_max, deadline);
      if (!resolved) keep_json_values(loaded.message);
      page.messages.push_back(std::move(loaded.message));
    }
    request.start_after = found.last_key;
  } while (request.start_after);
  if (page.messages.empty() && query.cursor.empty()) {
    SPILLWAY_TRY(const bool exists, state_->rows.exists(session, deadline));
    if (!exists) {
      return make_error(Code::not_found, "session.messages", session, "there is no such session");
    }
  }
  return page;
}

Result<LocatedArtifact> Sessions::locate(const std::string& session, const std::string& message,
                                         const std::string& artifact, Deadline deadline) {
  SPILLWAY_TRY(auto loaded, state_->load(session, message, deadline));
  const auto position = find_artifact(loaded.message, artifact);
  if (!position) return no_such_artifact(message, artifact);
  LocatedArtifact located;
  located.info = std::move(loaded.message.artifacts[*position]);
  located.owner = state_->layout.get(session, message);
  located.body = std::move(loaded.values[*position].body);
  located.curves = std::move(loaded.values[*position].curves);
  return located;
}

Result<std::unique_ptr<ByteSource>> Sessions::open_artifact(const LocatedArtifact& artifact,
                                                            std::optional<ByteRange> range,
                                                            Deadline deadline) {
  if (artifact.info.error) return *artifact.info.error;
  const std::uint64_t size = artifact.info.size_bytes;
  if (range && (range->offset > size || range->length > size - range->offset)) {
    return make_error(
        Code::invalid_argument, "artifact.open", artifact.info.id,
        "the range does not lie within the artifact's " + std::to_string(size) + " bytes");
  }
  if (const auto* handle = artifact.body.as<Spilled>()) {
    return state_->items.open(artifact.owner, *handle, range, deadline);
  }
  const auto* bytes = body_bytes(artifact.body);
  if (!bytes || bytes->size() != size) {
    return make_error(Code::corrupt, "artifact.open", artifact.info.id,
                      "the stored artifact does not have the size it had; run spillway fsck");
  }
  return std::unique_ptr<ByteSource>(
      std::make_unique<StringSource>(range ? bytes->substr(range->offset, range->length) : *bytes));
}

}  // namespace spillway
