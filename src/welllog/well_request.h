// Understands "show log curves for WELL-001".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spillway {

/// The well whose logs `content` asks to see, spelled as asked; nullopt if it asks for something
/// else. Case does not matter: "Plot the logs of well X-1", "show me the log curves for 'A #1'".
/// Pure; any thread.
std::optional<std::string> requested_well(std::string_view content);

}  // namespace spillway
