// DynamoDB JSON to attribute values. simdjson parses and validates UTF-8; this file holds to
// DynamoDB's rules about types, sets, numbers and nesting.
#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "base/digest.h"
#include "dynamo/item_size.h"
#include "dynamo/json.h"
#include "dynamo/json_dom.h"
#include "dynamo/number.h"

namespace spillway {
namespace {

using Element = simdjson::dom::element;
using Kind = simdjson::dom::element_type;

// Where in the document we are: a chain on the stack, spelled out only for an error.
struct Place {
  const Place* parent = nullptr;
  std::string_view name;
};

std::string spell(const Place* place) {
  if (place == nullptr) return {};
  std::string text = spell(place->parent);
  if (!text.empty() && !place->name.starts_with('[')) text += '.';
  return text + std::string(place->name);
}

Error malformed(const Place& place, std::string detail) {
  return make_error(Code::invalid_argument, std::string(json_structure_op), spell(&place),
                    std::move(detail));
}

Error invalid(const Place& place, std::string detail) {
  return make_error(Code::invalid_argument, std::string(json_value_op), spell(&place),
                    std::move(detail));
}

// The words of AWS's own front end.
Error wrong_kind(const Place& place, Element found, std::string_view wanted) {
  switch (found.type()) {
    case Kind::ARRAY: return malformed(place, "Start of list found where not expected");
    case Kind::OBJECT:
      return malformed(place, "Start of structure or map found where not expected");
    case Kind::STRING:
      if (wanted == "List" || wanted == "Map") return malformed(place, "Unexpected field type");
      return malformed(place, "STRING_VALUE cannot be converted to " + std::string(wanted));
    case Kind::BOOL:
      return malformed(place, std::string(bool(found) ? "TRUE_VALUE" : "FALSE_VALUE") +
                                  " cannot be converted to " + std::string(wanted));
    case Kind::NULL_VALUE:
      return malformed(place, "NULL_VALUE cannot be converted to " + std::string(wanted));
    default: return malformed(place, "NUMBER_VALUE cannot be converted to " + std::string(wanted));
  }
}

Result<std::string_view> text_of(Element element, const Place& place) {
  if (!element.is_string()) return wrong_kind(place, element, "String");
  return std::string_view(element);
}

Result<Number> number_of(Element element, const Place& place) {
  SPILLWAY_TRY(const std::string_view text, text_of(element, place));
  Result<Number> number = parse_number(text);
  if (!number) return invalid(place, number.error().detail);
  return number;
}

Result<std::string> bytes_of(Element element, const Place& place) {
  SPILLWAY_TRY(const std::string_view text, text_of(element, place));
  std::optional<std::string> bytes = base64_decode(text);
  if (!bytes) return malformed(place, "Invalid Base64 data: it cannot be converted to a Blob");
  return std::move(*bytes);
}

// "[a, b]", cut short: a set may be megabytes.
std::string shown(const std::vector<std::string>& elements, bool binary) {
  constexpr std::size_t shown_bytes_max = 256;
  std::string text = "[";
  for (const std::string& element : elements) {
    if (text.size() > 1) text += ", ";
    text += binary ? base64_encode(element) : element;
    if (text.size() > shown_bytes_max) return text.substr(0, shown_bytes_max) + "…]";
  }
  return text + "]";
}

// Sorts; false when two elements are equal.
bool make_set(std::vector<std::string>& elements) {
  std::sort(elements.begin(), elements.end());
  return std::adjacent_find(elements.begin(), elements.end()) == elements.end();
}

template <class Read>
Result<std::vector<std::string>> elements_of(Element element, const Place& place, Read read_one) {
  if (!element.is_array()) return wrong_kind(place, element, "List");
  std::vector<std::string> elements;
  for (const Element one : simdjson::dom::array(element)) {
    SPILLWAY_TRY(std::string text, read_one(one, place));
    elements.push_back(std::move(text));
  }
  return elements;
}

constexpr std::string_view invalid_parameters = "One or more parameter values were invalid: ";

Result<AttributeValue> string_set(Element element, const Place& place) {
  const auto read_one = [](Element one, const Place& at) -> Result<std::string> {
    SPILLWAY_TRY(const std::string_view text, text_of(one, at));
    return std::string(text);
  };
  SPILLWAY_TRY(auto elements, elements_of(element, place, read_one));
  if (elements.empty()) {
    return invalid(place, std::string(invalid_parameters) + "An string set  may not be empty");
  }
  const std::vector<std::string> as_sent = elements;
  if (!make_set(elements)) {
    return invalid(place, std::string(invalid_parameters) + "Input collection " +
                              shown(as_sent, false) + " contains duplicates.");
  }
  return AttributeValue(StringSet{std::move(elements)});
}

Result<AttributeValue> number_set(Element element, const Place& place) {
  const auto read_one = [](Element one, const Place& at) -> Result<std::string> {
    SPILLWAY_TRY(Number number, number_of(one, at));
    return std::move(number.text);
  };
  SPILLWAY_TRY(auto elements, elements_of(element, place, read_one));
  if (elements.empty()) {
    return invalid(place, std::string(invalid_parameters) + "An number set  may not be empty");
  }
  if (!make_set(elements)) return invalid(place, "Input collection contains duplicates");
  return AttributeValue(NumberSet{std::move(elements)});
}

Result<AttributeValue> binary_set(Element element, const Place& place) {
  SPILLWAY_TRY(auto elements, elements_of(element, place, bytes_of));
  if (elements.empty()) {
    return invalid(place, std::string(invalid_parameters) + "Binary sets should not be empty");
  }
  const std::vector<std::string> as_sent = elements;
  if (!make_set(elements)) {
    return invalid(place, std::string(invalid_parameters) + "Input collection " +
                              shown(as_sent, true) + "of type BS contains duplicates.");
  }
  return AttributeValue(BinarySet{std::move(elements)});
}

Result<AttributeValue> value_of(Element element, const Place& place, int levels_left);

Error too_deep(const Place& place) {
  return invalid(
      place,
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
      "levels beyond supported limit");
}

Result<AttributeValue> list_of(Element element, const Place& place, int levels_left) {
  if (!element.is_array()) return wrong_kind(place, element, "List");
  if (levels_left == 0) return too_deep(place);
  const simdjson::dom::array array(element);
  List list;
  list.reserve(array.size());
  for (const Element one : array) {
    const std::string name = "[" + std::to_string(list.size()) + "]";
    SPILLWAY_TRY(AttributeValue value, value_of(one, Place{&place, name}, levels_left - 1));
    list.push_back(std::move(value));
  }
  return AttributeValue(std::move(list));
}

Result<Map> map_of(Element element, const Place& place, int levels_left) {
  if (!element.is_object()) return wrong_kind(place, element, "Map");
  if (levels_left == 0) return too_deep(place);
  Map map;
  for (const auto& [name, one] : simdjson::dom::object(element)) {
    constexpr std::size_t name_bytes_max = 65'535;
    if (name.empty()) return invalid(place, "Empty attribute name");
    if (name.size() > name_bytes_max) {
      return invalid(place, "Attribute name is too large, must be less than 65536 bytes");
    }
    const auto [slot, fresh] = map.try_emplace(std::string(name));
    const Place at{&place, slot->first};
    if (!fresh) return malformed(at, "Duplicate attribute name");
    SPILLWAY_TRY(slot->second, value_of(one, at, levels_left - 1));
  }
  return map;
}

Result<AttributeValue> typed(std::string_view tag, Element held, const Place& place,
                             int levels_left) {
  if (tag == "S") {
    SPILLWAY_TRY(const std::string_view text, text_of(held, place));
    return AttributeValue(std::string(text));
  }
  if (tag == "N") {
    SPILLWAY_TRY(Number number, number_of(held, place));
    return AttributeValue(std::move(number));
  }
  if (tag == "B") {
    SPILLWAY_TRY(std::string bytes, bytes_of(held, place));
    return AttributeValue(Binary{std::move(bytes)});
  }
  if (tag == "BOOL") {
    if (!held.is_bool()) return wrong_kind(place, held, "Boolean");
    return AttributeValue(bool(held));
  }
  if (tag == "NULL") {
    if (!held.is_bool()) return wrong_kind(place, held, "Boolean");
    if (bool(held)) return AttributeValue(Null{});
    return invalid(place, std::string(invalid_parameters) +
                              "Null attribute value types must have the value of true");
  }
  if (tag == "L") return list_of(held, place, levels_left);
  if (tag == "M") {
    SPILLWAY_TRY(Map map, map_of(held, place, levels_left));
    return AttributeValue(std::move(map));
  }
  if (tag == "SS") return string_set(held, place);
  if (tag == "NS") return number_set(held, place);
  if (tag == "BS") return binary_set(held, place);
  return invalid(place,
                 "Supplied AttributeValue is empty, must contain exactly one of the supported "
                 "datatypes");
}

Result<AttributeValue> value_of(Element element, const Place& place, int levels_left) {
  if (!element.is_object()) return wrong_kind(place, element, "AttributeValue");
  const simdjson::dom::object object(element);
  if (object.size() == 1) {
    const auto [tag, held] = *object.begin();
    return typed(tag, held, place, levels_left);
  }
  if (object.size() == 0) return typed({}, element, place, levels_left);
  return invalid(
      place,
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one "
      "of the supported datatypes");
}

// `use` gets the parsed document, which lives as long as the call.
template <class Use>
auto with_document(std::string_view json, Use use) -> decltype(use(Element())) {
  simdjson::dom::parser parser;
  Element root;
  const simdjson::error_code failure = parser.parse(json.data(), json.size()).get(root);
  if (failure != simdjson::SUCCESS) {
    return malformed(Place{}, std::string("not valid JSON: ") + simdjson::error_message(failure));
  }
  return use(root);
}

}  // namespace

Result<AttributeValue> value_from_json(std::string_view json) {
  return with_document(json, [](Element root) { return value_of(root, Place{}, nesting_max); });
}

Result<Item> item_from_json(std::string_view json) {
  return with_document(json, item_from_dom);
}

Result<Item> item_from_dom(simdjson::dom::element element) {
  return map_of(element, Place{}, nesting_max);
}

}  // namespace spillway
