// DynamoDB JSON ({"S": "text"}, {"N": "1"}, …) to attribute values and back. Pure.
// Source: Amazon DynamoDB API Reference, AttributeValue.
#pragma once

#include <string>
#include <string_view>

#include "spillway/error.h"
#include "spillway/value.h"

namespace spillway {

/// `op` of an error about the JSON itself (syntax, a wrong JSON type, base64), which DynamoDB
/// answers with SerializationException …
inline constexpr std::string_view json_structure_op = "json.structure";
/// … and of one about the value that it spells, answered with ValidationException.
inline constexpr std::string_view json_value_op = "json.value";

/// Parses one attribute value / one item. Strict: unknown type tags, duplicate names, bad base64,
/// empty or repeating sets, invalid UTF-8, nesting above 32 levels (an item is itself one) and
/// malformed numbers are invalid_argument with the place in `subject` and DynamoDB's words in
/// `detail`. Depth-capped: hostile input cannot exhaust the stack.
Result<AttributeValue> value_from_json(std::string_view json);
Result<Item> item_from_json(std::string_view json);

/// Compact DynamoDB JSON. A Spilled value may not occur (assert).
std::string to_json(const AttributeValue& value);
std::string to_json(const Item& item);

}  // namespace spillway
