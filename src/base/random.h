// Identifiers that are never used twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace spillway {

/// `n` bytes from the operating system's generator (getrandom). Thread-safe. Aborts if it fails.
std::string random_bytes(std::size_t n);

/// 128 random bits as 32 hex digits: an attempt, a revision, a store.
std::string random_id();

/// 26 characters of Crockford base 32 (a ULID): 48 bits of milliseconds, then 80 random bits, so
/// that ids sort by time. Ids made by one process within a millisecond still ascend. Thread-safe.
std::string time_ordered_id();

}  // namespace spillway
