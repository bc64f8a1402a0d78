// Reads answers with simdjson's DOM; what is missing or of another type is left at its default.
#include "cli/remote_json.h"

#include <simdjson.h>

#include <limits>

#include "artifact/error_code.h"

namespace spillway {
namespace {

using simdjson::dom::element;

std::string text_at(const element& object, const char* name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::uint64_t count_at(const element& object, const char* name) {
  std::uint64_t count = 0;
  return object[name].get(count) == simdjson::SUCCESS ? count : 0;
}

/// Calls visit(element) for every element of the array; nothing where there is none.
template <class Visit>
void each(const element& object, const char* name, Visit&& visit) {
  simdjson::dom::array array;
  if (object[name].get(array) != simdjson::SUCCESS) return;
  for (const element& entry : array) visit(entry);
}

Error problem_of(const element& problem, Code otherwise) {
  Error error = make_error(code_from_string(text_at(problem, "code"), otherwise), "http", "",
                           text_at(problem, "detail"));
  bool retryable = false;
  if (problem["retryable"].get(retryable) == simdjson::SUCCESS) error.transient = retryable;
  if (error.detail.empty()) error.detail = text_at(problem, "title");
  const std::string id = text_at(problem, "requestId");
  if (!id.empty()) error.detail += " [request " + id + "]";
  return error;
}

Storage storage_of(const std::string& text) {
  for (const Storage storage : {Storage::encoded, Storage::spilled}) {
    if (to_string(storage) == text) return storage;
  }
  return Storage::in_item;
}

ArtifactInfo artifact_of(const element& json) {
  ArtifactInfo artifact;
  artifact.id = text_at(json, "id");
  artifact.position = count_at(json, "position");
  artifact.type = text_at(json, "type");
  artifact.name = text_at(json, "name");
  artifact.content_type = text_at(json, "contentType");
  artifact.size_bytes = count_at(json, "size");
  artifact.sha256 = text_at(json, "sha256");
  Placement& placement = artifact.placement;
  placement.storage = storage_of(text_at(json, "storage"));
  placement.encoding = text_at(json, "encoding");
  placement.raw_bytes = artifact.size_bytes;
  placement.encoded_bytes = count_at(json, "encodedSize");
  placement.sha256 = artifact.sha256;
  bool fallback = false;
  placement.fallback = json["fallback"].get(fallback) == simdjson::SUCCESS && fallback;
  element found;
  if (json["reference"].get(found) == simdjson::SUCCESS) {
    placement.bucket = text_at(found, "bucket");
    placement.key = text_at(found, "key");
    placement.uploaded_at = text_at(found, "uploadedAt");
  }
  if (json["error"].get(found) == simdjson::SUCCESS) {
    artifact.error = problem_of(found, Code::internal);
  }
  return artifact;
}

Message message_of(const element& json) {
  Message message;
  message.id = text_at(json, "id");
  message.session = text_at(json, "sessionId");
  message.role = text_at(json, "role");
  message.content = text_at(json, "content");
  message.created_at = text_at(json, "createdAt");
  element storage;
  if (json["storage"].get(storage) == simdjson::SUCCESS) {
    message.item_bytes = count_at(storage, "itemBytes");
  }
  each(json, "artifacts",
       [&](const element& entry) { message.artifacts.push_back(artifact_of(entry)); });
  return message;
}

/// Parses `json` and hands the top object to `convert`.
template <class Convert>
auto convert(const std::string& json, Convert&& convert_top)
    -> Result<decltype(convert_top(element()))> {
  simdjson::dom::parser parser;
  element top;
  const auto failure = parser.parse(json).get(top);
  if (failure || !top.is_object()) {
    return make_error(Code::corrupt, "http", "",
                      "the server's answer is not understood; is that a Spillway server?");
  }
  return convert_top(top);
}

StorageStats::Class class_of(const element& artifacts, const char* name, const char* raw,
                             const char* encoded) {
  element json;
  if (artifacts[name].get(json) != simdjson::SUCCESS) return {};
  return {count_at(json, "count"), count_at(json, raw), count_at(json, encoded)};
}

StorageStats stats_of(const element& json) {
  StorageStats stats;
  stats.messages = count_at(json, "messages");
  element artifacts;
  if (json["artifacts"].get(artifacts) == simdjson::SUCCESS) {
    stats.in_item = class_of(artifacts, "inline", "bytes", "bytes");
    stats.encoded = class_of(artifacts, "encoded", "rawBytes", "encodedBytes");
    stats.spilled = class_of(artifacts, "spilled", "rawBytes", "encodedBytes");
  }
  each(json, "sizes", [&](const element& entry) {
    std::uint64_t bound = 0;
    const bool bounded = entry["upToBytes"].get(bound) == simdjson::SUCCESS;
    if (!bounded) bound = std::numeric_limits<std::uint64_t>::max();
    stats.sizes.push_back({bound, count_at(entry, "count")});
  });
  stats.fallbacks = count_at(json, "fallbacks");
  element orphans;
  if (json["orphansReclaimed"].get(orphans) == simdjson::SUCCESS) {
    stats.orphan_objects_reclaimed = count_at(orphans, "objects");
    stats.orphan_bytes_reclaimed = count_at(orphans, "bytes");
  }
  return stats;
}

}  // namespace

Result<Message> message_from_json(const std::string& json) { return convert(json, message_of); }
Result<ArtifactInfo> artifact_from_json(const std::string& json) {
  return convert(json, artifact_of);
}
Result<StorageStats> stats_from_json(const std::string& json) { return convert(json, stats_of); }

Result<MessagePage> messages_from_json(const std::string& json) {
  return convert(json, [](const element& top) {
    MessagePage page;
    each(top, "messages", [&](const element& e) { page.messages.push_back(message_of(e)); });
    page.next_cursor = text_at(top, "nextCursor");
    return page;
  });
}

Result<SessionPage> sessions_from_json(const std::string& json) {
  return convert(json, [](const element& top) {
    SessionPage page;
    each(top, "sessions", [&](const element& e) {
      page.sessions.push_back({text_at(e, "id"), text_at(e, "title"), text_at(e, "createdAt"),
                               text_at(e, "lastMessageAt")});
    });
    page.next_cursor = text_at(top, "nextCursor");
    return page;
  });
}

Result<ImportedWell> import_from_json(const std::string& json) {
  return convert(json, [](const element& top) {
    ImportedWell well;
    element message;
    if (top["message"].get(message) == simdjson::SUCCESS) well.message = message_of(message);
    well.well = text_at(top, "well");
    well.rows = count_at(top, "rows");
    well.curves = count_at(top, "curves");
    each(top, "warnings", [&](const element& e) {
      well.warnings.push_back({count_at(e, "line"), LasSeverity::warning, text_at(e, "text")});
    });
    return well;
  });
}

Error error_from_reply(const HttpResponse& reply) {
  const Code by_status = reply.status == 404                          ? Code::not_found
                         : reply.status == 401 || reply.status == 403 ? Code::permission_denied
                         : reply.status == 412                        ? Code::condition_failed
                         : reply.status == 413                        ? Code::too_large
                         : reply.status == 429                        ? Code::throttled
                         : reply.status == 503                        ? Code::unavailable
                         : reply.status < 500                         ? Code::invalid_argument
                                                                      : Code::internal;
  simdjson::dom::parser parser;
  element top;
  if (parser.parse(reply.body).get(top) == simdjson::SUCCESS && top.is_object()) {
    Error error = problem_of(top, by_status);
    if (!error.detail.empty()) return error;
  }
  return make_error(by_status, "http", "",
                    "the server answered with status " + std::to_string(reply.status));
}

}  // namespace spillway
