// Keys as file names, attributes as text.
#include "object/filesystem/codec.h"

#include <algorithm>

namespace spillway {

namespace {

constexpr std::size_t name_bytes_max = 240;  // NAME_MAX is 255; the rest is for the suffix
constexpr std::size_t fan_out_bytes = 2;     // of a key's third level: 256 directories for hex
constexpr int directory_levels = 2;          // store and table
constexpr std::string_view object_suffix = ".o", attributes_suffix = ".a",
                           continuation_suffix = ".c";

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

std::string escape(char c) {
  static constexpr char digits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'%', digits[byte >> 4], digits[byte & 15]};
}

/// One byte of a key in a name. ',' stands for '/': shorter than %2F, and names stay readable.
std::string in_name(char c) {
  if (is_plain(c)) return std::string(1, c);
  return c == '/' ? "," : escape(c);
}

std::optional<std::string> unescape(std::string_view text) {
  const auto nibble = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      bytes += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = nibble(text[i + 1]), low = nibble(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return bytes;
}

/// `part` as names of at most name_bytes_max each: all but the last are continuations.
std::vector<std::string> names_of(std::string_view part) {
  std::vector<std::string> names(1);
  for (const char c : part) {
    const std::string piece = in_name(c);
    if (names.back().size() + piece.size() > name_bytes_max) {
      names.back() += continuation_suffix;
      names.emplace_back();
    }
    names.back() += piece;
  }
  return names;
}

}  // namespace

ObjectPath object_path(const ObjectKey& key) {
  ObjectPath path;
  std::string_view rest = key;
  const auto descend = [&](std::size_t n) {
    for (std::string& name : names_of(rest.substr(0, n))) {
      path.directories.push_back(std::move(name));
    }
    rest.remove_prefix(n);
  };
  int level = 0;
  for (; level < directory_levels; ++level) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) break;
    descend(slash + 1);
  }
  if (level == directory_levels && rest.size() > fan_out_bytes) descend(fan_out_bytes);

  std::vector<std::string> names = names_of(rest);
  path.object = names.back() + std::string(object_suffix);
  path.attributes = names.back() + std::string(attributes_suffix);
  names.pop_back();
  for (std::string& name : names) path.directories.push_back(std::move(name));
  return path;
}

std::optional<ObjectName> parse_object_name(std::string_view name) {
  ObjectName parsed{ObjectName::Kind::directory, ""};
  if (name.ends_with(object_suffix)) {
    parsed.kind = ObjectName::Kind::object;
    name.remove_suffix(object_suffix.size());
  } else if (name.ends_with(continuation_suffix)) {
    parsed.kind = ObjectName::Kind::continuation;
    name.remove_suffix(continuation_suffix.size());
  }
  std::string slashes(name);
  std::replace(slashes.begin(), slashes.end(), ',', '/');
  std::optional<std::string> part = unescape(slashes);
  if (!part) return std::nullopt;
  std::string spelling;
  for (const char c : *part) spelling += in_name(c);
  if (spelling != name) return std::nullopt;  // whoever made it, it was not object_path
  parsed.part = std::move(*part);
  return parsed;
}

Result<std::string> format_attributes(const ObjectAttributes& attributes) {
  std::string text;
  const auto line = [&](std::string_view name, std::string_view value) {
    text += name;
    text += ": ";
    for (const char c : value)
      text += c == '%' || c == '\n' || c == '\r' ? escape(c) : std::string(1, c);
    text += '\n';
  };
  const ObjectAttributes defaults;
  if (attributes.content_type != defaults.content_type) {
    line("content-type", attributes.content_type);
  }
  if (!attributes.content_encoding.empty()) line("content-encoding", attributes.content_encoding);
  for (const auto& [name, value] : attributes.metadata) {
    const auto printable = [](char c) { return c > ' ' && c < 0x7f && c != ':'; };
    if (name.empty() || !std::all_of(name.begin(), name.end(), printable)) {
      return make_error(Code::invalid_argument, "object.put", name,
                        "names of metadata are printable ASCII without spaces and colons");
    }
    line("meta-" + name, value);
  }
  if (text.size() <= object_attributes_bytes_max) return text;
  return make_error(Code::invalid_argument, "object.put", "",
                    "type, encoding and metadata take " + std::to_string(text.size()) +
                        " bytes; at most " + std::to_string(object_attributes_bytes_max) + " fit");
}

Result<ObjectAttributes> parse_attributes(std::string_view text) {
  const auto corrupt = [] {
    return make_error(Code::corrupt, "object.head", "", "its file of attributes cannot be read");
  };
  ObjectAttributes attributes;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const std::size_t colon = line.find(": ");
    if (end == std::string_view::npos || colon == std::string_view::npos) return corrupt();
    const std::string_view name = line.substr(0, colon);
    std::optional<std::string> value = unescape(line.substr(colon + 2));
    if (!value) return corrupt();
    if (name == "content-type") {
      attributes.content_type = *value;
    } else if (name == "content-encoding") {
      attributes.content_encoding = *value;
    } else if (name.starts_with("meta-")) {
      attributes.metadata[std::string(name.substr(5))] = *value;
    } else {
      return corrupt();
    }
    text.remove_prefix(end + 1);
  }
  return attributes;
}

}  // namespace spillway
