// Attribute values as the JSON that an application would have written: {"a": 1}, not {"a": {"N":
// …}}.
#pragma once

#include <string>

#include "spillway/value.h"

namespace spillway {

/// Compact JSON. Numbers are spelled as DynamoDB has them, of any precision; binaries are base64
/// (RFC 4648 section 4); sets are arrays. A Spilled value may not occur (assert).
std::string plain_json(const AttributeValue& value);

}  // namespace spillway
