// What DynamoDB demands of items and tables, and what it bills for them.
#include "item/embedded/validate.h"

#include <algorithm>
#include <cassert>

#include "dynamo/item_size.h"

namespace spillway {
namespace {

constexpr std::size_t attribute_name_bytes_max = 65'535;
constexpr std::size_t key_name_bytes_max = 255;
constexpr std::size_t table_name_bytes_min = 3, table_name_bytes_max = 255;

Error invalid(std::string detail) {
  return make_error(Code::invalid_argument, "item.validate", "", std::move(detail));
}

Result<void> validate_value(const AttributeValue& value);

Result<void> validate_map(const Map& map) {
  for (const auto& [name, value] : map) {
    SPILLWAY_TRY(validate_value(value));
  }
  return ok();
}

/// Depth was checked before, so that this recursion is bounded.
Result<void> validate_value(const AttributeValue& value) {
  const bool spilled = value.as<Spilled>() != nullptr;
  assert(!spilled && "a spilled value reached the item store");
  if (spilled)
    return make_error(Code::internal, "item.validate", "",
                      "a spilled value reached the item store");
  const auto* strings = value.as<StringSet>();
  const auto* numbers = value.as<NumberSet>();
  const auto* binaries = value.as<BinarySet>();
  if ((strings && strings->elements.empty()) || (numbers && numbers->elements.empty()) ||
      (binaries && binaries->elements.empty()))
    return invalid("One or more parameter values were invalid: An set may not be empty");
  if (const auto* map = value.as<Map>()) return validate_map(*map);
  if (const auto* list = value.as<List>()) {
    for (const AttributeValue& element : *list) {
      SPILLWAY_TRY(validate_value(element));
    }
  }
  return ok();
}

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

}  // namespace

Result<void> validate_item(const Item& item) {
  for (const auto& [name, value] : item) {
    if (name.empty() || name.size() > attribute_name_bytes_max)
      return invalid("One or more parameter values were invalid: attribute names are 1 to " +
                     std::to_string(attribute_name_bytes_max) + " bytes long");
    if (nesting_depth(value) >= nesting_max)  // the item itself is one level
      return invalid("Nesting Levels have exceeded supported limits");
  }
  if (item_size(item) > item_bytes_max)
    return make_error(Code::too_large, "item.write", "",
                      "Item size has exceeded the maximum allowed size");
  return validate_map(item);
}

Result<void> validate_table(const TableDescription& table) {
  const std::string& name = table.name;
  if (name.size() < table_name_bytes_min || name.size() > table_name_bytes_max ||
      !std::all_of(name.begin(), name.end(), plain))
    return invalid("TableName must be 3 to 255 characters out of a-z, A-Z, 0-9, '_', '-' and '.'");
  const auto named = [](const KeyAttribute& attribute) {
    return !attribute.name.empty() && attribute.name.size() <= key_name_bytes_max;
  };
  const KeySchema& keys = table.keys;
  if (!named(keys.partition) || (keys.sort && !named(*keys.sort)))
    return invalid("names of key attributes are 1 to 255 bytes long");
  if (keys.sort && keys.sort->name == keys.partition.name)
    return invalid(
        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  if (!table.indexes.empty())
    return make_error(Code::unsupported, "item.create_table", name,
                      "the embedded store has no secondary indexes yet");
  return ok();
}

Result<void> validate_query_filter(const KeySchema& schema, const Condition& filter) {
  for (const Path& path : filter.paths()) {
    const std::string& root = std::get<std::string>(path.front());
    if (root == schema.partition.name || (schema.sort && root == schema.sort->name))
      return invalid(
          "Filter Expression can only contain non-primary key attributes: Primary key attribute: " +
          root);
  }
  return ok();
}

double read_units(std::uint64_t bytes, bool consistent) {
  const std::uint64_t blocks = std::max<std::uint64_t>(1, (bytes + 4095) / 4096);
  return static_cast<double>(blocks) * (consistent ? 1.0 : 0.5);
}

double write_units(std::uint64_t bytes) {
  return static_cast<double>(std::max<std::uint64_t>(1, (bytes + 1023) / 1024));
}

}  // namespace spillway
