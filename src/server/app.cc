// Ids, credentials, routes; errors to answers; the access log.
#include "server/app.h"

#include "base/random.h"
#include "server/problem.h"
#include "server/target.h"

namespace spillway {
namespace {

constexpr std::size_t request_id_bytes_max = 64;

bool is_word(std::string_view text, std::size_t bytes_max) {
  if (text.empty() || text.size() > bytes_max) return false;
  for (const char c : text) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
    if (!good) return false;
  }
  return true;
}

std::string_view method_label(const Exchange& exchange) {
  if (!exchange.route) return "other";
  return exchange.request.method == "HEAD" ? std::string_view("HEAD")
                                           : std::string_view(exchange.route->method);
}

std::string_view route_label(const Exchange& exchange) {
  return exchange.route ? std::string_view(exchange.route->pattern) : "unmatched";
}

}  // namespace

std::string request_id_of(const Request& request) {
  const std::string_view given = request.header("x-request-id");
  if (is_word(given, request_id_bytes_max)) return std::string(given);
  // version "-" trace id (32 hex digits) "-" parent id (16) "-" flags
  constexpr std::size_t trace_at = 3, trace_bytes = 32, parent_dash_at = 35, traceparent_bytes = 55;
  const std::string_view trace = request.header("traceparent");
  if (trace.size() >= traceparent_bytes && trace[trace_at - 1] == '-' &&
      trace[parent_dash_at] == '-' &&
      trace.substr(trace_at, trace_bytes).find_first_not_of("0123456789abcdef") ==
          std::string_view::npos) {
    return std::string(trace.substr(trace_at, trace_bytes));
  }
  return random_id();
}

App::App(Context& context, const std::vector<BearerToken>& tokens)
    : context_(context), authenticator_(tokens) {
  add_message_routes(router_, context_);
  add_artifact_routes(router_, context_);
  add_curve_routes(router_, context_);
  add_event_routes(router_, context_);
  add_import_routes(router_, context_);
  add_service_routes(router_, context_);
  add_viewer_routes(router_);
}

Exchange App::begin(Request request) const {
  Exchange exchange;
  exchange.request = std::move(request);
  exchange.request.id = request_id_of(exchange.request);
  exchange.refused = find_route(exchange);
  if (exchange.refused) return exchange;
  auto principal = authenticator_.admit(exchange.request, exchange.route->open);
  if (principal.has_error()) {
    const bool unknown = authenticator_.has_tokens();
    exchange.refused = refuse(exchange, principal.error(), unknown ? 401 : 403);
    if (unknown) exchange.refused->set("WWW-Authenticate", "Bearer");
    return exchange;
  }
  exchange.request.principal = std::move(principal).value();
  const bool has_body = exchange.request.body_bytes != std::uint64_t{0};
  if (exchange.route->body == BodyKind::none && has_body) {
    exchange.refused = refuse(exchange, make_error(Code::invalid_argument, "http.body", "",
                                                   "this request takes no body"));
  }
  exchange.request.deadline =
      Deadline::after(exchange.route->long_transfer ? context_.limits.transfer_deadline
                                                    : context_.limits.request_deadline);
  return exchange;
}

std::optional<Response> App::find_route(Exchange& exchange) const {
  auto target = parse_target(exchange.request.target);
  if (target.has_error()) return refuse(exchange, target.error());
  exchange.request.query = std::move(target.value().query);
  auto answer = router_.find(exchange.request.method, target.value().segments);
  if (auto* match = std::get_if<Router::Match>(&answer)) {
    exchange.route = match->route;
    exchange.request.parameters = std::move(match->parameters);
    return std::nullopt;
  }
  if (auto* wrong = std::get_if<Router::WrongMethod>(&answer)) {
    Response response = refuse(
        exchange,
        make_error(Code::unsupported, "http.route", "", "this address takes " + wrong->allow), 405);
    response.set("Allow", wrong->allow);
    return response;
  }
  return refuse(exchange,
                make_error(Code::not_found, "http.route", "", "there is nothing at this address"));
}

Response App::handle(Exchange& exchange, ByteSource& body) const {
  try {
    auto response = exchange.route->handler(exchange.request, body);
    if (response.has_value()) return prepared(exchange, std::move(response).value());
    return refuse(exchange, response.error());
  } catch (const std::bad_alloc&) {
    return refuse(exchange, make_error(Code::unavailable, "http.handle", "", "out of memory"));
  } catch (const std::exception& exception) {
    return refuse(exchange, make_error(Code::internal, "http.handle", "", exception.what()));
  }
}

Response App::refuse(const Exchange& exchange, const Error& error) const {
  return refuse(exchange, error, status_of(error.code));
}

Response App::refuse(const Exchange& exchange, const Error& error, int status) const {
  if (status >= 500) {
    LogLine line(LogLine::Level::error, "request_failed");
    line.text("requestId", exchange.request.id).error(error);
    context_.log.write(line);
    context_.usage.failed(exchange.request.id, error);
  }
  return prepared(exchange, problem_response(error, status, exchange.request.id));
}

Response App::prepared(const Exchange& exchange, Response response) const {
  response.set("X-Request-Id", exchange.request.id);
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  return response;
}

void App::finish(const Exchange& exchange, const Sent& sent) const {
  const Request& request = exchange.request;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - exchange.begun;
  context_.metrics.count({.route = route_label(exchange),
                          .method = method_label(exchange),
                          .status = sent.status,
                          .seconds = seconds.count(),
                          .bytes_in = sent.bytes_in,
                          .bytes_out = sent.bytes_out,
                          .error_code = sent.error_code});
  LogLine line(sent.broken ? LogLine::Level::warning : LogLine::Level::info, "request");
  line.text("requestId", request.id)
      .text("method", request.method)
      .text("path", path_of(request.target))
      .text("route", route_label(exchange))
      .number("status", sent.status)
      .number("micros", static_cast<std::int64_t>(seconds.count() * 1e6))
      .number("bytesIn", sent.bytes_in)
      .number("bytesOut", sent.bytes_out)
      .text("remote", request.remote)
      .text("principal", request.principal);
  if (sent.broken) line.error(*sent.broken);
  context_.log.write(line);
}

}  // namespace spillway
