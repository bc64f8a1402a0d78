// Walking through items and JSON texts.
#include "cli/foreign_reference.h"

#include <simdjson.h>

#include <charconv>

#include "artifact/json_inspector.h"
#include "dynamo/number.h"

namespace spillway {
namespace {

constexpr std::size_t reference_bytes_max = 16 * 1024;  ///< of one as a JSON text
constexpr std::size_t depth_max = 32;                   ///< DynamoDB's

std::string text_of(const Map& map, const char* name) {
  const auto found = map.find(name);
  const auto* text = found == map.end() ? nullptr : found->second.as<std::string>();
  return text == nullptr ? "" : *text;
}

std::optional<std::uint64_t> count_of(const Map& map, const char* name) {
  const auto found = map.find(name);
  const auto* digits = found == map.end() ? nullptr : found->second.as<Number>();
  if (digits == nullptr) return std::nullopt;
  std::uint64_t count = 0;
  const char* end = digits->text.data() + digits->text.size();
  const auto [rest, failure] = std::from_chars(digits->text.data(), end, count);
  if (failure != std::errc() || rest != end) return std::nullopt;
  return count;
}

std::optional<ForeignReference> reference_in(const Map& map) {
  if (text_of(map, "type") != "s3_reference") return std::nullopt;
  ForeignReference found;
  found.bucket = text_of(map, "bucket");
  found.key = text_of(map, "key");
  if (found.bucket.empty() || found.key.empty()) return std::nullopt;
  found.size_bytes = count_of(map, "size");
  found.content_type = text_of(map, "contentType");
  found.original_type = text_of(map, "originalType");
  found.session = text_of(map, "chatSessionId");
  return found;
}

std::optional<ForeignReference> reference_in(const std::string& text) {
  const bool may_be = text.size() <= reference_bytes_max && text.starts_with('{') &&
                      text.find("s3_reference") != std::string::npos;
  if (!may_be) return std::nullopt;
  const auto parsed = value_from_plain_json(text);
  const auto* map = parsed ? parsed.value().as<Map>() : nullptr;
  if (map == nullptr) return std::nullopt;
  auto found = reference_in(*map);
  if (found) found->is_string = true;
  return found;
}

struct Walk {
  std::vector<ForeignReference> found;
  std::string path, place;
  Names names;

  void visit(const AttributeValue& value) {
    std::optional<ForeignReference> reference;
    if (const auto* text = value.as<std::string>()) reference = reference_in(*text);
    if (const auto* map = value.as<Map>()) reference = reference_in(*map);
    if (reference) {
      reference->path = path;
      reference->place = place;
      reference->names = names;
      reference->old = value;
      found.push_back(std::move(*reference));
      return;
    }
    if (const auto* map = value.as<Map>()) {
      for (const auto& [name, child] : *map) step(name, child);
    } else if (const auto* list = value.as<List>()) {
      for (std::size_t i = 0; i < list->size(); ++i) {
        const Walk before{{}, path, place, {}};
        path += "[" + std::to_string(i) + "]";
        place += "[" + std::to_string(i) + "]";
        visit((*list)[i]);
        path = before.path;
        place = before.place;
      }
    }
  }

  void step(const std::string& name, const AttributeValue& child) {
    const std::string path_before = path, place_before = place;
    const std::string placeholder = "#p" + std::to_string(names.size());
    path += (path.empty() ? "" : ".") + name;
    place += (place.empty() ? "" : ".") + placeholder;
    names[placeholder] = name;
    visit(child);
    names.erase(placeholder);
    path = path_before;
    place = place_before;
  }
};

Error not_exact(std::string detail) {
  return make_error(Code::invalid_argument, "adopt.json", "", std::move(detail));
}

using simdjson::ondemand::json_type;
using OndemandValue = simdjson::ondemand::value;

Result<AttributeValue> convert(OndemandValue value, std::size_t depth);

Error not_json() { return not_exact("the object is not JSON"); }

Result<AttributeValue> convert_object(OndemandValue value, std::size_t depth) {
  Map map;
  simdjson::ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return not_json();
  for (auto member : object) {
    std::string_view name;
    OndemandValue child;
    if (member.unescaped_key().get(name) != simdjson::SUCCESS) return not_json();
    std::string owned(name);
    if (member.value().get(child) != simdjson::SUCCESS) return not_json();
    SPILLWAY_TRY(AttributeValue converted, convert(child, depth + 1));
    if (!map.emplace(owned, std::move(converted)).second) {
      return not_exact("the name \"" + owned + "\" repeats in one object of the JSON");
    }
  }
  return AttributeValue(std::move(map));
}

Result<AttributeValue> convert_array(OndemandValue value, std::size_t depth) {
  List list;
  simdjson::ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return not_json();
  for (auto element : array) {
    OndemandValue child;
    if (element.get(child) != simdjson::SUCCESS) return not_json();
    SPILLWAY_TRY(AttributeValue converted, convert(child, depth + 1));
    list.push_back(std::move(converted));
  }
  return AttributeValue(std::move(list));
}

Result<AttributeValue> convert_number(std::string_view token) {
  const std::size_t end = token.find_last_not_of(" \t\r\n") + 1;
  auto number = parse_number(token.substr(0, end));
  if (!number) {
    return not_exact("the number " + std::string(token.substr(0, std::min<std::size_t>(end, 60))) +
                     " is not one that DynamoDB holds exactly");
  }
  return AttributeValue(std::move(number).value());
}

Result<AttributeValue> convert(OndemandValue value, std::size_t depth) {
  if (depth > depth_max) return not_exact("the JSON is nested deeper than DynamoDB allows");
  json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return not_json();
  switch (type) {
    case json_type::object: return convert_object(value, depth);
    case json_type::array: return convert_array(value, depth);
    case json_type::number: return convert_number(value.raw_json_token());
    case json_type::string: {
      std::string_view text;
      if (value.get_string().get(text) != simdjson::SUCCESS) return not_json();
      return AttributeValue(std::string(text));
    }
    case json_type::boolean: {
      bool truth = false;
      if (value.get_bool().get(truth) != simdjson::SUCCESS) return not_json();
      return AttributeValue(truth);
    }
    case json_type::null:
      if (!value.is_null()) return not_json();
      return AttributeValue(Null{});
  }
  return not_json();
}

}  // namespace

std::vector<ForeignReference> find_references(const std::string& name,
                                              const AttributeValue& value) {
  Walk walk;
  walk.step(name, value);
  return std::move(walk.found);
}

Result<AttributeValue> value_from_plain_json(const std::string& json) {
  // On-demand parsing looks at no more than it is asked for: what follows the text, for example.
  if (!inspect_json(json)) return not_json();
  const simdjson::padded_string padded(json);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return not_json();
  OndemandValue root;
  if (document.get_value().get(root) != simdjson::SUCCESS) {
    return not_exact("the JSON is neither an object nor an array");
  }
  return convert(root, 1);
}

}  // namespace spillway
