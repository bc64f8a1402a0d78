// Tokens are compared by their digests, in constant time.
#include "server/auth.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace spillway {
namespace {

constexpr std::size_t secret_bytes_min = 16;

Error denied(std::string detail) {
  return make_error(Code::permission_denied, "http.auth", "", std::move(detail));
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, std::min(host.find(']'), host.size() - 1) + 1);
  const std::size_t colon = host.find(':');
  // More than one colon: an IPv6 address without brackets, which has no port.
  if (colon != std::string_view::npos && host.find(':', colon + 1) != std::string_view::npos) {
    return host;
  }
  return host.substr(0, colon);
}

bool is_ipv4_loopback(std::string_view host) {
  if (!host.starts_with("127.")) return false;
  int dots = 0;
  for (const char c : host) {
    if (c == '.') {
      ++dots;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return dots == 3;
}

bool changes_something(std::string_view method) { return method != "GET" && method != "HEAD"; }

/// Does an Origin ("http://host:port") name the host that the request was sent to?
bool is_same_origin(std::string_view origin, std::string_view host) {
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && equals_ignoring_case(origin.substr(scheme + 3), host);
}

Result<std::string> admit_local(const Request& request) {
  const std::string_view host = request.header("host");
  if (!is_loopback_host(host)) {
    return denied("without tokens only requests to localhost or a loopback address are answered");
  }
  const std::string_view origin = request.header("origin");
  if (changes_something(request.method) && request.has_header("origin") &&
      !is_same_origin(origin, host)) {
    return denied("without tokens a page of another site may not change anything");
  }
  return std::string("local");
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  const std::string_view name = without_port(host);
  return equals_ignoring_case(name, "localhost") || name == "[::1]" || name == "::1" ||
         is_ipv4_loopback(name);
}

Result<std::vector<BearerToken>> parse_tokens(std::string_view text) {
  std::vector<BearerToken> tokens;
  std::size_t number = 0;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trim_blanks(line);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t colon = line.find(':');
    BearerToken token{.name = "token-" + std::to_string(number), .secret = std::string(line)};
    if (colon != std::string_view::npos) {
      token.name = trim_blanks(line.substr(0, colon));
      token.secret = trim_blanks(line.substr(colon + 1));
    }
    if (token.secret.size() < secret_bytes_min ||
        token.secret.find_first_of(" \t") != std::string::npos) {
      return make_error(Code::invalid_argument, "tokens.parse", "line " + std::to_string(number),
                        "a token must have 16 or more characters and no blanks: name:secret");
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

Authenticator::Authenticator(const std::vector<BearerToken>& tokens) {
  for (const BearerToken& token : tokens) entries_.push_back({token.name, sha256(token.secret)});
}

Result<std::string> Authenticator::admit(const Request& request, bool open) const {
  if (entries_.empty()) return admit_local(request);
  if (open) return std::string("anyone");
  constexpr std::string_view scheme = "bearer ";
  const std::string_view header = request.header("authorization");
  if (!equals_ignoring_case(header.substr(0, scheme.size()), scheme)) {
    return denied("a bearer token is needed: Authorization: Bearer …");
  }
  const Sha256 presented = sha256(trim_blanks(header.substr(scheme.size())));
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    const bool same = CRYPTO_memcmp(entry.digest.data(), presented.data(), presented.size()) == 0;
    if (same) found = &entry;
  }
  if (!found) return denied("this bearer token is not known here");
  return found->name;
}

}  // namespace spillway
