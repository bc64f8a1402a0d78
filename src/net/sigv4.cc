// Signing requests with Signature Version 4.
#include "net/sigv4.h"

#include <algorithm>
#include <array>

#include "net/url.h"

namespace spillway {
namespace {

constexpr std::string_view op = "net.sign";

/// Headers that are set or changed on the way, by libcurl or by proxies.
bool is_signed_header(const std::string& lower_name) {
  static constexpr std::array<std::string_view, 7> unsigned_names = {
      "authorization", "connection",        "content-length", "expect",
      "user-agent",    "transfer-encoding", "x-amzn-trace-id"};
  return std::find(unsigned_names.begin(), unsigned_names.end(), lower_name) ==
         unsigned_names.end();
}

std::vector<std::string> names_to_sign(const HttpHeaders& headers) {
  std::vector<std::string> names;
  for (const auto& field : headers.fields()) {
    std::string name = ascii_lower(field.first);
    if (is_signed_header(name)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Error malformed() {
  return make_error(Code::invalid_argument, std::string(op), "",
                    "path or query hold a '%' that two hex digits do not follow");
}

}  // namespace

Result<void> sign(HttpRequest& request, const Credentials& credentials, const SigningScope& scope,
                  std::string_view payload_hash, std::int64_t now_millis) {
  SPILLWAY_TRY(const Url url, parse_url(request.url));
  const std::string date = amz_date(now_millis);
  HttpHeaders& headers = request.headers;
  headers.set("Host", url.authority);
  headers.set("X-Amz-Date", date);
  headers.remove("Authorization");
  headers.remove("X-Amz-Security-Token");
  if (!credentials.session_token.empty()) {
    headers.add("X-Amz-Security-Token", credentials.session_token.reveal());
  }
  if (scope.service == "s3") headers.set("X-Amz-Content-Sha256", std::string(payload_hash));
  const CanonicalInput input{
      request.method,           url.path, url.query, headers, names_to_sign(headers),
      std::string(payload_hash)};
  const auto canonical = canonical_request(input, scope);
  if (!canonical) return malformed();
  headers.add(
      "Authorization",
      "AWS4-HMAC-SHA256 Credential=" + credentials.access_key_id + "/" +
          credential_scope(date, scope) + ", SignedHeaders=" + join(input.signed_headers, ';') +
          ", Signature=" + signature_v4(credentials.secret_access_key, date, scope, *canonical));
  return ok();
}

Result<std::string> presign_get(const std::string& text, const Credentials& credentials,
                                const SigningScope& scope, std::chrono::seconds lifetime,
                                std::int64_t now_millis, std::chrono::seconds lifetime_max) {
  if (lifetime.count() < 1 || lifetime > lifetime_max) {
    return make_error(
        Code::invalid_argument, std::string(op), "",
        "a presigned URL lives 1 to " + std::to_string(lifetime_max.count()) + " seconds");
  }
  SPILLWAY_TRY(Url url, parse_url(text));
  const std::string date = amz_date(now_millis);
  const auto add = [&](const std::string& name, const std::string& value) {
    url.query += (url.query.empty() ? "" : "&") + name + "=" + uri_encode(value);
  };
  add("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
  add("X-Amz-Credential", credentials.access_key_id + "/" + credential_scope(date, scope));
  add("X-Amz-Date", date);
  add("X-Amz-Expires", std::to_string(lifetime.count()));
  if (!credentials.session_token.empty()) {
    add("X-Amz-Security-Token", credentials.session_token.reveal());
  }
  add("X-Amz-SignedHeaders", "host");
  const HttpHeaders headers{{"host", url.authority}};
  const CanonicalInput input{"GET",   url.path, url.query,
                             headers, {"host"}, std::string(unsigned_payload)};
  const auto canonical = canonical_request(input, scope);
  if (!canonical) return malformed();
  add("X-Amz-Signature", signature_v4(credentials.secret_access_key, date, scope, *canonical));
  return url.text();
}

}  // namespace spillway
