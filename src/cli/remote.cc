// Paths and queries of the artifact API.
#include "cli/remote.h"

#include "cli/remote_json.h"
#include "server/json_out.h"
#include "server/target.h"

namespace spillway {
namespace {

constexpr std::uint64_t reply_bytes_max = std::uint64_t{512} << 20;
constexpr std::size_t copy_bytes = std::size_t{256} << 10;

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

HttpSettings settings_for_people() {
  HttpSettings settings;
  settings.connect_max = std::chrono::seconds(10);
  // A server may think for long, and a line be slow: only what does not move at all is given up.
  settings.speed_bytes_per_s_min = 1;
  settings.slow_max = std::chrono::seconds(120);
  return settings;
}

Result<void> hand_out(ByteSource& body, const ByteSink& sink) {
  std::string buffer(copy_bytes, '\0');
  for (;;) {
    SPILLWAY_TRY(const std::size_t n, body.read(buffer.data(), buffer.size()));
    if (n == 0) return ok();
    SPILLWAY_TRY(sink({buffer.data(), n}));
  }
}

}  // namespace

Remote::Remote(std::string base_url, const std::string& token)
    : http_(settings_for_people()), base_url_(std::move(base_url)), token_(token) {}

Result<std::unique_ptr<Remote>> Remote::open(const std::string& url, const std::string& token) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return make_error(Code::invalid_argument, "http", url,
                      "an address begins with http:// or https://");
  }
  if (token.find_first_of("\r\n") != std::string::npos) {
    return make_error(Code::invalid_argument, "http", "token", "a token is one line");
  }
  const std::string base_url = url.substr(0, url.find_last_not_of('/') + 1);
  return std::unique_ptr<Remote>(new Remote(base_url, token));
}

HttpRequest Remote::request(const char* method, const std::string& target) const {
  HttpRequest request;
  request.method = method;
  request.url = base_url_ + target;
  if (!token_.empty()) request.headers.add("Authorization", "Bearer " + token_.reveal());
  const std::string_view verb = method;
  request.repeat = verb == "GET"    ? Repeat::safe
                   : verb == "POST" ? Repeat::once
                                    : Repeat::idempotent;
  return request;
}

Result<HttpResponse> Remote::call(const HttpRequest& request) {
  SPILLWAY_TRY(HttpResponse reply, http_.send(request, reply_bytes_max, Deadline::never()));
  if (reply.status >= 400) return error_from_reply(reply);
  return reply;
}

Result<std::string> Remote::get(const std::string& target) {
  SPILLWAY_TRY(HttpResponse reply, call(request("GET", target)));
  return std::move(reply.body);
}

Result<Message> Remote::post(const std::string& session, const NewMessage& message) {
  JsonWriter json;
  json.begin_object().member("role", message.role).member("content", message.content);
  json.key("artifacts").begin_array().end_array().end_object();
  HttpRequest post = request("POST", session_path(session) + "/messages");
  post.headers.add("Content-Type", "application/json");
  post.body = json.take();
  SPILLWAY_TRY(const auto reply, call(post));
  return message_from_json(reply.body);
}

Result<ArtifactInfo> Remote::put(const std::string& session, const std::string& message,
                                 const NewArtifact& artifact, ByteSource& source,
                                 std::optional<std::uint64_t> bytes) {
  HttpRequest put = request("PUT", artifact_path(session, message, artifact.id) +
                                       "?type=" + percent_encode(artifact.type) +
                                       "&name=" + percent_encode(artifact.name));
  put.headers.add("Content-Type", artifact.content_type);
  put.source = &source;
  put.source_bytes = bytes;
  SPILLWAY_TRY(const auto reply, call(put));
  return artifact_from_json(reply.body);
}

Result<std::string> Remote::fetch(const std::string& session, const std::string& message,
                                  const std::string& artifact, std::optional<ByteRange> range,
                                  const ByteSink& sink) {
  HttpRequest get = request("GET", artifact_path(session, message, artifact));
  if (range) {
    get.headers.add("Range", "bytes=" + std::to_string(range->offset) + "-" +
                                 std::to_string(range->offset + range->length - 1));
  }
  SPILLWAY_TRY(const HttpStream reply, http_.open(get, Deadline::never()));
  if (reply.status >= 400) {
    SPILLWAY_TRY(std::string body, read_all(*reply.body, reply_bytes_max));
    return error_from_reply({reply.status, reply.headers, std::move(body)});
  }
  SPILLWAY_TRY(hand_out(*reply.body, sink));
  const std::string etag = reply.headers.find("etag").value_or("");
  return etag.size() < 2 ? std::string() : etag.substr(1, etag.size() - 2);
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
  const std::string target = !artifact.empty()  ? artifact_path(session, message, artifact)
                             : !message.empty() ? message_path(session, message)
                                                : session_path(session);
  SPILLWAY_TRY(call(request("DELETE", target)));
  return ok();
}

Result<ImportedWell> Remote::import(const std::string& session, const std::string& file_name,
                                    const std::string& bytes) {
  HttpRequest post = request("POST", "/v1/import?session=" + percent_encode(session) +
                                         "&name=" + percent_encode(file_name));
  post.headers.add("Content-Type", "application/octet-stream");
  post.body = bytes;
  SPILLWAY_TRY(const auto reply, call(post));
  return import_from_json(reply.body);
}

Result<StorageStats> Remote::stats() {
  SPILLWAY_TRY(const auto json, get("/v1/stats"));
  return stats_from_json(json);
}

}  // namespace spillway
