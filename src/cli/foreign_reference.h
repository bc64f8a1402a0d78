// References that an application wrote itself, before it knew Spillway: found in items. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spillway/error.h"
#include "spillway/value.h"

namespace spillway {

/// {"type":"s3_reference","bucket":…,"key":…,"size":…}: a map, or such a JSON text in a string.
struct ForeignReference {
  std::string path;   ///< for people: body.payload[0]
  std::string place;  ///< for expressions: #p0.#p1[0]
  Names names;        ///< what `place` stands for
  AttributeValue old;
  bool is_string = false;
  std::string bucket, key;
  std::optional<std::uint64_t> size_bytes;
  std::string content_type, original_type, session;
};

/// All in one attribute of an item, whose values that Spillway itself moved are handles by now.
std::vector<ForeignReference> find_references(const std::string& name, const AttributeValue& value);

/// A JSON text as a DynamoDB value: objects become maps, arrays lists, numbers keep every digit.
/// Errors: invalid_argument for what has no exact counterpart (numbers of more than 38 digits or
/// out of range, names that repeat, nesting above 32 levels) and for what is not JSON.
Result<AttributeValue> value_from_plain_json(const std::string& json);

}  // namespace spillway
