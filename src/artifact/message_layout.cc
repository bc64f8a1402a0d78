// Both layouts of messages, side by side.
#include "artifact/message_layout.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "artifact/ids.h"
#include "artifact/json_inspector.h"
#include "artifact/limits.h"
#include "base/clock.h"
#include "dynamo/reserved_words.h"

namespace spillway {
namespace {

constexpr const char* revision_name = "revision";

Error wrong(const std::string& key, const std::string& detail) {
  return make_error(Code::invalid_argument, "messages.open", "messages." + key, detail);
}

TableDescription own_table() {
  TableDescription table;
  table.name = messages_table;
  table.keys = {{"session", KeyType::string}, KeyAttribute{"id", KeyType::string}};
  return table;
}

Path path_of(const std::string& dotted) {
  Path path;
  for (std::size_t from = 0; from <= dotted.size();) {
    const std::size_t end = std::min(dotted.find('.', from), dotted.size());
    path.emplace_back(dotted.substr(from, end - from));
    from = end + 1;
  }
  return path;
}

Result<void> check_names(const MessageTable& mapping) {
  const Path content = path_of(mapping.content);
  for (const PathStep& step : content) {
    if (std::get<std::string>(step).empty()) {
      return wrong("content", "an attribute's name, or names with dots between: \"content.text\"");
    }
  }
  const std::pair<const char*, std::string> attributes[] = {
      {"id", mapping.id},
      {"session", mapping.session},
      {"role", mapping.role},
      {"created_at", mapping.created_at},
      {"updated_at", mapping.updated_at},
      {"content", std::get<std::string>(content.front())},
      {"artifacts", mapping.artifacts}};
  std::set<std::string> names;
  for (const auto& [key, name] : attributes) {
    if (name.empty()) return wrong(key, "an attribute's name, which may not be empty");
    if (!names.insert(name).second) {
      return wrong(key, "the attribute " + name +
                            " has two meanings; every part of a message needs one of its own");
    }
  }
  return ok();
}

Result<void> check_roles(const MessageTable& mapping) {
  std::set<std::string> theirs;
  for (const std::string_view role : message_roles) {
    const std::string ours(role);
    const auto found = mapping.roles.find(ours);
    const std::string& there = found == mapping.roles.end() ? ours : found->second;
    if (there.empty() || !theirs.insert(there).second) {
      return wrong("roles." + ours, "every role needs a name of its own in the table");
    }
  }
  for (const auto& [ours, there] : mapping.roles) {
    if (std::ranges::count(message_roles, ours) > 0) continue;
    return wrong("roles." + ours, "a role is user, assistant, system or tool");
  }
  return ok();
}

std::string described(const KeySchema& keys) {
  const auto text = [](const KeyAttribute& attribute) {
    constexpr std::array<const char*, 3> types{" (S)", " (N)", " (B)"};
    return attribute.name + types[static_cast<std::size_t>(attribute.type)];
  };
  return text(keys.partition) + (keys.sort ? " and " + text(*keys.sort) : "");
}

bool is_string(const KeyAttribute& attribute, const std::string& name) {
  return attribute.name == name && attribute.type == KeyType::string;
}

/// May the name stand in an expression as it is?
bool stands_bare(const std::string& name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return letter(name.front()) && std::ranges::all_of(name, letter) && !is_reserved_word(name);
}

/// A time of change other than the one that was read.
std::string next_time(const std::optional<AttributeValue>& before) {
  const std::int64_t now = unix_millis();
  const std::string time = rfc3339(now);
  return before == AttributeValue(time) ? rfc3339(now + 1) : time;
}

AttributeValue next_revision(const std::optional<AttributeValue>& before) {
  const auto* digits = before ? before->as<Number>() : nullptr;
  std::int64_t revision = 0;
  if (digits) {
    std::from_chars(digits->text.data(), digits->text.data() + digits->text.size(), revision);
  }
  return number(revision + 1);
}

/// The position in "artifacts[2]" when `list` is "artifacts"; nullopt when it is another path.
std::optional<std::size_t> position_in(const std::string& path, const std::string& list) {
  if (!path.starts_with(list + "[") || !path.ends_with("]")) return std::nullopt;
  std::size_t position = 0;
  const char* end = path.data() + path.size() - 1;
  const auto [stop, failure] = std::from_chars(path.data() + list.size() + 1, end, position);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return position;
}

}  // namespace

std::string text_at(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  const auto* text = found == map.end() ? nullptr : found->second.as<std::string>();
  return text ? *text : std::string();
}

TextLabels labels_of_text(const std::string& text) {
  const auto labels = inspect_json(text);
  if (!labels) return {text_media_type, {}, {}};
  return {json_media_type, labels.value().type, labels.value().name};
}

Result<void> check_mapping(const MessageTable& mapping, const TableDescription& table) {
  SPILLWAY_TRY(check_names(mapping));
  SPILLWAY_TRY(check_roles(mapping));
  if (table.keys.sort || !is_string(table.keys.partition, mapping.id)) {
    return wrong("id", "the key of " + mapping.table + " is " + described(table.keys) +
                           "; set id to the name of its partition key, which must be a string (S) "
                           "without a sort key");
  }
  std::string others;
  for (const IndexDescription& index : table.indexes) {
    const KeySchema& keys = index.keys;
    const bool fits = is_string(keys.partition, mapping.session) && keys.sort &&
                      is_string(*keys.sort, mapping.created_at);
    if (fits && index.name == mapping.index) return ok();
    others += (others.empty() ? "" : ", ") + index.name + " by " + described(keys);
  }
  return wrong("index", "set index to one of " + mapping.table + " with the partition key " +
                            mapping.session + " (S) and the sort key " + mapping.created_at +
                            " (S), or session and created_at to the keys of one; the table has " +
                            (others.empty() ? "no index" : others));
}

Result<MessageLayout> MessageLayout::open(Items& items, const MessageTable& table,
                                          Deadline deadline) {
  if (table.table.empty()) {
    const auto made = items.administer(CreateTable{own_table()}, deadline);
    if (!made && made.error().code != Code::conflict) return made.error();
    return MessageLayout(table);
  }
  const auto found = items.administer(DescribeTable{table.table}, deadline);
  if (!found && found.error().code == Code::not_found) {
    return wrong("table", "there is no table " + table.table +
                              " there; set table to one that exists, or leave [messages] out: "
                              "then Spillway makes one of its own");
  }
  if (!found) return found.error();
  SPILLWAY_TRY(check_mapping(table, found.value().front()));
  if (!items.policy().raw_encoding) {
    return make_error(Code::invalid_argument, "messages.open", "spill.raw_encoding",
                      "set it to true: the other programs that read " + table.table +
                          " could not read what is compressed");
  }
  MessageLayout layout(table);
  for (const IndexDescription& index : found.value().front().indexes) {
    if (index.name != table.index) continue;
    layout.index_projects_all_ = index.projects == IndexDescription::Projects::all;
  }
  return layout;
}

MessageLayout::MessageLayout(MessageTable table) : mapped_(!table.table.empty()) {
  if (mapped_) {
    names_ = std::move(table);
  } else {
    names_.table = messages_table;
  }
  content_ = path_of(names_.content);
}

const std::string& MessageLayout::stamp_name() const {
  static const std::string own(revision_name);
  return mapped_ ? names_.updated_at : own;
}

bool MessageLayout::is_message_id(std::string_view id) const {
  if (!mapped_) return spillway::is_message_id(id);
  return !id.empty() && is_label(id, mapped_message_id_bytes_max);
}

std::string MessageLayout::body_path(std::size_t position) const {
  return names_.artifacts + "[" + std::to_string(position) + "]" + (mapped_ ? "" : ".body");
}

std::string MessageLayout::role_there(const std::string& role) const {
  const auto found = names_.roles.find(role);
  return found == names_.roles.end() ? role : found->second;
}

std::string MessageLayout::role_here(const std::string& role) const {
  for (const auto& [ours, theirs] : names_.roles) {
    if (theirs == role) return ours;
  }
  return role;
}

bool MessageLayout::is_of(const Item& item, const std::string& session) const {
  return text_at(item, names_.session) == session;
}

Item MessageLayout::key(const std::string& session, const std::string& id) const {
  Item key{{names_.id, id}};
  if (!mapped_) key[names_.session] = session;
  return key;
}

GetRequest MessageLayout::get(const std::string& session, const std::string& id) const {
  GetRequest request;
  request.table = names_.table;
  request.key = key(session, id);
  return request;
}

WriteRequest MessageLayout::put(Item item) const {
  WriteRequest request;
  request.table = names_.table;
  request.item = std::move(item);
  if (mapped_) {
    request.condition = "attribute_not_exists(#id)";
    request.names = {{"#id", names_.id}};
  }
  return request;
}

WriteRequest MessageLayout::remove(const std::string& session, const std::string& id) const {
  WriteRequest request;
  request.kind = WriteRequest::Kind::remove;
  request.table = names_.table;
  request.item = key(session, id);
  if (mapped_) {
    request.condition = "#session = :session";
    request.names = {{"#session", names_.session}};
    request.values = {{":session", session}};
  }
  return request;
}

WriteRequest MessageLayout::update(const std::string& session, const std::string& id,
                                   const MessageVersion& version) const {
  WriteRequest request = remove(session, id);
  request.kind = WriteRequest::Kind::update;
  request.names["#stamp"] = stamp_name();
  request.names["#artifacts"] = names_.artifacts;
  const std::string also = request.condition.empty() ? "" : request.condition + " AND ";
  if (version.stamp) {
    request.condition = also + "#stamp = :stamp";
    request.values[":stamp"] = *version.stamp;
  } else {
    request.condition = also + "attribute_exists(#id) AND attribute_not_exists(#stamp)";
    request.names["#id"] = names_.id;
  }
  if (mapped_ && version.artifacts) {
    // Other writers may leave the time of change as it was: positions at least must be the same.
    request.condition += " AND size(#artifacts) = :count";
    request.values[":count"] = number(static_cast<std::int64_t>(*version.artifacts));
  }
  request.update = "SET #stamp = :next";
  request.values[":next"] =
      mapped_ ? AttributeValue(next_time(version.stamp)) : next_revision(version.stamp);
  return request;
}

WriteRequest MessageLayout::set_artifact(const std::string& session, const std::string& id,
                                         const MessageVersion& version, std::size_t position,
                                         AttributeValue element) const {
  WriteRequest request = update(session, id, version);
  if (version.artifacts && position < *version.artifacts) {
    request.update += ", #artifacts[" + std::to_string(position) + "] = :new";
    request.values[":new"] = std::move(element);
    return request;
  }
  request.update +=
      version.artifacts ? ", #artifacts = list_append(#artifacts, :new)" : ", #artifacts = :new";
  request.values[":new"] = List{std::move(element)};
  return request;
}

WriteRequest MessageLayout::remove_artifact(const std::string& session, const std::string& id,
                                            const MessageVersion& version,
                                            std::size_t position) const {
  WriteRequest request = update(session, id, version);
  request.update += " REMOVE #artifacts[" + std::to_string(position) + "]";
  return request;
}

QueryRequest MessageLayout::list(const std::string& session) const {
  QueryRequest request;
  request.table = names_.table;
  request.key_condition = "#session = :session";
  request.names = {{"#session", names_.session}};
  request.values = {{":session", session}};
  if (!mapped_) return request;
  request.index = names_.index;
  request.consistent = false;  // an index of the whole table knows no other
  // An index that has not everything may not be asked for the manifest, which goes with every
  // projection.
  if (index_projects_all_ && stands_bare(names_.id)) request.projection = names_.id;
  return request;
}

std::string MessageLayout::cursor_behind(const Message& message) const {
  return base64url_encode(mapped_ ? message.created_at + "\n" + message.id : message.id);
}

std::optional<Item> MessageLayout::start_after(const std::string& session,
                                               const std::string& cursor) const {
  const auto bytes = base64url_decode(cursor);
  if (!bytes) return std::nullopt;
  const std::size_t end = mapped_ ? bytes->find('\n') : 0;
  if (end == std::string::npos) return std::nullopt;
  const std::string id = mapped_ ? bytes->substr(end + 1) : *bytes;
  if (!is_message_id(id)) return std::nullopt;
  Item start = key(session, id);
  if (!mapped_) return start;
  const std::string time = bytes->substr(0, end);
  if (time.empty() || !is_label(time, time_bytes_max)) return std::nullopt;
  start[names_.session] = session;
  start[names_.created_at] = time;
  return start;
}

Labeller MessageLayout::labels(const std::string& session) const {
  if (!mapped_) {
    return [session](const AttributeValue& parent, const std::string&) {
      ValueLabel label;
      label.session = session;
      if (const Map* map = parent.as<Map>()) {
        label.content_type = text_at(*map, "contentType");
        label.original_type = text_at(*map, "type");
      }
      return label;
    };
  }
  return [session, name = names_.artifacts](const AttributeValue& parent, const std::string& path) {
    ValueLabel label;
    label.session = session;
    const auto position = position_in(path, name);
    const List* list = parent.as<List>();
    const bool within = position && list && *position < list->size();
    const auto* text = within ? (*list)[*position].as<std::string>() : nullptr;
    if (text) {
      const TextLabels labels = labels_of_text(*text);
      label.content_type = labels.content_type;
      label.original_type = labels.type;
    }
    return label;
  };
}

}  // namespace spillway
