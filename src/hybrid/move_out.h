// Moves values out that stayed in their items because the object store could not take them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hybrid/core.h"

namespace spillway {

struct MovedOut {
  std::uint64_t values = 0;      ///< that became objects; a pack counts once
  Item before, after;            ///< with handles; empty where nothing moved
  std::optional<Error> refused;  ///< the object store's: it still takes nothing
};

/// Rewrites one item so that no value in it is a fallback any more: an ordinary write on the
/// revision that was read, with an attempt of its own. An item that is gone, or changes so that it
/// has none, is done as well. The errors are the item store's; nothing is changed then.
Result<MovedOut> move_fallbacks_out(Core& core, const std::string& table, const Item& key,
                                    Deadline deadline);

}  // namespace spillway
