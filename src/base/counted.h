// Counts in sentences.
#pragma once

#include <cstdint>
#include <string>

namespace spillway {

/// "1 row", "2 rows"
inline std::string counted(std::uint64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

}  // namespace spillway
