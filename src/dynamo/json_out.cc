// Attribute values to DynamoDB JSON.
#include <array>
#include <cassert>
#include <type_traits>

#include "base/digest.h"
#include "base/json_text.h"
#include "dynamo/item_size.h"
#include "dynamo/json.h"

namespace spillway {
namespace {

void append_base64(std::string& out, std::string_view bytes) {
  out += '"';
  out += base64_encode(bytes);
  out += '"';
}

template <class Elements, class Append>
void append_array(std::string& out, std::string_view open, const Elements& elements,
                  Append append) {
  out += open;
  bool first = true;
  for (const auto& element : elements) {
    if (!first) out += ',';
    first = false;
    append(out, element);
  }
  out += "]}";
}

void append_map(std::string& out, const Map& map);

void append_value(std::string& out, const AttributeValue& value) {
  std::visit(
      [&out](const auto& held) {
        using T = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_same_v<T, Null>) {
          out += R"({"NULL":true})";
        } else if constexpr (std::is_same_v<T, bool>) {
          out += held ? R"({"BOOL":true})" : R"({"BOOL":false})";
        } else if constexpr (std::is_same_v<T, std::string>) {
          out += R"({"S":)";
          append_json_string(out, held);
          out += '}';
        } else if constexpr (std::is_same_v<T, Number>) {
          out += R"({"N":")" + held.text + R"("})";
        } else if constexpr (std::is_same_v<T, Binary>) {
          out += R"({"B":)";
          append_base64(out, held.bytes);
          out += '}';
        } else if constexpr (std::is_same_v<T, List>) {
          append_array(out, R"({"L":[)", held, append_value);
        } else if constexpr (std::is_same_v<T, Map>) {
          out += R"({"M":)";
          append_map(out, held);
          out += '}';
        } else if constexpr (std::is_same_v<T, StringSet>) {
          append_array(out, R"({"SS":[)", held.elements, append_json_string);
        } else if constexpr (std::is_same_v<T, NumberSet>) {
          append_array(out, R"({"NS":[)", held.elements, append_json_string);
        } else if constexpr (std::is_same_v<T, BinarySet>) {
          append_array(out, R"({"BS":[)", held.elements, append_base64);
        } else {
          static_assert(std::is_same_v<T, Spilled>);
          assert(false && "a spilled value has no DynamoDB JSON: hydrate first");
        }
      },
      value.variant());
}

void append_map(std::string& out, const Map& map) {
  out += '{';
  bool first = true;
  for (const auto& [name, value] : map) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, name);
    out += ':';
    append_value(out, value);
  }
  out += '}';
}

// Base64, escapes and type tags make JSON somewhat larger than the item: a guess that spares most
// of the growing.
std::size_t likely_bytes(std::uint64_t size) {
  return static_cast<std::size_t>(size + size / 2 + 64);
}

}  // namespace

std::string to_json(const AttributeValue& value) {
  std::string out;
  out.reserve(likely_bytes(value_size(value)));
  append_value(out, value);
  return out;
}

std::string to_json(const Item& item) {
  std::string out;
  out.reserve(likely_bytes(item_size(item)));
  append_map(out, item);
  return out;
}

}  // namespace spillway
