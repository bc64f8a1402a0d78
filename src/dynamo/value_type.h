// The names of DynamoDB's types and how its error texts show values. Pure.
#pragma once

#include <string>
#include <string_view>

#include "spillway/value.h"

namespace spillway {

/// "S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"; "spilled" for a Spilled value.
std::string_view type_name(const AttributeValue& value);

/// Is it one of the ten type names that attribute_type knows?
bool is_type_name(std::string_view name);

/// "{S:text}", as DynamoDB shows a scalar in its error texts.
std::string type_and_text(const AttributeValue& value);

/// Is the value Spilled, or is one anywhere inside it?
bool holds_spilled(const AttributeValue& value);

}  // namespace spillway
