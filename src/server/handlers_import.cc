// LAS files over HTTP.
#include "server/context.h"
#include "server/message_json.h"
#include "server/wells.h"

namespace spillway {
namespace {

void write_warnings(JsonWriter& out, const std::vector<LasDiagnostic>& warnings) {
  out.key("warnings").begin_array();
  for (const LasDiagnostic& warning : warnings) {
    out.begin_object()
        .member("line", warning.line)
        .member("text", clean_utf8(warning.text))
        .end_object();
  }
  out.end_array();
}

Result<Response> import_file(Context& context, Request& request) {
  const std::string* session = request.query_value("session");
  const std::string* name = request.query_value("name");
  SPILLWAY_TRY(
      auto imported,
      import_las(context.spillway.sessions(), session ? *session : std::string(wells_session),
                 name ? *name : std::string(), request.body, request.deadline));
  log_saved(context, request, imported.message, imported.routing);
  context.events.publish({"message", imported.message.session, imported.message.id, {}});
  JsonWriter out;
  out.begin_object();
  write_message(out.key("message"), imported.message, ArtifactsAs::reference, request.id);
  out.member("well", clean_utf8(imported.well))
      .member("rows", imported.rows)
      .member("curves", imported.curves);
  write_warnings(out, imported.warnings);
  out.end_object();
  return json_response(201, out.take());
}

}  // namespace

void add_import_routes(Router& router, Context& context) {
  router.add({.method = "POST",
              .pattern = "/v1/import",
              .handler = [&context](Request& request,
                                    ByteSource&) { return import_file(context, request); },
              .body = BodyKind::buffered,
              .body_bytes_max = context.limits.import_body_bytes_max});
}

}  // namespace spillway
