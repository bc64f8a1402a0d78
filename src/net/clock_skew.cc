// The clock to sign by.
#include "net/clock_skew.h"

#include <curl/curl.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "base/clock.h"

namespace spillway {

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  const time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
  if (seconds < 0) return std::nullopt;
  return static_cast<std::int64_t>(seconds) * 1000;
}

std::optional<std::int64_t> parse_iso8601(std::string_view text) {
  std::tm utc{};
  const std::string owned(text);
  const char* rest = strptime(owned.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  if (rest == nullptr) return std::nullopt;
  if (*rest == '.') {
    ++rest;
    while (*rest >= '0' && *rest <= '9') ++rest;  // a fraction of a second changes nothing
  }
  const std::string zone = rest;
  if (zone != "Z" && zone != "+00:00") return std::nullopt;
  return static_cast<std::int64_t>(timegm(&utc)) * 1000;
}

std::int64_t SigningClock::now_millis() const { return unix_millis() + offset_millis_.load(); }

bool SigningClock::learn(const HttpHeaders& headers) {
  constexpr std::int64_t worth_signing_again_millis = 60'000;
  const std::optional<std::string> date = headers.find("date");
  const std::optional<std::int64_t> server = date ? parse_http_date(*date) : std::nullopt;
  if (!server) return false;
  const std::int64_t offset = *server - unix_millis();
  const std::int64_t old = offset_millis_.exchange(offset);
  return std::llabs(offset - old) > worth_signing_again_millis;
}

}  // namespace spillway
