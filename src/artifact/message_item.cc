// The attributes of a message's item, written and read in one place.
#include "artifact/message_item.h"

#include <algorithm>
#include <charconv>

#include "artifact/error_code.h"
#include "artifact/plain_json.h"
#include "base/digest.h"
#include "dynamo/item_size.h"
#include "dynamo/value_type.h"
#include "hybrid/manifest.h"

namespace spillway {
namespace {

/// Length of the manifest's revision, which is a random_id().
constexpr std::size_t random_id_bytes = 32;

std::int64_t integer_at(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  const auto* digits = found == map.end() ? nullptr : found->second.as<Number>();
  std::int64_t value = 0;
  if (digits) {
    std::from_chars(digits->text.data(), digits->text.data() + digits->text.size(), value);
  }
  return value;
}

/// What a body that left together with others takes of their common bytes.
Placement share(const Placement& container, std::uint64_t size_bytes) {
  Placement part = container;
  part.raw_bytes = size_bytes;
  if (container.raw_bytes > 0) {
    const double ratio = static_cast<double>(size_bytes) / static_cast<double>(container.raw_bytes);
    part.encoded_bytes =
        static_cast<std::uint64_t>(ratio * static_cast<double>(container.encoded_bytes));
  }
  return part;
}

/// All that is known of an artifact of which only the text is kept.
void describe_text(ArtifactInfo& info, const std::string& text) {
  const TextLabels labels = labels_of_text(text);
  info.content_type = labels.content_type;
  info.type = labels.type;
  info.name = labels.name;
  info.size_bytes = text.size();
  info.sha256 = to_hex(sha256(text));
}

Placement in_place(const ArtifactInfo& info) {
  Placement placement;
  placement.raw_bytes = placement.encoded_bytes = info.size_bytes;
  placement.sha256 = info.sha256;
  placement.content_type = info.content_type;
  placement.original_type = info.type;
  return placement;
}

Error damaged(const std::string& subject, const std::string& why) {
  return make_error(Code::corrupt, "message.load", subject,
                    "the stored message cannot be read: " + why + "; run spillway fsck");
}

/// Reads one message item; holds what the steps share.
class Loader {
 public:
  Loader(Items& items, const MessageLayout& layout, const Item& item, Deadline deadline)
      : items_(items), layout_(layout), item_(item), deadline_(deadline) {}

  Result<LoadedMessage> run() {
    Message& message = loaded_.message;
    const MessageTable& names = layout_.names();
    message.session = text_at(item_, names.session);
    message.id = text_at(item_, names.id);
    owner_ = layout_.get(message.session, message.id);
    message.role = layout_.role_here(text_at(item_, names.role));
    message.created_at = text_at(item_, names.created_at);
    message.item_bytes = stored_item_bytes(item_);
    const auto stamp = item_.find(layout_.stamp_name());
    if (stamp != item_.end()) loaded_.version.stamp = stamp->second;
    SPILLWAY_TRY(load_content());
    SPILLWAY_TRY(load_artifacts());
    return std::move(loaded_);
  }

 private:
  Result<void> load_content() {
    const auto found = item_.find(std::get<std::string>(layout_.content().front()));
    if (layout_.mapped()) {
      if (found == item_.end()) return ok();
      return load_foreign_content(found->second);
    }
    if (found == item_.end()) return damaged(owner_name(), "it has no content");
    SPILLWAY_TRY(auto value, whole(found->second));
    auto* text = value.as<std::string>();
    if (!text) return damaged(owner_name(), "its content is not a string");
    loaded_.message.content = std::move(*text);
    return ok();
  }

  /// The text at the path, or in the attribute itself; anything else as JSON.
  Result<void> load_foreign_content(const AttributeValue& stored) {
    SPILLWAY_TRY(AttributeValue value, whole_within(stored));
    const Path& path = layout_.content();
    const Item attribute{{std::get<std::string>(path.front()), value}};
    const AttributeValue* at_path = find(attribute, path);
    const auto* text = at_path ? at_path->as<std::string>() : nullptr;
    if (!text) text = value.as<std::string>();
    if (text) {
      loaded_.message.content = *text;
    } else if (!value.as<Null>()) {
      loaded_.message.content = plain_json(value);
    }
    return ok();
  }

  Result<void> load_artifacts() {
    const auto found = item_.find(layout_.names().artifacts);
    if (found == item_.end() || found->second.as<Null>()) return ok();
    const auto container = placement_of(found->second);
    auto value = whole(found->second);
    if (!value) {
      add_unreadable(value.error());
      return ok();
    }
    const auto* list = value.value().as<List>();
    if (!list) {
      const Error failure = damaged(owner_name(), "its artifacts are not a list");
      if (!layout_.mapped()) return failure;
      add_unreadable(failure);
      return ok();
    }
    loaded_.version.artifacts = list->size();
    for (const AttributeValue& element : *list) {
      if (layout_.mapped()) {
        load_foreign_artifact(element, container);
      } else {
        SPILLWAY_TRY(load_artifact(element, container));
      }
    }
    return ok();
  }

  Result<void> load_artifact(const AttributeValue& element, std::optional<Placement> container) {
    if (const auto own = placement_of(element)) container = own;
    auto value = whole(element);
    if (!value) {
      add_unreadable(value.error());
      return ok();
    }
    auto* map = value.value().as<Map>();
    if (!map) return damaged(owner_name(), "an artifact is not a map");
    for (auto& [name, member] : *map) {
      if (name == "body" || name == "curves") continue;
      SPILLWAY_TRY(member, whole(member));
    }
    add_artifact(*map, container);
    return ok();
  }

  /// A text in an object tells by its reference what must be known; all else is read.
  void load_foreign_artifact(const AttributeValue& element,
                             const std::optional<Placement>& container) {
    ArtifactInfo info;
    info.position = loaded_.message.artifacts.size();
    info.id = MessageLayout::artifact_id(info.position);
    const auto own = placement_of(element);
    const bool text_in_object =
        own && own->storage == Storage::spilled && entry_of(*element.as<Spilled>()).type == "S";
    AttributeValue body = element;
    if (text_in_object) {
      info.content_type = own->content_type;
      info.type = own->original_type;
      info.size_bytes = own->raw_bytes;
      info.sha256 = own->sha256;
      info.placement = *own;
    } else {
      auto value = whole_within(element);
      if (!value) return add_unreadable(value.error());
      const auto* text = value.value().as<std::string>();
      const std::string bytes = text ? *text : plain_json(value.value());
      describe_text(info, bytes);
      info.placement = own ? *own : container ? share(*container, info.size_bytes) : in_place(info);
      if (info.placement.storage == Storage::in_item) info.value = bytes;
      body = bytes;
    }
    info.placement.path = layout_.body_path(info.position);
    loaded_.message.artifacts.push_back(std::move(info));
    loaded_.values.push_back({std::move(body)});
  }

  void add_artifact(Map& map, const std::optional<Placement>& container) {
    ArtifactInfo info;
    info.position = loaded_.message.artifacts.size();
    info.id = text_at(map, "id");
    info.type = text_at(map, "type");
    info.name = text_at(map, "name");
    info.content_type = text_at(map, "contentType");
    info.size_bytes = static_cast<std::uint64_t>(integer_at(map, "size"));
    info.sha256 = text_at(map, "sha256");
    info.placement = container ? share(*container, info.size_bytes) : in_place(info);
    const auto body = map.find("body");
    AttributeValue bytes = body == map.end() ? AttributeValue() : std::move(body->second);
    if (const auto own = placement_of(bytes)) info.placement = *own;
    info.placement.path = layout_.body_path(info.position);
    const bool stays = info.placement.storage == Storage::in_item;
    if (const auto* text = bytes.as<std::string>(); text && stays) info.value = *text;
    if (const auto failure = map.find("error"); failure != map.end()) {
      const Map* saved = failure->second.as<Map>();
      const Map none;
      info.error =
          make_error(code_from_string(text_at(saved ? *saved : none, "code"), Code::corrupt),
                     "artifact.save", info.id, text_at(saved ? *saved : none, "detail"));
      info.error->transient = false;  // it was not kept for later
    }
    loaded_.message.artifacts.push_back(std::move(info));
    const auto curves = map.find("curves");
    loaded_.values.push_back(
        {std::move(bytes), curves == map.end() ? AttributeValue() : std::move(curves->second)});
  }

  /// Its id is unknown: it goes by its position, which is a valid address, too.
  void add_unreadable(const Error& failure) {
    ArtifactInfo info;
    info.position = loaded_.message.artifacts.size();
    info.id = layout_.mapped() ? MessageLayout::artifact_id(info.position)
                               : std::to_string(info.position);
    info.placement.path = layout_.body_path(info.position);
    info.error = failure;
    loaded_.message.artifacts.push_back(std::move(info));
    loaded_.values.emplace_back();
  }

  static std::optional<Placement> placement_of(const AttributeValue& value) {
    const auto* handle = value.as<Spilled>();
    if (!handle) return std::nullopt;
    return Items::describe(*handle);
  }

  Result<AttributeValue> whole(const AttributeValue& value) {
    if (!value.as<Spilled>()) return value;
    return items_.hydrate(owner_, value, deadline_);
  }

  /// Also what is elsewhere of its parts.
  Result<AttributeValue> whole_within(const AttributeValue& value) {
    if (!holds_spilled(value)) return value;
    return items_.hydrate(owner_, value, deadline_);
  }

  std::string owner_name() const { return loaded_.message.session + "/" + loaded_.message.id; }

  Items& items_;
  const MessageLayout& layout_;
  const Item& item_;
  Deadline deadline_;
  GetRequest owner_;
  LoadedMessage loaded_;
};

}  // namespace

bool is_json(std::string_view content_type) {
  std::string media(content_type.substr(0, content_type.find(';')));
  media.erase(media.find_last_not_of(" \t") + 1);
  media.erase(0, media.find_first_not_of(" \t"));
  std::transform(media.begin(), media.end(), media.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return media == "application/json" || media.ends_with("+json");
}

AttributeValue artifact_element(const MessageLayout& layout, const ArtifactInfo& info,
                                ArtifactValues values) {
  if (layout.mapped()) return std::move(values.body);
  Map map;
  map["id"] = info.id;
  map["contentType"] = info.content_type;
  map["size"] = number(static_cast<std::int64_t>(info.size_bytes));
  map["sha256"] = info.sha256;
  if (!info.type.empty()) map["type"] = info.type;
  if (!info.name.empty()) map["name"] = info.name;
  if (info.error) {
    map["error"] =
        Map{{"code", std::string(to_string(info.error->code))}, {"detail", info.error->detail}};
  } else {
    map["body"] = std::move(values.body);
    if (!values.curves.as<Null>()) map["curves"] = std::move(values.curves);
  }
  return map;
}

Item message_item(const MessageLayout& layout, const Message& message,
                  std::vector<ArtifactValues> values) {
  const MessageTable& names = layout.names();
  Item item = layout.key(message.session, message.id);
  item[names.session] = message.session;
  item[names.role] = layout.role_there(message.role);
  item[names.created_at] = message.created_at;
  if (layout.mapped()) {
    item[names.updated_at] = message.created_at;
  } else {
    item[layout.stamp_name()] = number(0);
  }
  const Path& path = layout.content();
  AttributeValue content = message.content;
  for (std::size_t i = path.size() - 1; i > 0; --i) {
    content = Map{{std::get<std::string>(path[i]), std::move(content)}};
  }
  item[std::get<std::string>(path.front())] = std::move(content);
  List artifacts;
  for (std::size_t i = 0; i < message.artifacts.size(); ++i) {
    artifacts.push_back(artifact_element(layout, message.artifacts[i], std::move(values[i])));
  }
  item[names.artifacts] = std::move(artifacts);
  return item;
}

Result<LoadedMessage> load_message(Items& items, const MessageLayout& layout, const Item& item,
                                   Deadline deadline) {
  return Loader(items, layout, item, deadline).run();
}

void add_labels(ArtifactInfo& info) {
  if (!info.value) return;
  const TextLabels labels = labels_of_text(*info.value);
  if (info.type.empty()) info.type = labels.type;
  if (info.name.empty()) info.name = labels.name;
}

std::uint64_t stored_item_bytes(const Item& item) {
  const bool untouched = std::none_of(item.begin(), item.end(), [](const auto& attribute) {
    return holds_spilled(attribute.second);
  });
  if (untouched) return item_size(item);
  return item_size(store_item(item, std::string(random_id_bytes, '0'), false));
}

void apply_placements(const MessageLayout& layout, const std::vector<Placement>& placements,
                      std::vector<ArtifactInfo>& artifacts) {
  for (ArtifactInfo& info : artifacts) {
    info.placement = in_place(info);
    const std::string path = layout.body_path(info.position);
    for (const Placement& placement : placements) {
      if (placement.path == path) {
        info.placement = placement;
        break;
      }
      // A shorter path, or a pack: the body left within its artifact, or with all of them.
      const bool contains = placement.path == "*" || placement.path == layout.names().artifacts ||
                            path.starts_with(placement.path + ".");
      if (contains) info.placement = share(placement, info.size_bytes);
    }
    info.placement.path = path;
    if (info.placement.storage != Storage::in_item) info.value.reset();
  }
}

const std::string* body_bytes(const AttributeValue& body) {
  if (const auto* text = body.as<std::string>()) return text;
  if (const auto* binary = body.as<Binary>()) return &binary->bytes;
  return nullptr;
}

std::string* body_bytes(AttributeValue& body) {
  return const_cast<std::string*>(body_bytes(std::as_const(body)));
}

}  // namespace spillway
