// Canonicalisation and the key derivation of Signature Version 4.
#include "net/canonical.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "net/url.h"

namespace spillway {
namespace {

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::string mac(32, '\0');
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(mac.data()), &size) == nullptr) {
    std::abort();  // out of memory inside OpenSSL: no signature may be made up
  }
  return mac;
}

/// RFC 3986, section 5.2.4, and empty segments dropped, as every service but S3 wants it.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  const bool slash_at_end = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string normal;
  for (const std::string_view segment : kept) normal.append("/").append(segment);
  if (normal.empty() || slash_at_end) normal += '/';
  return normal;
}

std::optional<std::string> canonical_path(const std::string& path, const SigningScope& scope) {
  if (scope.service != "s3") return uri_encode(without_dot_segments(path), true);
  // S3 keys may hold "..", "//" and anything else: each byte is encoded exactly once.
  const std::optional<std::string> decoded = uri_decode(path);
  if (!decoded) return std::nullopt;
  return uri_encode(*decoded, true);
}

std::optional<std::string> canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto name = uri_decode(part.substr(0, equals));
    const auto value = uri_decode(part.substr(std::min(equals + 1, part.size())));
    if (!name || !value) return std::nullopt;
    pairs.emplace_back(uri_encode(*name), uri_encode(*value));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (!text.empty()) text += '&';
    text += name + "=" + value;
  }
  return text;
}

/// Without blanks around it; runs of blanks inside become one.
std::string trimmed(std::string_view value) {
  std::string out;
  bool blank = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t') {
      blank = !out.empty();
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    out += c;
  }
  return out;
}

std::string canonical_headers(const CanonicalInput& input) {
  std::string text;
  for (const std::string& name : input.signed_headers) {
    std::string values;
    for (const auto& [field, value] : input.headers.fields()) {
      if (ascii_lower(field) != name) continue;
      if (!values.empty()) values += ',';
      values += trimmed(value);
    }
    text += name + ":" + values + "\n";
  }
  return text;
}

}  // namespace

std::string join(const std::vector<std::string>& parts, char separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

std::optional<std::string> canonical_request(const CanonicalInput& input,
                                             const SigningScope& scope) {
  const auto path = canonical_path(input.path, scope);
  const auto query = canonical_query(input.query);
  if (!path || !query) return std::nullopt;
  return input.method + "\n" + *path + "\n" + *query + "\n" + canonical_headers(input) + "\n" +
         join(input.signed_headers, ';') + "\n" + input.payload_hash;
}

std::string amz_date(std::int64_t unix_millis) {
  const std::time_t seconds = static_cast<std::time_t>(unix_millis / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[80];
  std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc);
  return text;
}

std::optional<std::int64_t> parse_amz_date(std::string_view text) {
  std::tm utc{};
  const std::string owned(text);
  if (strptime(owned.c_str(), "%Y%m%dT%H%M%SZ", &utc) == nullptr) return std::nullopt;
  const std::int64_t millis = static_cast<std::int64_t>(timegm(&utc)) * 1000;
  if (amz_date(millis) != text) return std::nullopt;  // strptime forgives blanks and short fields
  return millis;
}

std::string credential_scope(const std::string& date, const SigningScope& scope) {
  return date.substr(0, 8) + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

std::string signature_v4(const Secret& key, const std::string& date, const SigningScope& scope,
                         const std::string& canonical) {
  const std::string to_sign = "AWS4-HMAC-SHA256\n" + date + "\n" + credential_scope(date, scope) +
                              "\n" + to_hex(sha256(canonical));
  const Secret first("AWS4" + key.reveal());
  const Secret of_day(hmac_sha256(first.reveal(), date.substr(0, 8)));
  const Secret of_region(hmac_sha256(of_day.reveal(), scope.region));
  const Secret of_service(hmac_sha256(of_region.reveal(), scope.service));
  const Secret signing(hmac_sha256(of_service.reveal(), "aws4_request"));
  return to_hex(hmac_sha256(signing.reveal(), to_sign));
}

}  // namespace spillway
