// The names of DynamoDB's types.
#include "dynamo/value_type.h"

#include <algorithm>
#include <array>

#include "base/digest.h"

namespace spillway {
namespace {

// In the order of AttributeValue::Variant.
constexpr std::array<std::string_view, 11> names = {"NULL", "BOOL", "S",  "N",  "B",      "L",
                                                    "M",    "SS",   "NS", "BS", "spilled"};
static_assert(names.size() == std::variant_size_v<AttributeValue::Variant>);

}  // namespace

std::string_view type_name(const AttributeValue& value) { return names[value.variant().index()]; }

bool is_type_name(std::string_view name) {
  return std::find(names.begin(), names.end() - 1, name) != names.end() - 1;
}

std::string type_and_text(const AttributeValue& value) {
  std::string text;
  if (const auto* string = value.as<std::string>()) {
    text = *string;
  } else if (const auto* held = value.as<Number>()) {
    text = held->text;
  } else if (const auto* binary = value.as<Binary>()) {
    text = base64_encode(binary->bytes);
  } else if (const auto* truth = value.as<bool>()) {
    text = *truth ? "true" : "false";
  }
  return "{" + std::string(type_name(value)) + ":" + text + "}";
}

bool holds_spilled(const AttributeValue& value) {
  if (value.as<Spilled>() != nullptr) return true;
  if (const auto* list = value.as<List>()) {
    return std::any_of(list->begin(), list->end(), holds_spilled);
  }
  if (const auto* map = value.as<Map>()) {
    return std::any_of(map->begin(), map->end(),
                       [](const auto& member) { return holds_spilled(member.second); });
  }
  return false;
}

}  // namespace spillway
