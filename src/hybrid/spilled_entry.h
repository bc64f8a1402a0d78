// What a Spilled handle points to: one encoded value, in an object or in the item itself.
#pragma once

#include <memory>
#include <string>

#include "codec/encoding.h"
#include "object/object_store.h"
#include "spillway/items.h"
#include "spillway/value.h"

namespace spillway {

/// The encoded bytes of one value (or of one pack of values) and where they are. Immutable.
struct StoredBytes {
  BlockIndex index;
  Sha256 digest{};           ///< of the raw bytes
  ObjectKey object_key;      ///< empty: the bytes are in the item
  std::string inline_bytes;  ///< then these are they
  bool fallback = false;     ///< in the item because the object store could not take them
  std::string bucket;        ///< of the object
  ValueLabel label;
  std::string uploaded_at;
};

/// A value out of its place. `type` is DynamoDB's tag of the value ("S", "B", "M", "SS", …).
struct SpilledEntry final : SpilledValue {
  std::string type;
  std::string
      member;  ///< the attribute's name within a pack; empty: the bytes are this value alone
  std::shared_ptr<const StoredBytes> stored;  ///< shared by the members of a pack
};

/// The entry behind a handle: every handle is made by this module.
inline const SpilledEntry& entry_of(const Spilled& handle) {
  return static_cast<const SpilledEntry&>(*handle);
}

/// Takes the bytes that are encoded for a value and leaves NULL in its place: its own bytes for
/// strings and binaries, else DynamoDB JSON.
std::string take_raw_bytes(AttributeValue& value);
/// The value of type `type` that those bytes stand for; corrupt when they do not.
Result<AttributeValue> value_from_raw(const std::string& type, std::string raw);
/// "S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS".
std::string type_tag(const AttributeValue& value);

}  // namespace spillway
