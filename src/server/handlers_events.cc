// Live updates over HTTP.
#include "server/context.h"

namespace spillway {
namespace {

Result<Response> listen(Context& context, const Request& request) {
  const std::string* session = request.query_value("session");
  Response response;
  response.set("Content-Type", "text/event-stream");
  response.set("Cache-Control", "no-store");
  response.set("X-Accel-Buffering", "no");  // nginx would hold events back
  response.events = context.events.subscribe(session ? *session : std::string());
  return response;
}

}  // namespace

void add_event_routes(Router& router, Context& context) {
  router.add(
      {.method = "GET",
       .pattern = "/v1/events",
       .handler = [&context](Request& request, ByteSource&) { return listen(context, request); },
       .instant = true});
}

}  // namespace spillway
