// Signature Version 4: signing what we send and verifying what we receive. Sources: AWS, "Create a
// signed AWS API request"; "Authenticating Requests: Using Query Parameters" (S3).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/digest.h"
#include "net/canonical.h"
#include "net/http_request.h"
#include "net/secret.h"

namespace spillway {

struct Credentials {
  std::string access_key_id;
  Secret secret_access_key = {};
  Secret session_token = {};                        ///< empty for long-lived keys
  std::optional<std::int64_t> expires_millis = {};  ///< Unix time; nullopt: never
  std::string source = {};                          ///< where they were found, for people
};

inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";
inline constexpr std::chrono::seconds presigned_lifetime_max{300};
inline constexpr std::chrono::seconds clock_skew_max{300};

/// Adds Host, X-Amz-Date, X-Amz-Security-Token, for S3 X-Amz-Content-Sha256, and Authorization, in
/// place of any that stand there, so that a retry signs the same request anew. Signs every header
/// set by then except those that proxies change. `payload_hash`: the body's SHA-256 in hex, or
/// unsigned_payload. Errors: invalid_argument for a URL that cannot be signed.
Result<void> sign(HttpRequest& request, const Credentials& credentials, const SigningScope& scope,
                  std::string_view payload_hash, std::int64_t now_millis);

/// The URL with a query that lets its bearer GET it, and nothing else, for `lifetime` (1 s to
/// `lifetime_max`; else invalid_argument). It holds no secret key, but is one while it
/// lasts: never log it.
Result<std::string> presign_get(const std::string& url, const Credentials& credentials,
                                const SigningScope& scope, std::chrono::seconds lifetime,
                                std::int64_t now_millis,
                                std::chrono::seconds lifetime_max = presigned_lifetime_max);

/// A request as our own endpoint received it.
struct ReceivedRequest {
  std::string method;
  std::string target;  ///< path and query as spelled in the request line
  HttpHeaders headers;
  Sha256 body_digest;  ///< of the whole body as received: nothing may take effect before
};

/// The credentials of an access key id; nullopt for an unknown one. Thread-safe.
using CredentialLookup = std::function<std::optional<Credentials>(std::string_view access_key_id)>;

/// The access key id that signed `request`, by header or by presigned query. Demands: this scope;
/// a date within clock_skew_max; `host` and every x-amz-* header signed; a payload hash that is the
/// body's (or unsigned_payload in a presigned GET that lives at most presigned_lifetime_max).
/// Errors: permission_denied for all else, above all for header and query authentication together
/// and for other payload modes; the detail never repeats what was presented.
Result<std::string> verify(const ReceivedRequest& request, const SigningScope& scope,
                           const CredentialLookup& lookup, std::int64_t now_millis);

}  // namespace spillway
