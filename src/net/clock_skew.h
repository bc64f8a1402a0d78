// How far this machine's clock is from a server's, learned from the server's own Date.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "net/headers.h"

namespace spillway {

/// Unix milliseconds of an HTTP date (RFC 9110, section 5.6.7); nullopt if it is none.
std::optional<std::int64_t> parse_http_date(std::string_view text);

/// Unix milliseconds of "2026-11-23T10:41:41Z", to the second; nullopt for anything else.
std::optional<std::int64_t> parse_iso8601(std::string_view text);

/// The clock to sign by. Thread-safe. After a skew error (RequestTimeTooSkewed,
/// InvalidSignatureException, RequestExpired …) call learn() and, where it says true, sign again
/// once.
class SigningClock {
 public:
  /// Unix milliseconds, as the server sees them.
  std::int64_t now_millis() const;
  /// Takes the Date of a response. True if that moved this clock by more than a minute, so that
  /// signing again has a chance.
  bool learn(const HttpHeaders& headers);

 private:
  std::atomic<std::int64_t> offset_millis_{0};
};

}  // namespace spillway
