// The HTTP server as the command line starts it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/auth.h"
#include "server/limits.h"
#include "server/prices.h"
#include "spillway/spillway.h"

namespace spillway {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8000;        ///< 0: any free one
  std::vector<BearerToken> tokens;  ///< none: only the loopback is served
  ServerLimits limits;
  std::chrono::milliseconds sweep_interval{600'000};  ///< 0: no sweeps
  SweepOptions sweep;
  Prices prices;
  /// Called once the server listens, with the port.
  std::function<void(std::uint16_t port)> on_listening = [](std::uint16_t) {};
};

/// Reads "127.0.0.1:8000", "[::1]:8000", "localhost:0" into address and port.
Result<void> set_listen(ServerOptions& options, std::string_view listen);

/// A setting that flags, environment and configuration file share.
struct ServerSetting {
  std::string_view name;  ///< "header-deadline-ms"
  std::string_view help;
  Result<void> (*set)(ServerOptions&, std::string_view value);
};
std::span<const ServerSetting> server_settings();

/// Sets one by name. Errors: not_found for an unknown name, invalid_argument for a bad value.
Result<void> set_server_option(ServerOptions& options, std::string_view name,
                               std::string_view value);

/// Serves until SIGTERM or SIGINT, then drains: running requests finish, idle connections close,
/// and it returns. Sweeps now and then. Refuses, with permission_denied, to listen beyond the
/// loopback without tokens. Other errors: unavailable when the address cannot be had.
Result<void> serve(Spillway& spillway, const ServerOptions& options);

}  // namespace spillway
