// Reads one number out of StoreUsage.
#pragma once

#include <optional>

#include "spillway/usage.h"

namespace spillway {

/// How many calls of `operation` ended so; `failure` nullopt: those that succeeded.
inline std::uint64_t calls(const StoreUsage& usage, StoreUsage::Operation operation,
                           std::optional<Code> failure = std::nullopt) {
  for (const StoreUsage::Calls& one : usage.snapshot().calls)
    if (one.operation == operation && one.failure == failure) return one.count;
  return 0;
}

}  // namespace spillway
