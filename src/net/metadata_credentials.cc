// Credentials from the metadata services of containers and instances.
#include <algorithm>

#include "net/credential_sources.h"
#include "net/url.h"

namespace spillway {
namespace {

// The service is on the same machine: an answer takes milliseconds, or there is none.
constexpr std::chrono::milliseconds metadata_wait_max{1'000};

Deadline soon(Deadline deadline) {
  const Deadline wait = Deadline::after(metadata_wait_max);
  return wait.at() < deadline.at() ? wait : deadline;
}

Result<std::string> ask(const SourceContext& context, const HttpRequest& request,
                        const std::string& source) {
  SPILLWAY_TRY(HttpResponse answer, context.transport.send(request, credential_answer_bytes_max,
                                                           soon(context.deadline)));
  if (answer.status == 200) return std::move(answer.body);
  return make_error(answer.status >= 500 ? Code::unavailable : Code::permission_denied,
                    "net.credentials", source,
                    "the metadata service answered " + std::to_string(answer.status));
}

bool may_be_asked(const Url& url) {
  const std::string host = url.host();
  return url.scheme == "https" || is_loopback(host) || host == "169.254.170.2" ||
         host == "169.254.170.23" || host == "fd00:ec2::23";
}

}  // namespace

MaybeCredentials from_container(const SourceContext& context) {
  const auto relative = context.environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const auto full = context.environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!relative && !full) return std::optional<Credentials>();
  HttpRequest request;
  request.url = relative ? "http://169.254.170.2" + *relative : *full;
  SPILLWAY_TRY(const Url url, parse_url(request.url));
  if (!may_be_asked(url)) {
    return make_error(Code::permission_denied, "net.credentials", "container",
                      "credentials are fetched over http from the loopback and the container "
                      "metadata addresses only");
  }
  std::string token = context.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
  if (const auto file = context.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    const auto read = read_small_file(*file, credential_answer_bytes_max);
    if (!read) {
      return make_error(Code::permission_denied, "net.credentials", "container",
                        "the authorization token file cannot be read");
    }
    token = read->substr(0, read->find_last_not_of("\r\n") + 1);
  }
  if (!token.empty()) request.headers.add("Authorization", token);
  SPILLWAY_TRY(const std::string json, ask(context, request, "container"));
  SPILLWAY_TRY(Credentials found, parse_credential_json(json, "Token", "container"));
  return std::optional(std::move(found));
}

MaybeCredentials from_instance(const SourceContext& context) {
  const auto disabled = context.environment("AWS_EC2_METADATA_DISABLED");
  if (disabled && ascii_lower(*disabled) == "true") return std::optional<Credentials>();
  std::string base =
      context.environment("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("http://169.254.169.254");
  while (base.ends_with('/')) base.pop_back();
  HttpRequest request;
  request.method = "PUT";
  request.url = base + "/latest/api/token";
  request.headers.add("X-aws-ec2-metadata-token-ttl-seconds", "21600");
  const Result<std::string> token = ask(context, request, "instance");
  // Nobody there: this is no instance. An answer that refuses is an error.
  if (token.has_error() && token.error().code != Code::permission_denied) {
    return std::optional<Credentials>();
  }
  if (token.has_error()) return token.error();
  request = {};
  request.headers.add("X-aws-ec2-metadata-token", token.value());
  const std::string path = base + "/latest/meta-data/iam/security-credentials/";
  request.url = path;
  SPILLWAY_TRY(const std::string roles, ask(context, request, "instance"));
  request.url = path + uri_encode(roles.substr(0, roles.find_first_of("\r\n")));
  SPILLWAY_TRY(const std::string json, ask(context, request, "instance"));
  SPILLWAY_TRY(Credentials found, parse_credential_json(json, "Token", "instance"));
  return std::optional(std::move(found));
}

}  // namespace spillway
