// Who may ask: bearer tokens (RFC 6750), or anyone on this machine's own pages where there are
// none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "server/http.h"

namespace spillway {

struct BearerToken {
  std::string name;    ///< the principal, for logs and as owner of idempotency keys
  std::string secret;  ///< never logged
};

/// "127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost": the loopback, with or without a port.
bool is_loopback_host(std::string_view host);

/// Reads "name:secret" lines; blank lines and lines with # are skipped. A line without a name gets
/// "token-N". Errors: invalid_argument for a secret under 16 bytes or with blanks in it.
Result<std::vector<BearerToken>> parse_tokens(std::string_view text);

/// Keeps digests only. Immutable; any thread.
class Authenticator {
 public:
  explicit Authenticator(const std::vector<BearerToken>& tokens);

  /// The principal, or permission_denied. With tokens, one of them must be presented unless `open`.
  /// Without tokens the request must name the loopback as its host (a page elsewhere that rebinds
  /// its name does not) and, to change something, must not come from another site's page.
  Result<std::string> admit(const Request& request, bool open) const;
  bool has_tokens() const { return !entries_.empty(); }

 private:
  struct Entry {
    std::string name;
    Sha256 digest;
  };
  std::vector<Entry> entries_;
};

}  // namespace spillway
