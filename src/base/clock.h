// Wall clock time. Deadlines are in spillway/deadline.h.
#pragma once

#include <cstdint>
#include <string>

namespace spillway {

/// Milliseconds since 1970-01-01 UTC.
std::int64_t unix_millis();

/// "2026-11-23T10:41:41.123Z" (RFC 3339, UTC).
std::string rfc3339(std::int64_t unix_millis);

}  // namespace spillway
