// URLs as AWS uses them: taking them apart and percent-encoding (RFC 3986).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spillway/error.h"

namespace spillway {

/// scheme://authority path ? query. Path and query stay as they are spelled.
struct Url {
  std::string scheme;     ///< "http" or "https"
  std::string authority;  ///< host and, where it is not the scheme's own, port; lower case
  std::string path;       ///< "/" at least
  std::string query;      ///< without "?"

  /// The host without port and brackets.
  std::string host() const;
  std::string text() const;
};

/// Errors: invalid_argument for another scheme, user names and passwords, fragments, blanks and
/// control characters. The error does not repeat the query.
Result<Url> parse_url(std::string_view text);

/// Every byte but A–Z a–z 0–9 - . _ ~ as %XX (upper case), as AWS's UriEncode demands; '/' stays
/// where `keep_slash`.
std::string uri_encode(std::string_view bytes, bool keep_slash = false);

/// Undoes it once; '+' stays '+'. nullopt for a '%' without two hex digits.
std::optional<std::string> uri_decode(std::string_view text);

/// "localhost", 127.0.0.0/8, "::1".
bool is_loopback(std::string_view host);

}  // namespace spillway
