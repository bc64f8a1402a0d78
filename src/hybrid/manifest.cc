// Items as stored and as handled.
#include "hybrid/manifest.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/json_text.h"
#include "dynamo/expression.h"
#include "dynamo/item_size.h"

namespace spillway {
namespace {

constexpr const char* reference_type = "s3_reference";

Error unreadable(const std::string& what) {
  return make_error(Code::corrupt, "item.manifest", "",
                    "the manifest of this item cannot be read: " + what +
                        "; run `spillway fsck`, or restore the item from a backup");
}

template <class T>
const T* member(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : found->second.as<T>();
}

std::string text_member(const Map& map, std::string_view name) {
  const auto* text = member<std::string>(map, name);
  return text == nullptr ? "" : *text;
}

std::optional<std::size_t> to_index(const Number& digits) {
  std::size_t value = 0;
  const char* end = digits.text.data() + digits.text.size();
  const auto [stop, error] = std::from_chars(digits.text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// Only what this version wrote is read: another version may keep its objects elsewhere.
bool is_known(const Map& manifest) {
  const auto* version = member<Number>(manifest, "v");
  return version != nullptr && version->text == "1" && member<std::string>(manifest, "rev");
}

// ---- writing ----------------------------------------------------------------------------------

std::vector<std::pair<const char*, std::string>> reference_texts(const StoredBytes& stored) {
  std::vector<std::pair<const char*, std::string>> members = {
      {"type", reference_type},
      {"bucket", stored.bucket},
      {"key", stored.object_key},
      {"contentType", stored.label.content_type},
      {"originalType", stored.label.original_type},
      {"uploadedAt", stored.uploaded_at},
      {"chatSessionId", stored.label.session},
      {"sha256", to_hex(stored.digest)},
      {"encoding", std::string(to_string(stored.index.encoding))},
  };
  std::erase_if(members, [](const auto& entry) { return entry.second.empty(); });
  return members;
}

/// A string gives way to a string, so that a table with typed columns keeps its types.
AttributeValue stand_in(const SpilledEntry& entry) {
  const StoredBytes& stored = *entry.stored;
  if (stored.object_key.empty()) return Binary{stored.inline_bytes};
  if (entry.type != "S") return reference_map(stored);
  std::string json = "{";
  for (const auto& [name, text] : reference_texts(stored)) {
    append_json_string(json, name);
    json += ':';
    append_json_string(json, text);
    json += ',';
  }
  json += "\"size\":" + std::to_string(stored.index.raw_bytes);
  json += ",\"encodedSize\":" + std::to_string(stored.index.encoded_bytes) + "}";
  return json;
}

/// Of a value that is still to become an object: its reference will say it.
Map label_map(const ValueLabel& label) {
  Map map;
  if (!label.content_type.empty()) map["contentType"] = label.content_type;
  if (!label.original_type.empty()) map["originalType"] = label.original_type;
  if (!label.session.empty()) map["chatSessionId"] = label.session;
  return map;
}

Map bytes_entry(const StoredBytes& stored) {
  Map map;
  map["i"] = Binary{stored.index.serialize()};
  map["d"] = Binary{to_bytes(stored.digest)};
  if (!stored.object_key.empty()) map["k"] = stored.object_key;
  if (stored.fallback) {
    map["f"] = true;
    map["l"] = label_map(stored.label);
  }
  return map;
}

AttributeValue path_list(const Path& path) {
  List steps;
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (const auto* name = std::get_if<std::string>(&path[i])) {
      steps.push_back(*name);
    } else {
      steps.push_back(number(static_cast<std::int64_t>(std::get<std::size_t>(path[i]))));
    }
  }
  return steps;
}

/// Walks an item with handles and builds the stored form.
class Storer {
 public:
  Item store(const Item& item) {
    Item stored;
    for (const auto& [name, value] : item) {
      if (const auto* handle = value.as<Spilled>(); handle && !entry_of(*handle).member.empty()) {
        paths_[name] = number(pack_number(entry_of(*handle).stored));
        continue;
      }
      Path path{name};
      stored.emplace(name, place(value, path));
    }
    return stored;
  }

  Map manifest(const std::string& revision) const {
    Map map{{"v", number(1)}, {"rev", revision}};
    if (!paths_.empty()) map["p"] = paths_;
    if (!packs_.empty()) {
      List packs;
      for (const auto& stored : packs_) {
        Map entry = bytes_entry(*stored);
        if (stored->object_key.empty()) entry["b"] = Binary{stored->inline_bytes};
        packs.push_back(std::move(entry));
      }
      map["q"] = std::move(packs);
    }
    return map;
  }
  bool any() const { return !paths_.empty(); }

 private:
  AttributeValue place(const AttributeValue& value, Path& path) {
    if (const auto* handle = value.as<Spilled>()) {
      const SpilledEntry& entry = entry_of(*handle);
      Map listed = bytes_entry(*entry.stored);
      listed["t"] = entry.type;
      if (path.size() > 1) listed["p"] = path_list(path);
      AttributeValue& list = paths_[std::get<std::string>(path.front())];
      if (list.as<List>() == nullptr) list = List{};
      list.as<List>()->push_back(std::move(listed));
      return stand_in(entry);
    }
    if (const auto* list = value.as<List>()) {
      List placed;
      for (std::size_t i = 0; i < list->size(); ++i) {
        path.push_back(i);
        placed.push_back(place((*list)[i], path));
        path.pop_back();
      }
      return placed;
    }
    if (const auto* map = value.as<Map>()) {
      Map placed;
      for (const auto& [name, child] : *map) {
        path.push_back(name);
        placed.emplace(name, place(child, path));
        path.pop_back();
      }
      return placed;
    }
    return value;
  }

  std::int64_t pack_number(const std::shared_ptr<const StoredBytes>& pack) {
    const auto found = std::ranges::find(packs_, pack);
    if (found == packs_.end()) {
      packs_.push_back(pack);
      return static_cast<std::int64_t>(packs_.size()) - 1;
    }
    return found - packs_.begin();
  }

  Map paths_;
  std::vector<std::shared_ptr<const StoredBytes>> packs_;
};

// ---- reading ----------------------------------------------------------------------------------

/// The members of a reference that stands in an item, as text; empty when it is none.
std::map<std::string, std::string> reference_members(const AttributeValue& value) {
  std::map<std::string, std::string> members;
  if (const auto* map = value.as<Map>()) {
    for (const auto& [name, child] : *map) {
      if (const auto* text = child.as<std::string>()) members[name] = *text;
    }
  } else if (const auto* json = value.as<std::string>()) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(*json).get(object) != simdjson::SUCCESS) return {};
    for (const auto field : object) {
      std::string_view text;
      if (field.value.get(text) == simdjson::SUCCESS) members[std::string(field.key)] = text;
    }
  }
  return members;
}

bool is_reference_to(const AttributeValue& value, const std::string& prefix) {
  auto members = reference_members(value);
  return members["type"] == reference_type && members["key"].starts_with(prefix);
}

bool reference_within(const AttributeValue& value, const std::string& prefix) {
  if (const auto* list = value.as<List>()) {
    return std::ranges::any_of(*list,
                               [&](const auto& one) { return reference_within(one, prefix); });
  }
  if (const auto* map = value.as<Map>()) {
    if (holds_reference(*map, prefix)) return true;
  }
  return is_reference_to(value, prefix);
}

Result<StoredBytes> parse_bytes_entry(const Map& entry, const std::string& prefix) {
  const auto* index = member<Binary>(entry, "i");
  const auto* digest_bytes = member<Binary>(entry, "d");
  if (index == nullptr || digest_bytes == nullptr) return unreadable("an entry lacks its index");
  StoredBytes stored;
  SPILLWAY_TRY(stored.index, BlockIndex::parse(index->bytes));
  const auto digest = sha256_from_bytes(digest_bytes->bytes);
  if (!digest) return unreadable("a digest is not 32 bytes");
  stored.digest = *digest;
  stored.object_key = text_member(entry, "k");
  if (!stored.object_key.empty() && !stored.object_key.starts_with(prefix)) {
    return unreadable("it names an object that does not belong to this item");
  }
  const auto* fallback = member<bool>(entry, "f");
  stored.fallback = fallback != nullptr && *fallback;
  if (const auto* label = member<Map>(entry, "l")) {
    stored.label = {text_member(*label, "contentType"), text_member(*label, "originalType"),
                    text_member(*label, "chatSessionId")};
  }
  return stored;
}

bool checksums_match(const BlockIndex& index, const std::string& encoded) {
  if (encoded.size() != index.encoded_bytes) return false;
  return std::ranges::all_of(index.blocks, [&](const BlockIndex::Block& block) {
    return crc32c(std::string_view(encoded).substr(block.encoded_offset, block.encoded_bytes)) ==
           block.crc32c;
  });
}

/// Does the value in place carry what the entry says? Completes `stored` from it.
bool accept_in_place(const AttributeValue& in_place, StoredBytes& stored) {
  if (stored.object_key.empty()) {
    const auto* encoded = in_place.as<Binary>();
    if (encoded == nullptr || !checksums_match(stored.index, encoded->bytes)) return false;
    stored.inline_bytes = encoded->bytes;
    return true;
  }
  auto members = reference_members(in_place);
  if (members["type"] != reference_type || members["key"] != stored.object_key) return false;
  stored.bucket = members["bucket"];
  stored.uploaded_at = members["uploadedAt"];
  stored.label = {members["contentType"], members["originalType"], members["chatSessionId"]};
  return true;
}

Result<Path> parse_path(const std::string& root, const Map& entry) {
  Path path{root};
  const auto* steps = member<List>(entry, "p");
  if (steps == nullptr) return path;
  for (const AttributeValue& step : *steps) {
    if (const auto* name = step.as<std::string>()) {
      path.emplace_back(*name);
      continue;
    }
    const auto* digits = step.as<Number>();
    const auto index = digits == nullptr ? std::nullopt : to_index(*digits);
    if (!index) return unreadable("a path in it is neither a name nor a number");
    path.emplace_back(*index);
  }
  return path;
}

class Loader {
 public:
  Loader(LoadedItem& loaded, const std::string& prefix) : loaded_(loaded), prefix_(prefix) {}

  Result<void> load(const Map& manifest) {
    if (!is_known(manifest)) {
      return unreadable("its version is not 1: a newer Spillway may have written it");
    }
    loaded_.revision = text_member(manifest, "rev");
    SPILLWAY_TRY(load_packs(manifest));
    const auto* paths = member<Map>(manifest, "p");
    if (paths == nullptr) return ok();
    for (const auto& [root, entries] : *paths) {
      if (const auto* digits = entries.as<Number>()) ++members_[digits->text];
    }
    for (const auto& [root, entries] : *paths) {
      SPILLWAY_TRY(load_root(root, entries));
    }
    return ok();
  }

 private:
  Result<void> load_packs(const Map& manifest) {
    const auto* packs = member<List>(manifest, "q");
    if (packs == nullptr) return ok();
    for (const AttributeValue& pack : *packs) {
      const auto* entry = pack.as<Map>();
      if (entry == nullptr) return unreadable("a pack is not a map");
      SPILLWAY_TRY(StoredBytes stored, parse_bytes_entry(*entry, prefix_));
      if (const auto* bytes = member<Binary>(*entry, "b")) stored.inline_bytes = bytes->bytes;
      pack_bytes_.push_back(value_size(pack));
      packs_.push_back(std::make_shared<const StoredBytes>(std::move(stored)));
    }
    return ok();
  }

  Result<void> load_root(const std::string& root, const AttributeValue& entries) {
    if (const auto* digits = entries.as<Number>()) return load_member(root, *digits);
    const auto* list = entries.as<List>();
    if (list == nullptr) return unreadable("a root is neither a list nor a pack");
    for (const AttributeValue& listed : *list) {
      const auto* entry = listed.as<Map>();
      if (entry == nullptr) return unreadable("an entry is not a map");
      SPILLWAY_TRY(const Path path, parse_path(root, *entry));
      SPILLWAY_TRY(StoredBytes stored, parse_bytes_entry(*entry, prefix_));
      if (!loaded_.item.contains(root)) continue;  // a projection left it out
      AttributeValue* in_place = find(loaded_.item, path);
      if (in_place == nullptr || !accept_in_place(*in_place, stored)) {
        loaded_.overwritten.push_back(to_string(path));
        continue;
      }
      auto handle = std::make_shared<SpilledEntry>();
      handle->type = text_member(*entry, "t");
      handle->stored_size = value_size(*in_place) + value_size(listed);
      handle->stored = std::make_shared<const StoredBytes>(std::move(stored));
      *in_place = Spilled(std::move(handle));
    }
    return ok();
  }

  Result<void> load_member(const std::string& root, const Number& digits) {
    const auto index = to_index(digits);
    if (!index || *index >= packs_.size()) return unreadable("a pack's number has no pack");
    if (loaded_.item.contains(root)) {  // the attribute was written around Spillway: it wins
      loaded_.overwritten.push_back(root);
      return ok();
    }
    auto handle = std::make_shared<SpilledEntry>();
    handle->member = root;
    // Its share of the pack, which is in the manifest; its name there, and the pack's number.
    handle->stored_size =
        pack_bytes_[*index] / members_[digits.text] + 1 + root.size() + value_size(digits) + 1;
    handle->stored = packs_[*index];
    loaded_.item[root] = Spilled(std::move(handle));
    return ok();
  }

  LoadedItem& loaded_;
  const std::string& prefix_;
  std::vector<std::shared_ptr<const StoredBytes>> packs_;
  std::vector<std::uint64_t> pack_bytes_;
  std::map<std::string, std::uint64_t> members_;  ///< of each pack, by its number
};

}  // namespace

Item reference_map(const StoredBytes& stored) {
  Item map;
  for (auto& [name, text] : reference_texts(stored)) map[name] = std::move(text);
  map["size"] = number(static_cast<std::int64_t>(stored.index.raw_bytes));
  map["encodedSize"] = number(static_cast<std::int64_t>(stored.index.encoded_bytes));
  return map;
}

AttributeValue make_handle(std::string type, std::shared_ptr<const StoredBytes> stored) {
  auto handle = std::make_shared<SpilledEntry>();
  handle->type = std::move(type);
  handle->stored = std::move(stored);
  handle->stored_size =
      value_size(stand_in(*handle)) + value_size(AttributeValue(bytes_entry(*handle->stored)));
  return Spilled(std::move(handle));
}

bool holds_reference(const Item& item, const std::string& prefix) {
  return std::ranges::any_of(
      item, [&](const auto& entry) { return reference_within(entry.second, prefix); });
}

Result<LoadedItem> load_item(Item stored, const std::string& prefix) {
  LoadedItem loaded;
  const auto found = stored.find(manifest_name);
  if (found == stored.end()) {
    loaded.item = std::move(stored);
    return loaded;
  }
  const AttributeValue manifest = std::move(found->second);
  stored.erase(found);
  loaded.item = std::move(stored);
  const auto* map = manifest.as<Map>();
  if (map == nullptr) return unreadable("it is not a map");
  SPILLWAY_TRY(Loader(loaded, prefix).load(*map));
  return loaded;
}

Item store_item(const Item& item, const std::string& revision, bool keep_manifest) {
  Storer storer;
  Item stored = storer.store(item);
  if (storer.any() || keep_manifest) stored[manifest_name] = storer.manifest(revision);
  return stored;
}

std::optional<std::set<ObjectKey>> listed_objects(const Item& stored) {
  std::set<ObjectKey> keys;
  const auto found = stored.find(manifest_name);
  if (found == stored.end()) return keys;
  const auto* manifest = found->second.as<Map>();
  if (manifest == nullptr || !is_known(*manifest)) return std::nullopt;
  const auto collect = [&](const AttributeValue& list) {
    const auto* entries = list.as<List>();
    if (entries == nullptr) return list.as<Number>() != nullptr;
    for (const AttributeValue& entry : *entries) {
      const auto* map = entry.as<Map>();
      if (map == nullptr) return false;
      const auto key = map->find("k");
      if (key == map->end()) continue;  // its bytes are in the item
      const auto* text = key->second.as<std::string>();
      if (text == nullptr) return false;
      keys.insert(*text);
    }
    return true;
  };
  if (const auto packs = manifest->find("q"); packs != manifest->end()) {
    if (!collect(packs->second)) return std::nullopt;
  }
  if (const auto paths = manifest->find("p"); paths != manifest->end()) {
    const auto* roots = paths->second.as<Map>();
    if (roots == nullptr) return std::nullopt;
    for (const auto& [root, entries] : *roots) {
      if (!collect(entries)) return std::nullopt;
    }
  }
  return keys;
}

}  // namespace spillway
