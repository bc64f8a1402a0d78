// Where the data are and how they are kept: flag, then environment, then file, then default.
#pragma once

#include <map>
#include <string>

#include "spillway/error.h"
#include "spillway/items.h"
#include "spillway/sessions.h"

namespace spillway {

/// What was given as flags; empty: not given.
struct Flags {
  std::string config, data, to, token_file;
  std::map<std::string, std::string> server;  ///< by the names of server_settings(), "tokens-file"
  bool json = false, quiet = false;
};

/// Either `to` (a server) or `stores`.
struct Settings {
  std::string to;     ///< "http://127.0.0.1:8000"; empty: the stores here
  std::string token;  ///< for `to`; never printed
  std::string data;   ///< the data directory
  ItemsConfig stores;
  MessageTable messages;
  std::map<std::string, std::string> server;  ///< by the names of server_settings()
};

/// Environment: SPILLWAY_CONFIG, SPILLWAY_DATA, SPILLWAY_TO, SPILLWAY_TOKEN, SPILLWAY_LISTEN and so
/// on for each setting of the server. The file is --config, or ./spillway.toml where there is one;
/// docs/CLI.md lists its keys. Errors: invalid_argument for an unknown key, a wrong type, or --data
/// together with --to; not_found for a file that is named and missing.
Result<Settings> read_settings(const Flags& flags);

}  // namespace spillway
