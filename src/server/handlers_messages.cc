// Messages and sessions over HTTP.
#include "server/context.h"
#include "server/json_in.h"
#include "server/message_json.h"
#include "server/problem.h"
#include "server/responder.h"
#include "server/target.h"

namespace spillway {
namespace {

constexpr std::uint32_t page_items_default = 50;
constexpr std::uint32_t page_items_most = 200;

Error bad_query(std::string name, std::string allowed) {
  return make_error(Code::invalid_argument, "http.query", name,
                    "the query's " + name + " must be " + allowed);
}

std::string text_or_empty(const std::string* value) { return value ? *value : std::string(); }

void announce_saved(Context& context, const Request& request, const SavedMessage& saved) {
  log_saved(context, request, saved.message, saved.routing);
  context.events.publish({"message", saved.message.session, saved.message.id, {}});
}

/// "reply": the responder's message, or "replyError". The client's own message is saved already,
/// and must not look as if it were not.
void add_reply(JsonWriter& out, Context& context, const Request& request,
               const std::string& session, const std::string& content) {
  const Reply asked{.session = session,
                    .content = content,
                    .principal = request.principal,
                    .idempotency_key = std::string(request.header("idempotency-key"))};
  auto reply = respond(context.spillway.sessions(), asked, request.deadline);
  if (reply.has_error()) {
    LogLine line(LogLine::Level::warning, "reply_failed");
    line.text("requestId", request.id).error(reply.error());
    context.log.write(line);
    const Error& error = reply.error();
    write_problem(out.key("replyError"), error, status_of(error.code), request.id);
  } else if (reply.value()) {
    const SavedMessage& saved = *reply.value();
    if (!saved.repeated) announce_saved(context, request, saved);
    write_message(out.key("reply"), saved.message, ArtifactsAs::reference, request.id);
  }
}

Result<Response> post_message(Context& context, Request& request) {
  const std::string& session = request.parameter("session");
  SPILLWAY_TRY(auto post, parse_post_body(request.body, context.limits.json_depth_max));
  request.body = std::string();  // the message has its own copy
  post.message.principal = request.principal;
  post.message.idempotency_key = request.header("idempotency-key");
  SPILLWAY_TRY(auto saved,
               context.spillway.sessions().post(session, post.message, request.deadline));
  if (!saved.repeated) announce_saved(context, request, saved);

  JsonWriter out;
  write_message(out, saved.message, ArtifactsAs::reference, request.id);
  std::string json = out.take();
  if (post.respond) {
    json.pop_back();  // the closing brace: one more member follows, if there is an answer
    JsonWriter reply;
    reply.begin_object();
    add_reply(reply, context, request, session, post.message.content);
    reply.end_object();
    const std::string member = reply.take().substr(1);
    json += member.size() > 1 ? "," + member : member;
  }
  Response response = json_response(201, std::move(json));
  response.set("Location", "/v1/sessions/" + percent_encode(saved.message.session) + "/messages/" +
                               percent_encode(saved.message.id));
  if (saved.repeated) response.set("Idempotency-Replayed", "true");
  return response;
}

Result<MessageQuery> message_query(const Request& request) {
  MessageQuery query;
  SPILLWAY_TRY(query.limit, page_limit(request));
  SPILLWAY_TRY(query.artifacts, artifacts_as(request));
  query.cursor = text_or_empty(request.query_value("cursor"));
  if (const std::string* order = request.query_value("order")) {
    if (*order != "asc" && *order != "desc") return bad_query("order", "asc or desc");
    query.descending = *order == "desc";
  }
  return query;
}

Result<Response> list_messages(Context& context, Request& request) {
  SPILLWAY_TRY(auto query, message_query(request));
  SPILLWAY_TRY(auto page, context.spillway.sessions().messages(request.parameter("session"), query,
                                                               request.deadline));
  JsonWriter out;
  out.begin_object().key("messages").begin_array();
  for (const Message& message : page.messages) {
    write_message(out, message, query.artifacts, request.id);
  }
  out.end_array().member_or_null("nextCursor", page.next_cursor).end_object();
  return json_response(200, out.take());
}

Result<Response> get_message(Context& context, Request& request) {
  SPILLWAY_TRY(auto as, artifacts_as(request));
  SPILLWAY_TRY(auto message, context.spillway.sessions().message(request.parameter("session"),
                                                                 request.parameter("message"), as,
                                                                 request.deadline));
  JsonWriter out;
  write_message(out, message, as, request.id);
  return json_response(200, out.take());
}

Result<Response> delete_message(Context& context, Request& request) {
  SPILLWAY_TRY(context.spillway.sessions().remove_message(
      request.parameter("session"), request.parameter("message"), request.deadline));
  context.events.publish(
      {"message-removed", request.parameter("session"), request.parameter("message"), {}});
  Response response;
  response.status = 204;
  return response;
}

Result<Response> list_sessions(Context& context, Request& request) {
  SPILLWAY_TRY(auto limit, page_limit(request));
  const std::string cursor = text_or_empty(request.query_value("cursor"));
  const std::string text = text_or_empty(request.query_value("q"));
  SPILLWAY_TRY(auto page,
               context.spillway.sessions().sessions(limit, cursor, request.deadline, text));
  JsonWriter out;
  out.begin_object().key("sessions").begin_array();
  for (const SessionInfo& session : page.sessions) {
    out.begin_object()
        .member("id", session.id)
        .member("title", session.title)
        .member("createdAt", session.created_at)
        .member("lastMessageAt", session.last_message_at)
        .end_object();
  }
  out.end_array().member_or_null("nextCursor", page.next_cursor).end_object();
  return json_response(200, out.take());
}

Result<Response> delete_session(Context& context, Request& request) {
  SPILLWAY_TRY(
      context.spillway.sessions().remove_session(request.parameter("session"), request.deadline));
  context.events.publish({"session-removed", request.parameter("session"), {}, {}});
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

Result<std::uint32_t> page_limit(const Request& request) {
  const std::string* text = request.query_value("limit");
  if (!text) return page_items_default;
  const auto number = parse_unsigned(*text);
  if (!number || *number < 1 || *number > page_items_most) {
    return bad_query("limit", "a number from 1 to " + std::to_string(page_items_most));
  }
  return static_cast<std::uint32_t>(*number);
}

Result<ArtifactsAs> artifacts_as(const Request& request) {
  const std::string* text = request.query_value("artifacts");
  if (!text || *text == "reference") return ArtifactsAs::reference;
  if (*text == "resolve") return ArtifactsAs::resolved;
  return bad_query("artifacts", "reference or resolve");
}

void add_message_routes(Router& router, Context& context) {
  const auto on = [&context](auto handler) {
    return [&context, handler](Request& request, ByteSource&) { return handler(context, request); };
  };
  const std::string messages = "/v1/sessions/{session}/messages";
  router.add({.method = "POST",
              .pattern = messages,
              .handler = on(post_message),
              .body = BodyKind::buffered,
              .body_bytes_max = context.limits.json_body_bytes_max});
  router.add({.method = "GET", .pattern = messages, .handler = on(list_messages)});
  router.add({.method = "GET", .pattern = messages + "/{message}", .handler = on(get_message)});
  router.add(
      {.method = "DELETE", .pattern = messages + "/{message}", .handler = on(delete_message)});
  router.add({.method = "GET", .pattern = "/v1/sessions", .handler = on(list_sessions)});
  router.add(
      {.method = "DELETE", .pattern = "/v1/sessions/{session}", .handler = on(delete_session)});
}

}  // namespace spillway
