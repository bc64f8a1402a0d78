// Paths and queries of the artifact API.
#include "cli/remote.h"

#include "cli/remote_json.h"
#include "server/json_out.h"
#include "server/target.h"

namespace spillway {
namespace {

std::string session_path(const std::string& session) {
  return "/v1/sessions/" + percent_encode(session);
}

std::string message_path(const std::string& session, const std::string& message) {
  return session_path(session) + "/messages/" + percent_encode(message);
}

std::string artifact_path(const std::string& session, const std::string& message,
                          const std::string& artifact) {
  return message_path(session, message) + "/artifacts/" + percent_encode(artifact);
}

std::string page_query(std::uint32_t limit, const std::string& cursor) {
  return "?limit=" + std::to_string(limit) +
         (cursor.empty() ? "" : "&cursor=" + percent_encode(cursor));
}

}  // namespace

Result<std::unique_ptr<Remote>> Remote::open(const std::string& url, const std::string& token) {
  SPILLWAY_TRY(auto http, HttpClient::open(url, token));
  return std::unique_ptr<Remote>(new Remote(std::move(http)));
}

Result<std::string> Remote::get(const std::string& target) {
  HttpCall call;
  call.target = target;
  SPILLWAY_TRY(auto reply, http_->call(call));
  return std::move(reply.body);
}

Result<Message> Remote::post(const std::string& session, const NewMessage& message) {
  JsonWriter json;
  json.begin_object().member("role", message.role).member("content", message.content);
  json.key("artifacts").begin_array().end_array().end_object();
  StringSource body(json.take());
  HttpCall call;
  call.method = "POST";
  call.target = session_path(session) + "/messages";
  call.headers = {"Content-Type: application/json"};
  call.body = &body;
  SPILLWAY_TRY(const auto reply, http_->call(call));
  return message_from_json(reply.body);
}

Result<ArtifactInfo> Remote::put(const std::string& session, const std::string& message,
                                 const NewArtifact& artifact, ByteSource& source,
                                 std::optional<std::uint64_t> bytes) {
  HttpCall call;
  call.method = "PUT";
  call.target = artifact_path(session, message, artifact.id) +
                "?type=" + percent_encode(artifact.type) + "&name=" + percent_encode(artifact.name);
  call.headers = {"Content-Type: " + artifact.content_type};
  call.body = &source;
  call.body_bytes = bytes;
  SPILLWAY_TRY(const auto reply, http_->call(call));
  return artifact_from_json(reply.body);
}

Result<std::string> Remote::fetch(const std::string& session, const std::string& message,
                                  const std::string& artifact, std::optional<ByteRange> range,
                                  const ByteSink& sink) {
  HttpCall call;
  call.target = artifact_path(session, message, artifact);
  if (range) {
    call.headers.push_back("Range: bytes=" + std::to_string(range->offset) + "-" +
                           std::to_string(range->offset + range->length - 1));
  }
  call.sink = sink;
  SPILLWAY_TRY(const auto reply, http_->call(call));
  const auto etag = reply.headers.find("etag");
  if (etag == reply.headers.end() || etag->second.size() < 2) return std::string();
  return etag->second.substr(1, etag->second.size() - 2);
}

Result<Message> Remote::message(const std::string& session, const std::string& id) {
  SPILLWAY_TRY(const auto json, get(message_path(session, id)));
  return message_from_json(json);
}

Result<MessagePage> Remote::messages(const std::string& session, const MessageQuery& query) {
  SPILLWAY_TRY(const auto json,
               get(session_path(session) + "/messages" + page_query(query.limit, query.cursor)));
  return messages_from_json(json);
}

Result<SessionPage> Remote::sessions(std::uint32_t limit, const std::string& cursor) {
  SPILLWAY_TRY(const auto json, get("/v1/sessions" + page_query(limit, cursor)));
  return sessions_from_json(json);
}

Result<void> Remote::remove(const std::string& session, const std::string& message,
                            const std::string& artifact) {
  HttpCall call;
  call.method = "DELETE";
  call.target = !artifact.empty()  ? artifact_path(session, message, artifact)
                : !message.empty() ? message_path(session, message)
                                   : session_path(session);
  SPILLWAY_TRY(http_->call(call));
  return ok();
}

Result<ImportedWell> Remote::import(const std::string& session, const std::string& file_name,
                                    const std::string& bytes) {
  StringSource body(bytes);
  HttpCall call;
  call.method = "POST";
  call.target =
      "/v1/import?session=" + percent_encode(session) + "&name=" + percent_encode(file_name);
  call.headers = {"Content-Type: application/octet-stream"};
  call.body = &body;
  call.body_bytes = bytes.size();
  SPILLWAY_TRY(const auto reply, http_->call(call));
  return import_from_json(reply.body);
}

Result<StorageStats> Remote::stats() {
  SPILLWAY_TRY(const auto json, get("/v1/stats"));
  return stats_from_json(json);
}

}  // namespace spillway
