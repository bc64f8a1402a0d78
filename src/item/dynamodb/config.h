// What the URL of a DynamoDB store says.
#pragma once

#include <string>
#include <string_view>

#include "spillway/error.h"

namespace spillway {

inline constexpr std::string_view dynamodb_scheme = "dynamodb://";

/// Empty: from the environment or the profile, as resolve_endpoint() and CredentialSettings say.
struct DynamoConfig {
  std::string region;
  std::string endpoint;
  std::string profile;
  std::string table_prefix;  ///< put before every table's name; answers come without it
  std::string ca_file;       ///< instead of the system's authorities
};

/// Parses "dynamodb://REGION?endpoint=…&profile=…&prefix=…&ca_file=…", values percent-encoded where
/// they hold '&', '%' or '#'. invalid_argument for anything else, saying what is known.
Result<DynamoConfig> parse_dynamodb_url(std::string_view url);

}  // namespace spillway
