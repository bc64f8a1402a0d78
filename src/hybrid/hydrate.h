// Puts spilled values back: fetches, verifies, decodes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hybrid/core.h"
#include "hybrid/manifest.h"
#include "hybrid/spilled_entry.h"

namespace spillway {

/// Replaces every handle in the values by what it stands for, several at a time; each object is
/// read once. An object that is missing or wrong is Code::corrupt with the handle's key as subject:
/// the caller decides whether the item has changed meanwhile (still_refers).
Result<void> hydrate_values(Core& core, const std::vector<AttributeValue*>& values,
                            Deadline deadline);

/// As a stream, from `range` of the raw bytes of one string or binary value.
Result<std::unique_ptr<ByteSource>> open_stored(Core& core, const StoredBytes& stored,
                                                std::optional<ByteRange> range, Deadline deadline);

/// Reads the item strongly: does it still refer to this object (empty: its bytes are in the item)?
/// The answer decides between "read again" and "corrupt" (I4 of the protocol).
Result<bool> still_refers(Core& core, const std::string& table, const Item& key,
                          const ObjectKey& object, Deadline deadline);

/// load_item of the item with this key; an error names the item.
Result<LoadedItem> load_of(const Core& core, const std::string& table, const Item& key,
                           Item stored);

/// What a caller is told of a hydration that failed for good: names the item and its object.
Error damaged_item(Error error, const std::string& table, const Item& key);

/// Every handle within a value.
void collect_handles(AttributeValue& value, std::vector<AttributeValue*>& handles);
/// The same, to look at only.
template <class Visit>
void each_handle(const AttributeValue& value, const Visit& visit) {
  if (const auto* handle = value.as<Spilled>()) {
    visit(entry_of(*handle));
  } else if (const auto* list = value.as<List>()) {
    for (const AttributeValue& child : *list) each_handle(child, visit);
  } else if (const auto* map = value.as<Map>()) {
    for (const auto& [name, child] : *map) each_handle(child, visit);
  }
}

/// Bytes of all raw values behind the handles of an item, packs once.
std::uint64_t bytes_behind(const Item& item);

}  // namespace spillway
