// Reads spillway.toml strictly: an unknown key is a mistake that would otherwise go unnoticed.
#include "cli/settings.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include "server/server.h"
#include "spillway/spillway.h"

namespace spillway {
namespace {

constexpr const char* op = "settings";
constexpr const char* default_file = "spillway.toml";
constexpr const char* default_data = "spillway-data";
/// The tokens themselves never stand on a command line, where other users could see them.
constexpr std::string_view tokens_setting = "tokens", tokens_file_setting = "tokens-file";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Error wrong(const std::string& subject, const std::string& detail) {
  return make_error(Code::invalid_argument, op, subject, detail);
}

Result<std::string> read_text_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return make_error(Code::not_found, op, path, "cannot be read; check the path and permissions");
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// One table of the file: takes known keys out of it and complains about the rest.
class Section {
 public:
  Section(const toml::table* table, std::string name) : table_(table), name_(std::move(name)) {}

  template <class T, class Target>
  Result<void> take(const char* key, Target& target) {
    known_.insert(key);
    const toml::node* node = table_ ? table_->get(key) : nullptr;
    if (!node) return ok();
    const auto value = node->value_exact<T>();
    if (!value) return wrong(name_ + key, "has the wrong type; docs/CLI.md shows an example");
    target = static_cast<Target>(*value);
    return ok();
  }

  Result<void> take_count(const char* key, std::uint64_t& target) {
    std::int64_t value = static_cast<std::int64_t>(target);
    SPILLWAY_TRY(take<std::int64_t>(key, value));
    if (value < 0) return wrong(name_ + key, "must not be negative");
    target = static_cast<std::uint64_t>(value);
    return ok();
  }

  /// A text, or a number as a text that reads back as the same number.
  Result<void> take_text(const char* key, std::string& target) {
    const toml::node* node = table_ ? table_->get(key) : nullptr;
    if (node && node->is_floating_point()) {
      double decimal = 0;
      SPILLWAY_TRY(take<double>(key, decimal));
      std::array<char, 32> text{};
      target.assign(text.data(),
                    std::to_chars(text.data(), text.data() + text.size(), decimal).ptr);
      return ok();
    }
    if (!node || !node->is_integer()) return take<std::string>(key, target);
    std::int64_t number = 0;
    SPILLWAY_TRY(take<std::int64_t>(key, number));
    target = std::to_string(number);
    return ok();
  }

  Result<Section> section(const char* key) {
    known_.insert(key);
    const toml::node* node = table_ ? table_->get(key) : nullptr;
    if (node && !node->is_table())
      return wrong(name_ + key, "must be a [" + name_ + key + "] table");
    return Section(node ? node->as_table() : nullptr, name_ + key + ".");
  }

  /// Does the file have it?
  bool present() const { return table_ != nullptr; }

  Result<void> no_other_keys() const {
    if (!table_) return ok();
    for (const auto& [key, value] : *table_) {
      if (!known_.contains(std::string(key.str()))) {
        return wrong(name_ + std::string(key.str()),
                     "unknown key; docs/CLI.md lists those there are");
      }
    }
    return ok();
  }

 private:
  const toml::table* table_;  // nullptr: the file does not have it
  std::string name_;
  std::set<std::string> known_;
};

/// The server's settings as flags spell them; a file of tokens takes the place of the tokens.
std::vector<std::string> server_names() {
  std::vector<std::string> names{std::string(tokens_file_setting)};
  for (const ServerSetting& setting : server_settings()) {
    if (setting.name != tokens_setting) names.emplace_back(setting.name);
  }
  return names;
}

/// "uploads-max" with another separator.
std::string spelled(std::string name, char separator) {
  std::replace(name.begin(), name.end(), '-', separator);
  return name;
}

/// "uploads-max" as SPILLWAY_UPLOADS_MAX.
std::string environment_name(const std::string& name) {
  std::string upper = "SPILLWAY_" + spelled(name, '_');
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

/// What the file says; empty: nothing.
struct FileSettings {
  std::string data, to, token_file, items, objects;
  std::map<std::string, std::string> server;
  SpillPolicy policy;
  MessageTable messages;
};

/// The library tells by exception what does not parse.
Result<toml::table> parse_toml(const std::string& text, const std::string& path) {
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return wrong(path + ":" + std::to_string(error.source().begin.line),
                 std::string(error.description()));
  }
}

/// A table of messages that is there already; whether it fits is seen when it is opened.
Result<MessageTable> parse_messages(Section& top) {
  MessageTable messages;
  SPILLWAY_TRY(auto section, top.section("messages"));
  const std::pair<const char*, std::string*> names[] = {{"table", &messages.table},
                                                        {"index", &messages.index},
                                                        {"id", &messages.id},
                                                        {"session", &messages.session},
                                                        {"role", &messages.role},
                                                        {"content", &messages.content},
                                                        {"created_at", &messages.created_at},
                                                        {"updated_at", &messages.updated_at},
                                                        {"artifacts", &messages.artifacts}};
  for (const auto& [key, target] : names) {
    SPILLWAY_TRY(section.take<std::string>(key, *target));
  }
  SPILLWAY_TRY(auto roles, section.section("roles"));
  for (const char* role : {"user", "assistant", "system", "tool"}) {
    std::string theirs;
    SPILLWAY_TRY(roles.take<std::string>(role, theirs));
    if (!theirs.empty()) messages.roles[role] = theirs;
  }
  SPILLWAY_TRY(roles.no_other_keys());
  SPILLWAY_TRY(section.no_other_keys());
  if (section.present() && messages.table.empty()) {
    return wrong("messages.table", "name the table that [messages] describes");
  }
  return messages;
}

Result<FileSettings> parse_file(const std::string& path) {
  SPILLWAY_TRY(const auto text, read_text_file(path));
  SPILLWAY_TRY(const toml::table table, parse_toml(text, path));
  FileSettings file;
  Section top(&table, "");
  SPILLWAY_TRY(top.take<std::string>("data", file.data));
  SPILLWAY_TRY(top.take<std::string>("to", file.to));
  SPILLWAY_TRY(top.take<std::string>("token_file", file.token_file));
  SPILLWAY_TRY(auto server, top.section("server"));
  for (const std::string& name : server_names()) {
    SPILLWAY_TRY(server.take_text(spelled(name, '_').c_str(), file.server[name]));
  }
  SPILLWAY_TRY(server.no_other_keys());
  SPILLWAY_TRY(auto stores, top.section("stores"));
  SPILLWAY_TRY(stores.take<std::string>("items", file.items));
  SPILLWAY_TRY(stores.take<std::string>("objects", file.objects));
  SPILLWAY_TRY(stores.no_other_keys());
  SPILLWAY_TRY(auto spill, top.section("spill"));
  SPILLWAY_TRY(spill.take_count("threshold_bytes", file.policy.threshold_bytes));
  SPILLWAY_TRY(spill.take_count("low_water_bytes", file.policy.low_water_bytes));
  SPILLWAY_TRY(spill.take_count("value_bytes_min", file.policy.value_bytes_min));
  SPILLWAY_TRY(spill.take<bool>("raw_encoding", file.policy.raw_encoding));
  SPILLWAY_TRY(spill.no_other_keys());
  SPILLWAY_TRY(file.messages, parse_messages(top));
  SPILLWAY_TRY(top.no_other_keys());
  return file;
}

Result<FileSettings> find_file(const Flags& flags) {
  std::string path = flags.config.empty() ? environment("SPILLWAY_CONFIG") : flags.config;
  if (path.empty() && std::filesystem::exists(default_file)) path = default_file;
  if (path.empty()) return FileSettings{};
  return parse_file(path);
}

Result<void> choose_server(const Flags& flags, const FileSettings& file, Settings& settings) {
  for (const std::string& name : server_names()) {
    const auto flag = flags.server.find(name);
    const auto in_file = file.server.find(name);
    std::string value = flag == flags.server.end() ? "" : flag->second;
    if (value.empty()) value = environment(environment_name(name).c_str());
    if (value.empty() && in_file != file.server.end()) value = in_file->second;
    if (value.empty()) continue;
    if (name == tokens_file_setting) {
      SPILLWAY_TRY(settings.server[std::string(tokens_setting)], read_text_file(value));
    } else {
      settings.server[name] = value;
    }
  }
  return ok();
}

/// What one source (flags, environment, file) says of where the data are; empty: nothing.
struct Source {
  std::string data, items, objects, to;
  const char* data_name;  ///< how it spells `data`, for errors
  const char* to_name;
};

/// A store's URL, and which source named it.
struct Choice {
  std::string value;
  std::size_t source = SIZE_MAX;
};

Choice first_that_names(const std::vector<Source>& sources, std::string Source::*member) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!(sources[i].*member).empty()) return {sources[i].*member, i};
  }
  return {};
}

/// A directory that nothing would be kept in, because both stores are named by themselves, is a
/// mistake; not so where the stores come from a source that wins over it.
Result<void> check_data_is_used(const Source& source, const Choice& data, const Choice& items,
                                const Choice& objects) {
  const bool elsewhere = items.source != SIZE_MAX && objects.source != SIZE_MAX;
  if (!elsewhere || data.source > std::min(items.source, objects.source)) return ok();
  return wrong(std::string(source.data_name) + " " + data.value,
               "would not be used: the stores are " + items.value.substr(0, items.value.find('?')) +
                   " and " + objects.value.substr(0, objects.value.find('?')) +
                   "; leave one or the other out");
}

/// The first source that names a place decides whether it is a server or stores here. Each store
/// and the directory then come from the first source that names them.
Result<void> choose_place(const Flags& flags, const FileSettings& file, Settings& settings) {
  const std::vector<Source> sources = {
      {flags.data, flags.items, flags.objects, flags.to, "--data", "--to"},
      {environment("SPILLWAY_DATA"), environment("SPILLWAY_ITEMS"), environment("SPILLWAY_OBJECTS"),
       environment("SPILLWAY_TO"), "SPILLWAY_DATA", "SPILLWAY_TO"},
      {file.data, file.items, file.objects, file.to, "data", "to"}};
  for (const Source& source : sources) {
    const bool stores = !source.data.empty() || !source.items.empty() || !source.objects.empty();
    if (!stores && source.to.empty()) continue;
    if (stores && !source.to.empty()) {
      return wrong(std::string(source.to_name) + " together with a directory or stores",
                   "are two places; give one");
    }
    settings.to = source.to;
    break;
  }
  const Choice data = first_that_names(sources, &Source::data);
  settings.data = data.value.empty() ? default_data : data.value;
  settings.stores = embedded_config(settings.data);
  if (!settings.to.empty()) return ok();
  const Choice items = first_that_names(sources, &Source::items);
  const Choice objects = first_that_names(sources, &Source::objects);
  if (!data.value.empty()) {
    SPILLWAY_TRY(check_data_is_used(sources[data.source], data, items, objects));
  }
  if (!items.value.empty()) settings.stores.items_url = items.value;
  if (!objects.value.empty()) settings.stores.objects_url = objects.value;
  return ok();
}

Result<void> choose_token(const Flags& flags, const FileSettings& file, Settings& settings) {
  settings.token = flags.token_file.empty() ? environment("SPILLWAY_TOKEN") : "";
  const std::string path = flags.token_file.empty() ? file.token_file : flags.token_file;
  if (!settings.token.empty() || path.empty()) return ok();
  SPILLWAY_TRY(settings.token, read_text_file(path));
  settings.token.erase(settings.token.find_last_not_of(" \t\r\n") + 1);
  return ok();
}

}  // namespace

bool is_remote_items(const ItemsConfig& stores) {
  return !stores.items_url.starts_with("embedded://");
}

bool is_remote_objects(const ItemsConfig& stores) {
  return !stores.objects_url.starts_with("file://");
}

std::int64_t default_retention_millis(const ItemsConfig& stores) {
  constexpr std::int64_t hour_millis = 3600 * 1000;
  return is_remote_items(stores) ? 24 * hour_millis : hour_millis;
}

Result<Settings> read_settings(const Flags& flags) {
  SPILLWAY_TRY(const auto file, find_file(flags));
  Settings settings;
  SPILLWAY_TRY(choose_place(flags, file, settings));
  SPILLWAY_TRY(choose_token(flags, file, settings));
  settings.stores.policy = file.policy;
  settings.messages = file.messages;
  SPILLWAY_TRY(choose_server(flags, file, settings));
  return settings;
}

}  // namespace spillway
