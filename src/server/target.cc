// Percent-decoding.
#include "server/target.h"

#include "artifact/ids.h"

namespace spillway {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Error broken(std::string detail) {
  return make_error(Code::invalid_argument, "http.target", "", std::move(detail));
}

Result<std::string> decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return broken("the address has a % that is not followed by two hex digits");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (!is_utf8(out) || out.find('\0') != std::string::npos) {
    return broken("the address does not decode to UTF-8 text");
  }
  return out;
}

/// What follows scheme and authority of the absolute form.
std::string_view origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t path = target.find('/', scheme.size());
    return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  return target;
}

Result<NameValues> parse_query(std::string_view query) {
  NameValues values;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    SPILLWAY_TRY(auto name, decode(pair.substr(0, equals), true));
    std::string value;
    if (equals != std::string_view::npos) {
      SPILLWAY_TRY(value, decode(pair.substr(equals + 1), true));
    }
    for (const NameValue& former : values) {
      if (former.first == name) return broken("the query names " + name + " twice");
    }
    values.emplace_back(std::move(name), std::move(value));
  }
  return values;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  target = origin_form(target);
  if (target.empty() || target.front() != '/') return broken("the address must start with /");
  const std::size_t mark = target.find('?');
  std::string_view path = target.substr(1, mark == std::string_view::npos ? mark : mark - 1);
  Target parsed;
  while (true) {
    const std::size_t slash = path.find('/');
    SPILLWAY_TRY(auto segment, decode(path.substr(0, slash), false));
    parsed.segments.push_back(std::move(segment));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  if (mark != std::string_view::npos) {
    SPILLWAY_TRY(parsed.query, parse_query(target.substr(mark + 1)));
  }
  return parsed;
}

std::string_view path_of(std::string_view target) {
  target = origin_form(target);
  return target.substr(0, target.find('?'));
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace spillway
