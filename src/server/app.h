// What happens to a request between its last header field and its answer. No sockets.
#pragma once

#include <chrono>
#include <optional>

#include "server/auth.h"
#include "server/context.h"

namespace spillway {

/// One request on its way.
struct Exchange {
  Request request;
  const Route* route = nullptr;     ///< nothing when it was refused before it had one
  std::optional<Response> refused;  ///< the answer, when no handler is to run
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

  BodyKind body_kind() const { return route && !refused ? route->body : BodyKind::none; }
};

/// What was sent.
struct Sent {
  int status = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;  ///< of bodies
  std::string error_code;
  std::optional<Error> broken;  ///< the answer was cut off, and why
};

/// Thread-safe. The front calls begin, then, unless refused, handle, and at the end finish.
class App {
 public:
  /// `context` must outlive it.
  App(Context& context, const std::vector<BearerToken>& tokens);

  /// Gives the request its id, checks credentials, finds the route. Does not block.
  Exchange begin(Request request) const;
  /// Runs the handler; blocks. Nothing escapes: whatever goes wrong becomes a problem answer.
  Response handle(Exchange& exchange, ByteSource& body) const;
  /// Turns an error of the front's own (body too large, no worker free) into an answer.
  Response refuse(const Exchange& exchange, const Error& error) const;
  Response refuse(const Exchange& exchange, const Error& error, int status) const;
  /// One line in the access log, and the metrics.
  void finish(const Exchange& exchange, const Sent& sent) const;

  const ServerLimits& limits() const { return context_.limits; }
  Log& log() const { return context_.log; }

 private:
  Response prepared(const Exchange& exchange, Response response) const;
  std::optional<Response> find_route(Exchange& exchange) const;

  Context& context_;
  Authenticator authenticator_;
  Router router_;
};

/// A request id: the client's X-Request-Id if it is 1 to 64 of [A-Za-z0-9._-], else the trace id of
/// its traceparent (W3C Trace Context), else a new one.
std::string request_id_of(const Request& request);

}  // namespace spillway
