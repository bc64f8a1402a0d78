// Where credentials come from, in AWS's order, and keeping them fresh. Source: AWS SDKs and Tools
// Reference Guide, "Standardized credential providers".
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "net/aws_config.h"
#include "net/http_transport.h"
#include "net/sigv4.h"
#include "spillway/deadline.h"

namespace spillway {

/// What the sources need.
struct CredentialSettings {
  std::optional<Credentials> given;  ///< explicit: nothing else is asked
  std::string profile;               ///< empty: AWS_PROFILE or "default"
  Environment environment = process_environment();
};

/// The first source of the chain that is configured: given, environment, web identity, profile
/// (keys, credential_process, web identity), container endpoint, instance metadata (IMDSv2). A
/// source that is configured and fails ends the search with its error. Errors: permission_denied if
/// none is configured, saying what was looked for; never any part of a secret.
Result<Credentials> find_credentials(HttpTransport& transport, const CredentialSettings& settings,
                                     Deadline deadline);

/// Keeps credentials and gets new ones before they expire. Thread-safe.
class CredentialCache {
 public:
  /// Refreshed this long before they expire; used until they do if refreshing fails.
  static constexpr std::int64_t refresh_before_millis = 5 * 60 * 1000;

  CredentialCache(HttpTransport& transport, CredentialSettings settings);

  /// One thread at a time refreshes; the others wait for it only if there is nothing to use yet.
  Result<Credentials> get(Deadline deadline);
  /// Forgets them (after ExpiredToken or InvalidClientTokenId), so that get() asks the source anew.
  void forget();

 private:
  HttpTransport& transport_;
  const CredentialSettings settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Credentials> current_;
  bool refreshing_ = false;
};

}  // namespace spillway
