// The attributes of a message's item, written and read in one place.
#include "artifact/message_item.h"

#include <algorithm>
#include <charconv>

#include "artifact/error_code.h"
#include "dynamo/item_size.h"
#include "dynamo/value_type.h"
#include "hybrid/manifest.h"

namespace spillway {
namespace {

/// Length of the manifest's revision, which is a random_id().
constexpr std::size_t random_id_bytes = 32;

std::string text_at(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  const auto* text = found == map.end() ? nullptr : found->second.as<std::string>();
  return text ? *text : std::string();
}

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

Placement in_place(const ArtifactInfo& info) {
  Placement placement;
  placement.raw_bytes = placement.encoded_bytes = info.size_bytes;
  placement.sha256 = info.sha256;
  placement.content_type = info.content_type;
  placement.original_type = info.type;
  return placement;
}

std::string body_path(std::size_t position) {
  return "artifacts[" + std::to_string(position) + "].body";
}

Error damaged(const std::string& subject, const std::string& why) {
  return make_error(Code::corrupt, "message.load", subject,
                    "the stored message cannot be read: " + why + "; run spillway fsck");
}

/// Reads one message item; holds what the steps share.
class Loader {
 public:
  Loader(Items& items, const Item& item, Deadline deadline)
      : items_(items), item_(item), deadline_(deadline) {}

  Result<LoadedMessage> run() {
    Message& message = loaded_.message;
    message.session = text_at(item_, "session");
    message.id = text_at(item_, "id");
    owner_ = message_request(message.session, message.id);
    message.role = text_at(item_, "role");
    message.created_at = text_at(item_, "createdAt");
    message.item_bytes = stored_item_bytes(item_);
    loaded_.revision = integer_at(item_, "revision");
    SPILLWAY_TRY(load_content());
    SPILLWAY_TRY(load_artifacts());
    return std::move(loaded_);
  }

 private:
  Result<void> load_content() {
    const auto found = item_.find("content");
    if (found == item_.end()) return damaged(owner_name(), "it has no content");
    SPILLWAY_TRY(auto value, whole(found->second));
    auto* text = value.as<std::string>();
    if (!text) return damaged(owner_name(), "its content is not a string");
    loaded_.message.content = std::move(*text);
    return ok();
  }

  Result<void> load_artifacts() {
    const auto found = item_.find("artifacts");
    if (found == item_.end()) return ok();
    const auto container = placement_of(found->second);
    auto value = whole(found->second);
    if (!value) {
      add_unreadable(value.error());
      return ok();
    }
    const auto* list = value.value().as<List>();
    if (!list) return damaged(owner_name(), "its artifacts are not a list");
    for (const AttributeValue& element : *list) {
      SPILLWAY_TRY(load_artifact(element, container));
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
      if (name == "body") continue;
      SPILLWAY_TRY(member, whole(member));
    }
    add_artifact(*map, container);
    return ok();
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
    info.placement.path = body_path(info.position);
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
    loaded_.bodies.push_back(std::move(bytes));
  }

  /// Its id is unknown: it goes by its position, which is a valid address, too.
  void add_unreadable(const Error& failure) {
    ArtifactInfo info;
    info.position = loaded_.message.artifacts.size();
    info.id = std::to_string(info.position);
    info.placement.path = body_path(info.position);
    info.error = failure;
    loaded_.message.artifacts.push_back(std::move(info));
    loaded_.bodies.emplace_back();
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

  std::string owner_name() const { return loaded_.message.session + "/" + loaded_.message.id; }

  Items& items_;
  const Item& item_;
  Deadline deadline_;
  GetRequest owner_;
  LoadedMessage loaded_;
};

}  // namespace

Item message_key(const std::string& session, const std::string& id) {
  return {{"session", session}, {"id", id}};
}

GetRequest message_request(const std::string& session, const std::string& id) {
  GetRequest request;
  request.table = messages_table;
  request.key = message_key(session, id);
  return request;
}

bool is_json(std::string_view content_type) {
  std::string media(content_type.substr(0, content_type.find(';')));
  media.erase(media.find_last_not_of(" \t") + 1);
  media.erase(0, media.find_first_not_of(" \t"));
  std::transform(media.begin(), media.end(), media.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return media == "application/json" || media.ends_with("+json");
}

AttributeValue artifact_value(const ArtifactInfo& info, AttributeValue body) {
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
    map["body"] = std::move(body);
  }
  return map;
}

Item message_item(const Message& message, std::vector<AttributeValue> bodies) {
  Item item = message_key(message.session, message.id);
  item["role"] = message.role;
  item["content"] = message.content;
  item["createdAt"] = message.created_at;
  item["revision"] = number(0);
  List artifacts;
  for (std::size_t i = 0; i < message.artifacts.size(); ++i) {
    artifacts.push_back(artifact_value(message.artifacts[i], std::move(bodies[i])));
  }
  item["artifacts"] = std::move(artifacts);
  return item;
}

Result<LoadedMessage> load_message(Items& items, const Item& item, Deadline deadline) {
  return Loader(items, item, deadline).run();
}

std::uint64_t stored_item_bytes(const Item& item) {
  const bool untouched = std::none_of(item.begin(), item.end(), [](const auto& attribute) {
    return holds_spilled(attribute.second);
  });
  if (untouched) return item_size(item);
  return item_size(store_item(item, std::string(random_id_bytes, '0'), false));
}

Labeller labels_of(const std::string& session) {
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

void apply_placements(const std::vector<Placement>& placements,
                      std::vector<ArtifactInfo>& artifacts) {
  for (ArtifactInfo& info : artifacts) {
    info.placement = in_place(info);
    const std::string path = body_path(info.position);
    for (const Placement& placement : placements) {
      if (placement.path == path) {
        info.placement = placement;
        break;
      }
      // A shorter path, or a pack: the body left within its artifact, or with all of them.
      const bool contains = placement.path == "*" || placement.path == "artifacts" ||
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

}  // namespace spillway
