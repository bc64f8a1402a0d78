// Values as the bytes that are encoded, and back.
#include "hybrid/spilled_entry.h"

#include "dynamo/json.h"

namespace spillway {

std::string type_tag(const AttributeValue& value) {
  static constexpr const char* tags[] = {"NULL", "BOOL", "S", "N", "B", "L", "M", "SS", "NS", "BS"};
  if (const auto* handle = value.as<Spilled>()) return entry_of(*handle).type;
  return tags[value.variant().index()];
}

std::string take_raw_bytes(AttributeValue& value) {
  std::string raw;
  if (auto* text = value.as<std::string>()) {
    raw = std::move(*text);
  } else if (auto* binary = value.as<Binary>()) {
    raw = std::move(binary->bytes);
  } else {
    raw = to_json(value);
  }
  value = Null{};
  return raw;
}

Result<AttributeValue> value_from_raw(const std::string& type, std::string raw) {
  if (type == "S") return AttributeValue(std::move(raw));
  if (type == "B") return AttributeValue(Binary{std::move(raw)});
  auto value = value_from_json(raw);
  if (!value || type_tag(value.value()) != type) {
    return make_error(Code::corrupt, "item.hydrate", "",
                      "the bytes stored for a value of type " + type + " are not of that type");
  }
  return std::move(value).value();
}

}  // namespace spillway
