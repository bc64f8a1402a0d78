// Taking URLs apart and percent-encoding.
#include "net/url.h"

#include <arpa/inet.h>

#include <algorithm>

#include "net/headers.h"

namespace spillway {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_unreserved(unsigned char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string Url::host() const {
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.find(':'));
}

std::string Url::text() const {
  return scheme + "://" + authority + path + (query.empty() ? "" : "?" + query);
}

Result<Url> parse_url(std::string_view text) {
  const auto wrong = [&](const char* why) {
    return make_error(Code::invalid_argument, "net.url", "", why);
  };
  const bool bad_byte = std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return c <= ' ' || c == 0x7f || c == '#' || c == '\\';
  });
  if (bad_byte) return wrong("a URL holds no blanks, control characters, '#' or backslashes");
  Url url;
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return wrong("a URL starts with http:// or https://");
  url.scheme = ascii_lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") return wrong("only http and https are spoken");
  text.remove_prefix(scheme_end + 3);
  const std::size_t authority_end = std::min(text.find_first_of("/?"), text.size());
  url.authority = ascii_lower(text.substr(0, authority_end));
  if (url.authority.find('@') != std::string::npos) return wrong("a URL names no user here");
  if (url.host().empty()) return wrong("the URL names no host");
  // What signers and servers agree on: the scheme's own port is not spelled in Host.
  const std::string own_port = url.scheme == "https" ? ":443" : ":80";
  if (url.authority.ends_with(own_port) && !url.authority.ends_with(']')) {
    url.authority.resize(url.authority.size() - own_port.size());
  }
  text.remove_prefix(authority_end);
  const std::size_t path_end = std::min(text.find('?'), text.size());
  url.path = path_end == 0 ? "/" : std::string(text.substr(0, path_end));
  if (path_end < text.size()) url.query = std::string(text.substr(path_end + 1));
  return url;
}

std::string uri_encode(std::string_view bytes, bool keep_slash) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(bytes.size());
  for (const unsigned char c : bytes) {
    if (is_unreserved(c) || (keep_slash && c == '/')) {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += digits[c >> 4];
      out += digits[c & 15];
    }
  }
  return out;
}

std::optional<std::string> uri_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  in_addr address{};  // "127.evil.example" is a name, so the whole text must be an address
  return inet_pton(AF_INET, std::string(host).c_str(), &address) == 1 &&
         (ntohl(address.s_addr) >> 24) == 127;
}

}  // namespace spillway
