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
  std::string config, data, items, objects, to, token_file;
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

/// Does this store live in the data directory's process, or in a service that outlives it?
bool is_remote_items(const ItemsConfig& stores);    ///< dynamodb://…
bool is_remote_objects(const ItemsConfig& stores);  ///< s3://…

/// How long a sweep keeps superseded objects unless it is told: an hour for slow readers; a day in
/// front of DynamoDB, whose streams still show the item of before.
std::int64_t default_retention_millis(const ItemsConfig& stores);

/// Environment: SPILLWAY_CONFIG, SPILLWAY_DATA, SPILLWAY_ITEMS, SPILLWAY_OBJECTS, SPILLWAY_TO,
/// SPILLWAY_TOKEN, SPILLWAY_LISTEN and so on for each setting of the server. The file is --config,
/// or ./spillway.toml where there is one; docs/CLI.md lists its keys. Errors: invalid_argument for
/// an unknown key, a wrong type, places that exclude each other (--to with stores, --data where
/// both stores are elsewhere); not_found for a file that is named and missing.
Result<Settings> read_settings(const Flags& flags);

}  // namespace spillway
