// Parsing the URL of a DynamoDB store.
#include "item/dynamodb/config.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "net/url.h"

namespace spillway {
namespace {

using Setting = std::pair<std::string_view, std::string DynamoConfig::*>;
constexpr std::array<Setting, 4> settings = {{{"endpoint", &DynamoConfig::endpoint},
                                              {"profile", &DynamoConfig::profile},
                                              {"prefix", &DynamoConfig::table_prefix},
                                              {"ca_file", &DynamoConfig::ca_file}}};

// A table's own name has 3 characters at least, out of 255.
constexpr std::size_t prefix_bytes_max = 252;

Error refused(const std::string& detail) {
  return make_error(Code::invalid_argument, "item.open", std::string(dynamodb_scheme), detail);
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

Result<void> take_setting(DynamoConfig& config, std::string_view part) {
  const std::size_t equals = part.find('=');
  const std::string_view name = part.substr(0, equals);
  const auto* setting = std::find_if(settings.begin(), settings.end(),
                                     [&](const Setting& known) { return known.first == name; });
  if (setting == settings.end() || equals == std::string_view::npos) {
    return refused("'" + std::string(name) +
                   "' is no setting; known are endpoint=, profile=, prefix= and ca_file=");
  }
  const std::optional<std::string> value = uri_decode(part.substr(equals + 1));
  if (!value || value->empty()) {
    return refused("the setting '" + std::string(name) + "' has no value that can be read");
  }
  std::string& target = config.*(setting->second);
  if (!target.empty()) return refused("the setting '" + std::string(name) + "' stands twice");
  target = *value;
  return ok();
}

}  // namespace

Result<DynamoConfig> parse_dynamodb_url(std::string_view url) {
  if (!url.starts_with(dynamodb_scheme)) return refused("the URL does not begin so");
  url.remove_prefix(dynamodb_scheme.size());
  const std::size_t question = url.find('?');
  DynamoConfig config;
  config.region = url.substr(0, question);
  if (!std::all_of(config.region.begin(), config.region.end(),
                   [](char c) { return is_plain(c) && c != '.' && c != '_'; })) {
    return refused("a region follows, such as eu-central-1, or nothing: then AWS_REGION counts");
  }
  std::string_view rest = question == std::string_view::npos ? "" : url.substr(question + 1);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    SPILLWAY_TRY(take_setting(config, rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const std::string& prefix = config.table_prefix;
  if (prefix.size() > prefix_bytes_max || !std::all_of(prefix.begin(), prefix.end(), is_plain)) {
    return refused("a prefix of tables is at most 252 characters out of a-z, A-Z, 0-9, _ - .");
  }
  return config;
}

}  // namespace spillway
