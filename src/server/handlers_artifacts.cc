// Artifacts over HTTP: exact bytes out, streams in.
#include "server/artifact_validators.h"
#include "server/context.h"
#include "server/message_json.h"
#include "server/problem.h"
#include "server/range.h"
#include "server/target.h"

namespace spillway {
namespace {

constexpr int opens_max = 3;

/// A stream whose beginning was read already.
class PrefixedSource final : public ByteSource {
 public:
  PrefixedSource(std::string prefix, std::unique_ptr<ByteSource> rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    const auto n = prefix_.read(buffer, capacity);
    if (n.has_error() || n.value() > 0) return n;
    return rest_->read(buffer, capacity);
  }

 private:
  StringSource prefix_;
  std::unique_ptr<ByteSource> rest_;
};

/// Artifact bytes come from strangers: never shown as a page of our origin.
void set_representation(Response& response, const ArtifactInfo& info) {
  const std::string& name = info.name.empty() ? info.id : info.name;
  response.set("Content-Type",
               info.content_type.empty() ? "application/octet-stream" : info.content_type);
  response.set("Content-Disposition", "attachment; filename*=UTF-8''" + percent_encode(name));
  response.set("Content-Security-Policy", "sandbox");
  response.set("Accept-Ranges", "bytes");
}

Response unsatisfiable(const Request& request, const ArtifactInfo& info) {
  const std::string size = std::to_string(info.size_bytes);
  const Error error = make_error(Code::invalid_argument, "http.range", "Range",
                                 "the artifact has " + size + " bytes");
  Response response = problem_response(error, 416, request.id);
  response.set("Content-Range", "bytes */" + size);
  return response;
}

/// Opens the bytes and reads the first chunk, so that what is missing or damaged at the beginning
/// is an error answer and not a broken stream.
Result<void> open_body(Context& context, const Request& request, const LocatedArtifact& located,
                       std::optional<ByteRange> range, Response& response) {
  SPILLWAY_TRY(auto source,
               context.spillway.sessions().open_artifact(located, range, request.deadline));
  const std::uint64_t length = range ? range->length : located.info.size_bytes;
  const std::size_t first_bytes =
      static_cast<std::size_t>(std::min<std::uint64_t>(length, context.limits.chunk_bytes));
  std::string first(first_bytes, '\0');
  SPILLWAY_TRY(auto n, read_full(*source, first.data(), first.size()));
  if (n != first_bytes) {
    return make_error(Code::corrupt, "http.artifact", located.info.id,
                      "the stored bytes are fewer than the artifact has");
  }
  if (length == first_bytes) {
    response.body = std::move(first);
  } else {
    response.stream = std::make_unique<PrefixedSource>(std::move(first), std::move(source));
    response.stream_bytes = length;
  }
  return ok();
}

/// Does Accept-Encoding name zstd, with a weight above 0? (RFC 9110, section 12.5.3)
bool accepts_zstd(const Request& request) {
  std::string_view rest = request.header("accept-encoding");
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    const std::size_t semicolon = std::min(one.find(';'), one.size());
    if (!equals_ignoring_case(trim_blanks(one.substr(0, semicolon)), "zstd")) continue;
    const std::string weight = lower_ascii(one.substr(semicolon));
    return weight.find("q=0") == std::string::npos ||
           weight.find_first_of("123456789", weight.find("q=0")) != std::string::npos;
  }
  return false;
}

/// 307 to the object in S3, where one GET there yields the whole artifact; nullopt: we answer.
Result<std::optional<Response>> redirect_to_object(Context& context, const Request& request,
                                                   const LocatedArtifact& located) {
  const std::string* wanted = request.query_value("redirect");
  if (!wanted || *wanted == "0") return std::optional<Response>();
  if (*wanted != "1") {
    return make_error(Code::invalid_argument, "http.artifact", "redirect", "redirect is 0 or 1");
  }
  const auto* handle = located.body.as<Spilled>();
  // Ranges count the artifact's bytes, S3 the encoded ones; a link is for GET alone.
  if (!handle || request.method != "GET" || request.has_header("range")) {
    return std::optional<Response>();
  }
  Response shown;
  set_representation(shown, located.info);
  LinkRequest link;
  for (const auto& [name, value] : shown.headers) {
    if (name == "Content-Type") link.content_type = value;
    if (name == "Content-Disposition") link.content_disposition = value;
  }
  link.accepts_zstd = accepts_zstd(request);
  SPILLWAY_TRY(const auto url, context.spillway.items().link(*handle, link, request.deadline));
  if (!url) return std::optional<Response>();
  Response response;
  response.status = 307;
  response.set("Location", *url);
  response.set("Cache-Control", "no-store");
  response.set("Referrer-Policy", "no-referrer");
  return std::optional<Response>(std::move(response));
}

Result<Response> answer_located(Context& context, const Request& request,
                                const LocatedArtifact& located) {
  const ArtifactInfo& info = located.info;
  SPILLWAY_TRY(check_version(request, info.sha256));
  const std::string etag = quoted_tag(info.sha256);
  SPILLWAY_TRY(auto unmodified, check_preconditions(request, etag));
  if (unmodified) return std::move(*unmodified);
  SPILLWAY_TRY(auto redirect, redirect_to_object(context, request, located));
  if (redirect) return std::move(*redirect);

  Response response;
  set_validators(response, request, etag);
  set_representation(response, info);
  RangeAnswer wanted;
  if (request.method == "GET") wanted = requested_range(request, etag, info.size_bytes);
  if (wanted.kind == RangeAnswer::Kind::unsatisfiable) return unsatisfiable(request, info);
  std::optional<ByteRange> range;
  if (wanted.kind == RangeAnswer::Kind::part) {
    range = wanted.range;
    const std::uint64_t last = range->offset + range->length - 1;
    response.status = 206;
    response.set("Content-Range", "bytes " + std::to_string(range->offset) + "-" +
                                      std::to_string(last) + "/" + std::to_string(info.size_bytes));
  }
  if (request.method == "HEAD") {
    response.stream_bytes = info.size_bytes;
  } else {
    SPILLWAY_TRY(open_body(context, request, located, range, response));
  }
  return response;
}

Result<Response> get_artifact(Context& context, Request& request, ByteSource&) {
  for (int opens = 1;; ++opens) {
    SPILLWAY_TRY(auto located, context.spillway.sessions().locate(
                                   request.parameter("session"), request.parameter("message"),
                                   request.parameter("artifact"), request.deadline));
    if (located.info.error) return *located.info.error;
    auto response = answer_located(context, request, located);
    if (response) {
      context.usage.read(request.parameter("session"), request.parameter("message"),
                         located.info.id);
    }
    const bool replaced = response.has_error() && response.error().code == Code::conflict;
    if (!replaced || opens == opens_max) return response;
  }
}

Result<NewArtifact> new_artifact(const Request& request) {
  NewArtifact artifact;
  artifact.id = request.parameter("artifact");
  if (request.has_header("content-type")) artifact.content_type = request.header("content-type");
  if (const std::string* type = request.query_value("type")) artifact.type = *type;
  if (const std::string* name = request.query_value("name")) artifact.name = *name;
  if (request.has_header("if-none-match")) {
    return make_error(Code::unsupported, "http.precondition", "If-None-Match",
                      "If-None-Match is not offered for PUT; use If-Match");
  }
  // RFC 9110, 14.5: a part would take the place of the whole.
  if (request.has_header("content-range")) {
    return make_error(Code::invalid_argument, "http.artifact", "Content-Range",
                      "an artifact is sent whole, without Content-Range");
  }
  // The coding would not be told to those who fetch the bytes.
  if (request.has_header("content-encoding") &&
      !equals_ignoring_case(request.header("content-encoding"), "identity")) {
    return make_error(Code::unsupported, "http.artifact", "Content-Encoding",
                      "Content-Encoding is not offered; send the artifact as it is");
  }
  SPILLWAY_TRY(artifact.if_match, sole_if_match(request));
  return artifact;
}

Result<Response> put_artifact(Context& context, Request& request, ByteSource& body) {
  const std::string& session = request.parameter("session");
  const std::string& message = request.parameter("message");
  SPILLWAY_TRY(auto artifact, new_artifact(request));
  SPILLWAY_TRY(auto saved, context.spillway.sessions().put_artifact(session, message, artifact,
                                                                    body, request.deadline));
  log_saved_artifact(context, request, saved);
  context.events.publish({"artifact", session, message, saved.info.id});
  JsonWriter out;
  write_artifact(out, session, message, saved.info, ArtifactsAs::reference, request.id);
  Response response = json_response(saved.created ? 201 : 200, out.take());
  response.set("ETag", quoted_tag(saved.info.sha256));
  if (saved.created) response.set("Location", artifact_href(session, message, saved.info));
  return response;
}

Result<Response> delete_artifact(Context& context, Request& request, ByteSource&) {
  SPILLWAY_TRY(context.spillway.sessions().remove_artifact(
      request.parameter("session"), request.parameter("message"), request.parameter("artifact"),
      request.deadline));
  context.events.publish({"artifact-removed", request.parameter("session"),
                          request.parameter("message"), request.parameter("artifact")});
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

void add_artifact_routes(Router& router, Context& context) {
  const auto on = [&context](auto handler) {
    return [&context, handler](Request& request, ByteSource& body) {
      return handler(context, request, body);
    };
  };
  const std::string artifact = "/v1/sessions/{session}/messages/{message}/artifacts/{artifact}";
  router.add(
      {.method = "GET", .pattern = artifact, .handler = on(get_artifact), .long_transfer = true});
  router.add({.method = "PUT",
              .pattern = artifact,
              .handler = on(put_artifact),
              .body = BodyKind::streamed,
              .body_bytes_max = context.limits.artifact_bytes_max,
              .long_transfer = true});
  router.add({.method = "DELETE", .pattern = artifact, .handler = on(delete_artifact)});
}

}  // namespace spillway
