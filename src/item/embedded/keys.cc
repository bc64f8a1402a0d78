// Primary keys: checked as DynamoDB checks them, and spelled as bytes that sort in key order.
#include "item/embedded/keys.h"

#include <algorithm>

#include "base/digest.h"
#include "dynamo/json.h"
#include "dynamo/number.h"

namespace spillway {
namespace {

Error invalid(std::string detail) {
  return make_error(Code::invalid_argument, "item.key", "", std::move(detail));
}

std::string_view type_letter(const AttributeValue& value) {
  static constexpr std::string_view letters[] = {"NULL", "BOOL", "S",  "N",  "B",      "L",
                                                 "M",    "SS",   "NS", "BS", "spilled"};
  return letters[value.variant().index()];
}

std::string_view type_letter(KeyType type) {
  switch (type) {
    case KeyType::string: return "S";
    case KeyType::number: return "N";
    case KeyType::binary: return "B";
  }
  return "";
}

bool has_type(const AttributeValue& value, KeyType type) {
  return type_letter(value) == type_letter(type);
}

Result<void> normalise(const KeyAttribute& attribute, AttributeValue& value) {
  auto* number = value.as<Number>();
  if (attribute.type != KeyType::number || !number) return ok();
  SPILLWAY_TRY(*number, parse_number(number->text));
  return ok();
}

Result<std::string> part_of_item(const KeyAttribute& attribute, Item& item, std::size_t bytes_max) {
  const auto found = item.find(attribute.name);
  if (found == item.end())
    return invalid("One or more parameter values were invalid: Missing the key " + attribute.name +
                   " in the item");
  SPILLWAY_TRY(normalise(attribute, found->second));
  return key_bytes(attribute, found->second, bytes_max);
}

/// The smallest byte string above every one that begins with `prefix`; nothing is above 0xFF….
std::string above_prefix(std::string prefix, std::string otherwise) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (prefix.empty()) return otherwise;
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace

std::uint32_t partition_hash(std::string_view partition) { return crc32c(partition); }

Result<std::string> key_bytes(const KeyAttribute& attribute, const AttributeValue& value,
                              std::size_t bytes_max) {
  if (!has_type(value, attribute.type))
    return invalid("One or more parameter values were invalid: Type mismatch for key " +
                   attribute.name + " expected: " + std::string(type_letter(attribute.type)) +
                   " actual: " + std::string(type_letter(value)));
  if (const auto* number = value.as<Number>()) {
    SPILLWAY_TRY(const Number normal, parse_number(number->text));
    return order_preserving_bytes(normal);
  }
  const auto* text = value.as<std::string>();
  const std::string& bytes = text ? *text : value.as<Binary>()->bytes;
  if (bytes.empty())
    return invalid(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty " +
        std::string(text ? "string" : "binary") + " value. Key: " + attribute.name);
  if (bytes.size() > bytes_max)
    return invalid("One or more parameter values were invalid: Size of key " + attribute.name +
                   " has exceeded the maximum size limit of " + std::to_string(bytes_max) +
                   " bytes");
  return bytes;
}

Result<StoredKey> key_of_item(const KeySchema& schema, Item& item) {
  StoredKey key;
  SPILLWAY_TRY(key.partition, part_of_item(schema.partition, item, partition_key_bytes_max));
  if (schema.sort) {
    SPILLWAY_TRY(key.sort, part_of_item(*schema.sort, item, sort_key_bytes_max));
  }
  key.hash = partition_hash(key.partition);
  return key;
}

Result<StoredKey> key_alone(const KeySchema& schema, Item& key) {
  const auto fits = [&](const KeyAttribute& attribute) {
    const auto found = key.find(attribute.name);
    return found != key.end() && has_type(found->second, attribute.type);
  };
  const std::size_t attributes = schema.sort ? 2 : 1;
  if (key.size() != attributes || !fits(schema.partition) || (schema.sort && !fits(*schema.sort)))
    return invalid("The provided key element does not match the schema");
  return key_of_item(schema, key);
}

Item key_attributes(const KeySchema& schema, const Item& item) {
  Item key;
  key.insert(*item.find(schema.partition.name));
  if (schema.sort) key.insert(*item.find(schema.sort->name));
  return key;
}

std::string just_above(std::string bytes) {
  bytes.push_back('\0');
  return bytes;
}

Result<SortRange> sort_range(const KeySchema& schema, const KeyCondition& condition) {
  using Op = KeyCondition::Op;
  SortRange range{"", std::string(sort_key_bytes_max + 1, '\xff')};  // above every key there can be
  if (condition.op == Op::none) return range;
  if (!schema.sort || condition.sort_name != schema.sort->name)
    return invalid("Query key condition not supported");
  if (condition.op == Op::begins_with && schema.sort->type == KeyType::number)
    return invalid("Invalid KeyConditionExpression: begins_with needs a string or binary key");
  SPILLWAY_TRY(const std::string low, key_bytes(*schema.sort, condition.low, sort_key_bytes_max));
  switch (condition.op) {
    case Op::none: break;
    case Op::equal: return SortRange{low, just_above(low)};
    case Op::less: range.high = low; break;
    case Op::less_equal: range.high = just_above(low); break;
    case Op::greater: range.low = just_above(low); break;
    case Op::greater_equal: range.low = low; break;
    case Op::begins_with: return SortRange{low, above_prefix(low, range.high)};
    case Op::between: {
      SPILLWAY_TRY(const std::string high,
                   key_bytes(*schema.sort, condition.high, sort_key_bytes_max));
      if (high < low)
        return invalid(
            "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be "
            "greater than or equal to lower bound");
      return SortRange{low, just_above(high)};
    }
  }
  return range;
}

std::string describe_key(const TableDescription& table, const StoredKey& key) {
  const auto part = [](KeyType type, const std::string& bytes) {
    switch (type) {
      case KeyType::string: return to_json(AttributeValue(bytes));
      case KeyType::binary: return to_json(AttributeValue(Binary{bytes}));
      case KeyType::number: break;
    }
    return "number " + to_hex(bytes);
  };
  std::string text = table.name + " " + part(table.keys.partition.type, key.partition);
  if (table.keys.sort) text += " " + part(table.keys.sort->type, key.sort);
  return text;
}

}  // namespace spillway
