// Who owns an object: the store, the table and the primary key, spelled in the object's key.
//
//   <root>/<table>/<owner: hash of the primary key, 32 hex>/<attempt, 32 hex>/<n>
//
// The root is the store's id, behind the prefix of the object store's URL, if it has one.
//
// A reference found in an item is followed only if its key begins with that item's own prefix, so
// an item can never make the server fetch another item's object.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "object/object_store.h"
#include "spillway/error.h"
#include "spillway/requests.h"

namespace spillway {

/// The primary key attributes of `item`; invalid_argument when one is missing.
Result<Item> primary_key(const Item& item, const KeySchema& schema);

/// The owner part of an object key: equal keys give equal hashes, whatever else is in the item.
std::string owner_hash(const Item& key);

/// "<root>/<table>/<owner>/": every object of that item begins so.
std::string owner_prefix(std::string_view root, std::string_view table, const Item& key);

/// An object key below `root` taken apart; nullopt when it is not of this shape.
struct ObjectName {
  std::string table, owner, attempt, number;
};
std::optional<ObjectName> parse_object_key(std::string_view root, std::string_view key);

/// "<root>/probe/": what a look at whether the stores are ready puts and removes again.
std::string probe_prefix(std::string_view root);

}  // namespace spillway
