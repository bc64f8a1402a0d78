// Taking s3:// URLs apart.
#include "object/s3/config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <vector>

#include "net/url.h"
#include "object/object_key.h"

namespace spillway {
namespace {

constexpr std::string_view scheme = "s3://";
constexpr std::size_t prefix_bytes_max = 256;  // of the 1,024 of a key
constexpr std::size_t tags_max = 10;           // User Guide, "Categorizing your storage using tags"
constexpr std::size_t tag_name_bytes_max = 128;
constexpr std::size_t tag_value_bytes_max = 256;

Error wrong(std::string detail) {
  return make_error(Code::invalid_argument, "object.open", "s3 URL", std::move(detail));
}

/// Splits at every `separator`; an empty text has no parts.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool is_bucket_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  return name.size() >= 3 && name.size() <= 63 && std::all_of(name.begin(), name.end(), letter);
}

/// Directory buckets list in no order, which a sweep relies on.
bool is_directory_bucket(std::string_view name) { return name.ends_with("--x-s3"); }

Result<std::string> parse_prefix(std::string_view spelled) {
  std::optional<std::string> prefix = uri_decode(spelled);
  if (!prefix || !is_utf8(*prefix)) {
    return wrong("the prefix must be percent-encoded UTF-8");
  }
  while (prefix->ends_with('/')) prefix->pop_back();
  if (prefix->starts_with('/')) return wrong("the prefix must not begin with '/'");
  if (prefix->size() > prefix_bytes_max) {
    return wrong("the prefix has " + std::to_string(prefix->size()) + " bytes; at most " +
                 std::to_string(prefix_bytes_max) + " leave room for keys");
  }
  if (!prefix->empty()) *prefix += '/';
  return *std::move(prefix);
}

Result<std::string> one_of(const std::string& name, std::string value,
                           std::initializer_list<std::string_view> known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return value;
  std::string list;
  for (const std::string_view word : known) list.append(list.empty() ? "" : ", ").append(word);
  return wrong(name + " is one of " + list);
}

Result<AddressStyle> parse_style(const std::string& value) {
  SPILLWAY_TRY(one_of("style", value, {"path", "virtual"}));
  return value == "path" ? AddressStyle::path : AddressStyle::virtual_host;
}

/// "team=geo&env=prod", spelled anew.
Result<std::string> parse_tags(const std::string& value) {
  std::map<std::string, std::string> tags;
  for (const std::string_view part : split(value, '&')) {
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto name = uri_decode(part.substr(0, equals));
    const auto text = uri_decode(part.substr(std::min(equals + 1, part.size())));
    const bool good = name && text && !name->empty() && name->size() <= tag_name_bytes_max &&
                      text->size() <= tag_value_bytes_max && is_utf8(*name) && is_utf8(*text);
    if (!good || !tags.emplace(*name, *text).second) {
      return wrong(
          "tags are name=value, joined by '&' and percent-encoded as a whole, as in "
          "tags=team%3Dgeo%26env%3Dprod; each name once, at most 128 and 256 bytes");
    }
  }
  if (tags.size() > tags_max) return wrong("S3 keeps at most 10 tags an object");
  std::string spelled;
  for (const auto& [name, text] : tags) {
    spelled += (spelled.empty() ? "" : "&") + uri_encode(name) + "=" + uri_encode(text);
  }
  return spelled;
}

Result<std::uint64_t> parse_part_bytes(const std::string& value) {
  std::uint64_t bytes = 0;
  const char* end = value.data() + value.size();
  const auto [stopped, failed] = std::from_chars(value.data(), end, bytes);
  if (failed != std::errc() || stopped != end || bytes < part_bytes_least ||
      bytes > part_bytes_most) {
    return wrong("part_bytes is a number from " + std::to_string(part_bytes_least) + " to " +
                 std::to_string(part_bytes_most));
  }
  return bytes;
}

Result<void> set_parameter(S3Config& config, const std::string& name, std::string value) {
  if (name == "endpoint") {
    config.endpoint.url = std::move(value);
  } else if (name == "region") {
    config.endpoint.region = std::move(value);
  } else if (name == "profile") {
    config.profile = std::move(value);
  } else if (name == "style") {
    SPILLWAY_TRY(config.style, parse_style(value));
  } else if (name == "sse") {
    SPILLWAY_TRY(config.sse, one_of(name, std::move(value), {"AES256", "aws:kms"}));
  } else if (name == "kms_key") {
    config.kms_key = std::move(value);
  } else if (name == "storage_class") {
    // Archive classes are left out: what lies there cannot be read back at once.
    SPILLWAY_TRY(config.storage_class,
                 one_of(name, std::move(value),
                        {"STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING",
                         "GLACIER_IR", "REDUCED_REDUNDANCY"}));
  } else if (name == "tags") {
    SPILLWAY_TRY(config.tags, parse_tags(value));
  } else if (name == "ca_file") {
    config.ca_file = std::move(value);
  } else if (name == "part_bytes") {
    SPILLWAY_TRY(config.part_bytes, parse_part_bytes(value));
  } else {
    return wrong(
        "known parameters are endpoint, region, profile, style, sse, kms_key, "
        "storage_class, tags, ca_file and part_bytes");
  }
  return ok();
}

Result<void> parse_query(std::string_view query, S3Config& config) {
  for (const std::string_view part : split(query, '&')) {
    const std::size_t equals = part.find('=');
    const std::string name(part.substr(0, equals));
    std::optional<std::string> value =
        equals == std::string_view::npos ? std::nullopt : uri_decode(part.substr(equals + 1));
    const bool plain = value && !value->empty() &&
                       std::none_of(value->begin(), value->end(),
                                    [](unsigned char c) { return c < ' ' || c == 0x7f; });
    if (!plain) return wrong("parameters are name=value, percent-encoded, and not empty");
    SPILLWAY_TRY(set_parameter(config, name, *std::move(value)));
  }
  return ok();
}

}  // namespace

Result<S3Config> parse_s3_url(const std::string& url) {
  std::string_view rest = url;
  if (!rest.starts_with(scheme)) return wrong("it begins with s3://");
  rest.remove_prefix(scheme.size());
  const std::size_t query = std::min(rest.find('?'), rest.size());
  const std::string_view place = rest.substr(0, query);
  const std::size_t slash = std::min(place.find('/'), place.size());
  S3Config config;
  config.bucket = place.substr(0, slash);
  if (config.bucket.find_first_of("@:") != std::string::npos) {
    return wrong(
        "credentials are never part of the URL: set AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or name a profile");
  }
  if (!is_bucket_name(config.bucket)) {
    return wrong("s3:// is followed by the name of a bucket: 3 to 63 letters, digits, '-', '.'");
  }
  if (is_directory_bucket(config.bucket)) {
    return wrong("directory buckets (S3 Express) are not supported: they list in no order");
  }
  SPILLWAY_TRY(config.prefix, parse_prefix(place.substr(std::min(slash + 1, place.size()))));
  SPILLWAY_TRY(parse_query(rest.substr(std::min(query + 1, rest.size())), config));
  if (!config.kms_key.empty() && config.sse != "aws:kms") {
    return wrong("kms_key needs sse=aws:kms");
  }
  return config;
}

}  // namespace spillway
