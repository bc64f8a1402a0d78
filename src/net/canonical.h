// The canonical request, string to sign and signing key of Signature Version 4. Source: AWS,
// "Create a signed AWS API request". Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "net/headers.h"
#include "net/secret.h"

namespace spillway {

struct SigningScope {
  std::string region;   ///< "eu-central-1"
  std::string service;  ///< "s3", "dynamodb"; "s3" alone has its paths encoded once
};

/// A request as it goes over the wire, as far as it is signed.
struct CanonicalInput {
  std::string method;
  std::string path;   ///< as spelled in the request line
  std::string query;  ///< as spelled, without '?' and without X-Amz-Signature
  HttpHeaders headers;
  std::vector<std::string> signed_headers;  ///< lower case, sorted
  std::string payload_hash;                 ///< hex, or UNSIGNED-PAYLOAD
};

/// nullopt where path or query hold a '%' without two hex digits.
std::optional<std::string> canonical_request(const CanonicalInput& input,
                                             const SigningScope& scope);

/// "20150830T123600Z" of Unix milliseconds, and back (nullopt for anything else).
std::string amz_date(std::int64_t unix_millis);
std::optional<std::int64_t> parse_amz_date(std::string_view text);

/// "20150830/us-east-1/s3/aws4_request"
std::string credential_scope(const std::string& date, const SigningScope& scope);

/// The signature in lower-case hex. `date` is an amz_date.
std::string signature_v4(const Secret& key, const std::string& date, const SigningScope& scope,
                         const std::string& canonical);

std::string join(const std::vector<std::string>& parts, char separator);

}  // namespace spillway
