// What answers about one version of an artifact have in common.
#include "server/artifact_validators.h"

#include "server/range.h"

namespace spillway {

std::string quoted_tag(const std::string& text) { return "\"" + text + "\""; }

void set_validators(Response& response, const Request& request, const std::string& etag) {
  response.set("ETag", etag);
  response.set("Cache-Control", request.query_value("sha256")
                                    ? "private, max-age=31536000, immutable"
                                    : "private, no-cache");
}

Result<std::optional<Response>> check_preconditions(const Request& request,
                                                    const std::string& etag) {
  if (request.has_header("if-match") && !etag_matches(request.header("if-match"), etag, false)) {
    return make_error(Code::condition_failed, "http.precondition", "If-Match",
                      "the artifact's entity tag is " + etag);
  }
  if (!request.has_header("if-none-match") ||
      !etag_matches(request.header("if-none-match"), etag, true)) {
    return std::optional<Response>();
  }
  Response response;
  response.status = 304;
  set_validators(response, request, etag);
  return std::optional<Response>(std::move(response));
}

Result<void> check_version(const Request& request, const std::string& sha256) {
  const std::string* digest = request.query_value("sha256");
  if (!digest || *digest == sha256) return ok();
  return make_error(Code::not_found, "http.artifact", "sha256",
                    "the artifact of that digest has been replaced; ask without sha256");
}

}  // namespace spillway
