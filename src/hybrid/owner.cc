// Object keys from primary keys.
#include "hybrid/owner.h"

#include <algorithm>

#include "base/digest.h"
#include "dynamo/json.h"

namespace spillway {

Result<Item> primary_key(const Item& item, const KeySchema& schema) {
  Item key;
  const auto take = [&](const KeyAttribute& attribute) {
    const auto found = item.find(attribute.name);
    if (found == item.end()) return false;
    key.emplace(attribute.name, found->second);
    return true;
  };
  if (!take(schema.partition)) {
    return make_error(Code::invalid_argument, "item.key", schema.partition.name,
                      "One or more parameter values were invalid: Missing the key " +
                          schema.partition.name + " in the item");
  }
  if (schema.sort && !take(*schema.sort)) {
    return make_error(Code::invalid_argument, "item.key", schema.sort->name,
                      "One or more parameter values were invalid: Missing the key " +
                          schema.sort->name + " in the item");
  }
  return key;
}

std::string owner_hash(const Item& key) {
  // DynamoDB JSON of the key alone is canonical: names in order, numbers in normal form.
  return to_hex(sha256(to_json(key))).substr(0, 32);
}

std::string owner_prefix(std::string_view root, std::string_view table, const Item& key) {
  std::string prefix(root);
  prefix += '/';
  prefix += table;
  prefix += '/' + owner_hash(key) + '/';
  return prefix;
}

std::optional<ObjectName> parse_object_key(std::string_view root, std::string_view key) {
  if (!key.starts_with(root) || !key.substr(root.size()).starts_with('/')) return std::nullopt;
  key.remove_prefix(root.size() + 1);
  ObjectName name;
  for (std::string* part : {&name.table, &name.owner, &name.attempt}) {
    const std::size_t slash = key.find('/');
    if (slash == std::string_view::npos || slash == 0) return std::nullopt;
    *part = key.substr(0, slash);
    key.remove_prefix(slash + 1);
  }
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool sound = name.owner.size() == 32 && std::ranges::all_of(name.owner, is_hex) &&
                     name.attempt.size() == 32 && std::ranges::all_of(name.attempt, is_hex) &&
                     !key.empty() && std::ranges::all_of(key, is_digit);
  if (!sound) return std::nullopt;
  name.number = key;
  return name;
}

std::string probe_prefix(std::string_view root) { return std::string(root) + "/probe/"; }

}  // namespace spillway
