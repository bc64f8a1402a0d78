// The checks of the selftest.
#pragma once

#include <span>

#include "cli/selftest_session.h"

namespace spillway {

struct SelftestCase {
  const char* name;
  Result<void> (*run)(SelftestSession&);
};

/// On the stores as they are configured.
std::span<const SelftestCase> selftest_cases();
/// On the same stores while the object store takes nothing.
std::span<const SelftestCase> selftest_fallback_cases();

}  // namespace spillway
