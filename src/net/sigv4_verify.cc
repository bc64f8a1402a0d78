// Verifying signatures. One way in for both forms: what was presented is taken apart, checked
// against the rules, and the signature is computed again.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>

#include "net/sigv4.h"
#include "net/url.h"

namespace spillway {
namespace {

/// What a request claims.
struct Claim {
  std::string access_key_id;
  std::string scope;  ///< date/region/service/aws4_request
  std::string date;
  std::vector<std::string> signed_headers;
  std::string signature;
  std::string session_token;
  std::string payload_hash;
  std::string query;  ///< as signed
  std::chrono::seconds lifetime = std::chrono::seconds{0};
};

Error refuse(const char* why) { return make_error(Code::permission_denied, "net.verify", "", why); }

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// "AKID/20150830/us-east-1/s3/aws4_request" → id and scope.
bool take_credential(std::string_view text, Claim& claim) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0) return false;
  claim.access_key_id = std::string(text.substr(0, slash));
  claim.scope = std::string(text.substr(slash + 1));
  return true;
}

Result<Claim> claim_of_header(const ReceivedRequest& request, std::string_view query) {
  static constexpr std::string_view algorithm = "AWS4-HMAC-SHA256 ";
  const std::string header = *request.headers.find("authorization");
  if (request.headers.count("authorization") != 1) return refuse("two Authorization headers");
  if (!header.starts_with(algorithm)) return refuse("Authorization is not AWS4-HMAC-SHA256");
  std::map<std::string, std::string> parts;
  for (const std::string& part : split(std::string_view(header).substr(algorithm.size()), ',')) {
    const std::size_t begin = part.find_first_not_of(' ');
    const std::size_t equals = part.find('=');
    if (begin == std::string::npos || equals == std::string::npos || equals < begin ||
        !parts.emplace(part.substr(begin, equals - begin), part.substr(equals + 1)).second) {
      return refuse("the Authorization header is malformed");
    }
  }
  Claim claim;
  if (parts.size() != 3 || !take_credential(parts["Credential"], claim)) {
    return refuse("the Authorization header is malformed");
  }
  claim.signed_headers = split(parts["SignedHeaders"], ';');
  claim.signature = parts["Signature"];
  claim.date = request.headers.find("x-amz-date").value_or("");
  claim.session_token = request.headers.find("x-amz-security-token").value_or("");
  claim.query = std::string(query);
  const std::string digest = to_hex(request.body_digest);
  claim.payload_hash = request.headers.find("x-amz-content-sha256").value_or(digest);
  // UNSIGNED-PAYLOAD and the STREAMING-… modes are refused with any other wrong hash.
  if (claim.payload_hash != digest) return refuse("x-amz-content-sha256 is not that of the body");
  return claim;
}

/// Takes X-Amz-… parameters out of a presigned query; every one may stand once.
Result<Claim> claim_of_query(const ReceivedRequest& request, std::string_view query) {
  if (request.method != "GET") return refuse("a presigned URL is for GET");
  Claim claim;
  std::map<std::string, std::string> parts;
  for (const std::string& part : split(query, '&')) {
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto name = uri_decode(std::string_view(part).substr(0, equals));
    const auto value = uri_decode(std::string_view(part).substr(std::min(equals + 1, part.size())));
    if (!name || !value) return refuse("the query is malformed");
    if (ascii_lower(*name).starts_with("x-amz-") && !parts.emplace(*name, *value).second) {
      return refuse("an X-Amz- parameter stands twice");
    }
    if (*name == "X-Amz-Signature") continue;
    claim.query += (claim.query.empty() ? "" : "&") + part;
  }
  if (parts["X-Amz-Algorithm"] != "AWS4-HMAC-SHA256" ||
      !take_credential(parts["X-Amz-Credential"], claim)) {
    return refuse("the presigned query is malformed");
  }
  const std::string& expires = parts["X-Amz-Expires"];
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
  if (error != std::errc() || end != expires.data() + expires.size() || seconds < 1 ||
      seconds > presigned_lifetime_max.count()) {
    return refuse("X-Amz-Expires is missing or too long");
  }
  claim.lifetime = std::chrono::seconds(seconds);
  claim.signed_headers = split(parts["X-Amz-SignedHeaders"], ';');
  claim.signature = parts["X-Amz-Signature"];
  claim.date = parts["X-Amz-Date"];
  claim.session_token = parts["X-Amz-Security-Token"];
  claim.payload_hash = std::string(unsigned_payload);
  if (request.body_digest != sha256("")) return refuse("a presigned GET has no body");
  return claim;
}

bool has_amz_parameter(std::string_view query) {
  for (const std::string& part : split(query, '&')) {
    const std::string name = part.substr(0, part.find('='));
    if (ascii_lower(uri_decode(name).value_or(name)).starts_with("x-amz-")) return true;
  }
  return false;
}

Result<void> check_date(const Claim& claim, const SigningScope& scope, std::int64_t now_millis) {
  const auto date = parse_amz_date(claim.date);
  if (!date) return refuse("X-Amz-Date is missing or malformed");
  if (claim.scope != credential_scope(claim.date, scope)) {
    return refuse("signed for another date, region or service");
  }
  const std::int64_t skew = std::chrono::milliseconds(clock_skew_max).count();
  const std::int64_t age = now_millis - *date;
  if (age < -skew) return refuse("the signature's date is in the future");
  const std::int64_t age_max =
      claim.lifetime.count() == 0 ? skew : std::chrono::milliseconds(claim.lifetime).count();
  if (age > age_max) return refuse("the signature has expired");
  return ok();
}

Result<void> check_signed_headers(const Claim& claim, const HttpHeaders& headers) {
  const auto& names = claim.signed_headers;
  if (!std::is_sorted(names.begin(), names.end()) ||
      std::adjacent_find(names.begin(), names.end()) != names.end()) {
    return refuse("SignedHeaders are not in order");
  }
  if (headers.count("host") != 1) return refuse("one Host header is needed");
  if (!std::binary_search(names.begin(), names.end(), "host")) return refuse("host is not signed");
  for (const auto& field : headers.fields()) {
    const std::string name = ascii_lower(field.first);
    if (name.starts_with("x-amz-") && !std::binary_search(names.begin(), names.end(), name)) {
      return refuse("an x-amz- header is not signed");
    }
  }
  for (const std::string& name : names) {
    if (headers.count(name) == 0) return refuse("a signed header is missing");
  }
  return ok();
}

}  // namespace

Result<std::string> verify(const ReceivedRequest& request, const SigningScope& scope,
                           const CredentialLookup& lookup, std::int64_t now_millis) {
  const std::size_t mark = std::min(request.target.find('?'), request.target.size());
  const std::string_view query =
      std::string_view(request.target).substr(std::min(mark + 1, request.target.size()));
  const bool by_header = request.headers.count("authorization") > 0;
  const bool by_query = has_amz_parameter(query);
  if (by_header && by_query) return refuse("authenticated by header and by query at once");
  if (!by_header && !by_query) return refuse("the request is not signed");
  SPILLWAY_TRY(const Claim claim,
               by_header ? claim_of_header(request, query) : claim_of_query(request, query));
  SPILLWAY_TRY(check_date(claim, scope, now_millis));
  SPILLWAY_TRY(check_signed_headers(claim, request.headers));
  const std::optional<Credentials> credentials = lookup(claim.access_key_id);
  const auto canonical =
      canonical_request({request.method, request.target.substr(0, mark), claim.query,
                         request.headers, claim.signed_headers, claim.payload_hash},
                        scope);
  if (!canonical) return refuse("the request line is malformed");
  // An unknown key costs the same work as a known one, and gets the same answer.
  const Secret key = credentials ? credentials->secret_access_key : Secret("unknown");
  const bool same_signature =
      equal_in_constant_time(signature_v4(key, claim.date, scope, *canonical), claim.signature);
  const bool same_token = credentials && equal_in_constant_time(credentials->session_token.reveal(),
                                                                claim.session_token);
  if (!credentials || !same_signature || !same_token) return refuse("the signature does not match");
  return claim.access_key_id;
}

}  // namespace spillway
