// The shared configuration files.
#include "net/aws_config.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "net/headers.h"

namespace spillway {
namespace {

constexpr std::size_t config_bytes_max = 1 << 20;

std::string trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

/// "[profile x]" → "x"; other sections of a config file ("sso-session", "services") → "".
std::string section_name(std::string_view header, bool is_config) {
  const std::string name = trim(header.substr(1, header.find(']') - 1));
  if (!is_config || name == "default") return name;
  return name.starts_with("profile ") ? trim(name.substr(8)) : "";
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

std::optional<std::string> read_small_file(const std::string& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(bytes_max, '\0');
  file.read(text.data(), static_cast<std::streamsize>(bytes_max));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::map<std::string, ProfileSettings> parse_profiles(std::string_view text, bool is_config) {
  std::map<std::string, ProfileSettings> profiles;
  ProfileSettings* profile = nullptr;
  std::string parent;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::string content = trim(line);
    if (content.empty() || content[0] == '#' || content[0] == ';') continue;
    if (content[0] == '[') {
      const std::string name = section_name(content, is_config);
      profile = name.empty() ? nullptr : &profiles[name];
      parent.clear();
      continue;
    }
    const std::size_t equals = content.find('=');
    if (profile == nullptr || equals == std::string::npos) continue;
    const std::string name = ascii_lower(trim(content.substr(0, equals)));
    std::string value = trim(content.substr(equals + 1));
    // A comment in a value's line starts after a blank.
    if (const std::size_t comment = value.find(" #"); comment != std::string::npos) {
      value = trim(value.substr(0, comment));
    }
    const bool nested = (line[0] == ' ' || line[0] == '\t') && !parent.empty();
    if (!nested) parent = value.empty() ? name : "";
    (*profile)[nested ? parent + "." + name : name] = value;
  }
  return profiles;
}

Result<ProfileSettings> load_profile(const std::string& profile, const Environment& environment) {
  const std::string name =
      !profile.empty() ? profile : environment("AWS_PROFILE").value_or("default");
  const std::string home = environment("HOME").value_or("") + "/.aws/";
  const auto read = [&](const char* variable, const char* file) {
    const std::string path = environment(variable).value_or(home + file);
    return read_small_file(path, config_bytes_max).value_or("");
  };
  auto config = parse_profiles(read("AWS_CONFIG_FILE", "config"), true);
  auto credentials = parse_profiles(read("AWS_SHARED_CREDENTIALS_FILE", "credentials"), false);
  if (name != "default" && !config.contains(name) && !credentials.contains(name)) {
    return make_error(Code::invalid_argument, "net.profile", name,
                      "no such profile in the AWS configuration files");
  }
  ProfileSettings settings = std::move(credentials[name]);
  settings.merge(config[name]);  // what the credentials file says stays
  return settings;
}

}  // namespace spillway
