// Credentials from the environment, web identity tokens and profiles.
#include "net/credential_sources.h"

#include "net/clock_skew.h"
#include "net/endpoint.h"
#include "net/url.h"

namespace spillway {
namespace {

std::string setting(const ProfileSettings& profile, const std::string& name) {
  const auto found = profile.find(name);
  return found == profile.end() ? "" : found->second;
}

Error half_a_pair(const std::string& source) {
  return make_error(Code::permission_denied, "net.credentials", source,
                    "an access key id and a secret access key belong together; one is missing");
}

/// The text of the first <name> element; STS's values hold no entities.
std::string element(std::string_view xml, const std::string& name) {
  const std::string open = "<" + name + ">";
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return "";
  const std::size_t text = begin + open.size();
  const std::size_t end = xml.find("</" + name + ">", text);
  return end == std::string_view::npos ? "" : std::string(xml.substr(text, end - text));
}

}  // namespace

MaybeCredentials from_environment(const Environment& environment) {
  const auto id = environment("AWS_ACCESS_KEY_ID");
  const auto secret = environment("AWS_SECRET_ACCESS_KEY");
  if (!id && !secret) return std::optional<Credentials>();
  if (!id || !secret) return half_a_pair("environment");
  Credentials found{*id, Secret(*secret)};
  found.session_token = Secret(environment("AWS_SESSION_TOKEN").value_or(""));
  return std::optional(std::move(found));
}

MaybeCredentials from_web_identity(const SourceContext& context, const ProfileSettings& profile) {
  const auto pick = [&](const char* variable, const char* name) {
    return profile.empty() ? context.environment(variable).value_or("") : setting(profile, name);
  };
  const std::string file = pick("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
  const std::string role = pick("AWS_ROLE_ARN", "role_arn");
  if (file.empty() || role.empty()) return std::optional<Credentials>();
  const std::string session = pick("AWS_ROLE_SESSION_NAME", "role_session_name");
  const auto read = read_small_file(file, credential_answer_bytes_max);
  if (!read) {
    return make_error(Code::permission_denied, "net.credentials", "web identity",
                      "the token file cannot be read");
  }
  const Secret token(*read);
  SPILLWAY_TRY(const Endpoint endpoint, resolve_endpoint("sts", {}, profile, context.environment));
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint.url + "/";
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" + uri_encode(role) +
                 "&RoleSessionName=" + uri_encode(session.empty() ? "spillway" : session) +
                 "&WebIdentityToken=" + uri_encode(token.reveal());
  SPILLWAY_TRY(const HttpResponse answer,
               context.transport.send(request, credential_answer_bytes_max, context.deadline));
  const std::string id = element(answer.body, "AccessKeyId");
  const auto expires = parse_iso8601(element(answer.body, "Expiration"));
  if (answer.status != 200 || id.empty() || !expires) {
    return make_error(
        answer.status >= 500 ? Code::unavailable : Code::permission_denied, "net.credentials",
        "web identity",
        "STS answered " + std::to_string(answer.status) + " " + element(answer.body, "Code"));
  }
  return std::optional(Credentials{id, Secret(element(answer.body, "SecretAccessKey")),
                                   Secret(element(answer.body, "SessionToken")), expires});
}

MaybeCredentials from_profile(const SourceContext& context, const ProfileSettings& profile) {
  const std::string id = setting(profile, "aws_access_key_id");
  const std::string secret = setting(profile, "aws_secret_access_key");
  if (!id.empty() || !secret.empty()) {
    if (id.empty() || secret.empty()) return half_a_pair("profile");
    Credentials found{id, Secret(secret)};
    found.session_token = Secret(setting(profile, "aws_session_token"));
    return std::optional(std::move(found));
  }
  if (const std::string command = setting(profile, "credential_process"); !command.empty()) {
    SPILLWAY_TRY(const std::string json, output_of(command, context.deadline));
    SPILLWAY_TRY(Credentials found,
                 parse_credential_json(json, "SessionToken", "credential_process"));
    return std::optional(std::move(found));
  }
  for (const char* name : {"source_profile", "credential_source", "sso_session", "sso_start_url"}) {
    if (!setting(profile, name).empty()) {
      return make_error(Code::unsupported, "net.credentials", "profile",
                        std::string(name) +
                            " is not read here; use credential_process = aws configure "
                            "export-credentials --profile …");
    }
  }
  return std::optional<Credentials>();
}

}  // namespace spillway
