// The manifest: one reserved attribute that says which values of an item are elsewhere, and the
// translation between an item as stored (references and manifest) and as handled (Spilled handles).
// docs/formats/manifest.md shows it attribute by attribute.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hybrid/spilled_entry.h"
#include "spillway/error.h"
#include "spillway/value.h"

namespace spillway {

/// The reserved top-level attribute. Clients never see it and may not write it.
inline constexpr const char* manifest_name = "_spillway";

/// A stored item with handles in the places of values that are elsewhere, and without its manifest.
struct LoadedItem {
  Item item;
  std::optional<std::string> revision;   ///< of the manifest; nullopt: the item has none
  std::vector<std::string> overwritten;  ///< paths that somebody overwrote around Spillway
};

/// A path is a handle if the manifest lists it and the value in its place carries that very object
/// key (or, encoded in the item, has that very checksum); otherwise the value in place wins.
/// corrupt when the manifest cannot be read or names an object outside `prefix`. `item` may be a
/// projection that has whole top-level attributes: entries of absent ones are passed over.
Result<LoadedItem> load_item(Item stored, const std::string& prefix);

/// The item as it is stored: references and encoded bytes in the places of handles, and a manifest
/// with this revision if there are handles or if `keep_manifest`.
Item store_item(const Item& item, const std::string& revision, bool keep_manifest);

/// The object keys that a stored item's manifest lists; nullopt when it cannot be read or is of
/// another version (the sweep then counts it as referring to everything).
std::optional<std::set<ObjectKey>> listed_objects(const Item& stored);

/// Does some value look like a reference to an object of the item with this prefix? Without the
/// manifest nobody can tell whether it is one.
bool holds_reference(const Item& item, const std::string& prefix);

/// A handle for bytes that are elsewhere, of a value of this type.
AttributeValue make_handle(std::string type, std::shared_ptr<const StoredBytes> stored);

/// The reference that stands in an item for an object, as a map of its JSON members.
Item reference_map(const StoredBytes& stored);

}  // namespace spillway
