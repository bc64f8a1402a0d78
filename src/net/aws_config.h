// Settings as the AWS SDKs read them: environment variables and the shared configuration files.
// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "spillway/error.h"

namespace spillway {

/// The value of an environment variable; nullopt where it is unset or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// One profile: names in lower case; nested settings as "s3.addressing_style".
using ProfileSettings = std::map<std::string, std::string>;

/// Reads an INI file as the SDKs do: "[default]", "[profile x]" (`is_config`) or "[x]".
std::map<std::string, ProfileSettings> parse_profiles(std::string_view text, bool is_config);

/// The profile in use: `profile` if not empty, else AWS_PROFILE, else "default", from
/// AWS_CONFIG_FILE (~/.aws/config) and AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials, which
/// wins). Files that are missing are empty. Errors: invalid_argument for a profile named that
/// neither holds.
Result<ProfileSettings> load_profile(const std::string& profile, const Environment& environment);

/// At most `bytes_max` of a small file (a token, a configuration); nullopt where there is none.
std::optional<std::string> read_small_file(const std::string& path, std::size_t bytes_max);

}  // namespace spillway
