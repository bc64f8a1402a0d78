// The sources of credentials one by one. Each returns nullopt where it is not configured. Private
// to net.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/credentials.h"

namespace spillway {

/// What a source may ask.
struct SourceContext {
  HttpTransport& transport;
  const Environment& environment;
  Deadline deadline;
};
using MaybeCredentials = Result<std::optional<Credentials>>;

inline constexpr std::size_t credential_answer_bytes_max = 64 * 1024;

MaybeCredentials from_environment(const Environment& environment);
/// STS AssumeRoleWithWebIdentity (an unsigned request; the token is the proof).
MaybeCredentials from_web_identity(const SourceContext& context, const ProfileSettings& profile);
/// Keys, or the output of credential_process. Errors: unsupported for profiles that assume roles
/// through another profile or sign in (SSO).
MaybeCredentials from_profile(const SourceContext& context, const ProfileSettings& profile);
/// ECS and EKS. http only to the loopback and to their two addresses.
MaybeCredentials from_container(const SourceContext& context);
/// EC2, IMDSv2 only: version 1 answers anyone who can make the machine send a GET.
MaybeCredentials from_instance(const SourceContext& context);

/// The JSON that containers, instances and processes answer with; `token_name` is "Token" or
/// "SessionToken". Errors: permission_denied, without any of the text.
Result<Credentials> parse_credential_json(std::string_view json, std::string_view token_name,
                                          const std::string& source);

/// What a shell command prints, up to credential_answer_bytes_max; stopped at the deadline.
Result<std::string> output_of(const std::string& command, Deadline deadline);

}  // namespace spillway
