// Descriptions of tables to JSON and back.
#include "item/dynamodb/tables.h"

#include <simdjson.h>

#include <map>
#include <set>
#include <utility>

#include "item/dynamodb/json_object.h"

namespace spillway {
namespace {

using Element = simdjson::dom::element;
using Array = simdjson::dom::array;
using Projects = IndexDescription::Projects;
using KeyTypes = std::map<std::string, KeyType, std::less<>>;

constexpr std::string_view key_type_letters = "SNB";  // in the order of KeyType

Error unreadable(std::string_view what) {
  return make_error(Code::corrupt, "dynamodb.table", "",
                    "the answer is not what DynamoDB sends: " + std::string(what));
}

void append(std::string& array, const std::string& json) {
  if (!array.empty()) array += ',';
  array += json;
}

std::string key_schema(const KeySchema& keys) {
  std::string elements;
  const auto add = [&](const KeyAttribute& key, std::string_view type) {
    JsonObject element;
    element.add_string("AttributeName", key.name).add_string("KeyType", type);
    append(elements, element.finish());
  };
  add(keys.partition, "HASH");
  if (keys.sort) add(*keys.sort, "RANGE");
  return "[" + elements + "]";
}

std::string index_json(const IndexDescription& index) {
  JsonObject projection;
  projection.add_string("ProjectionType", index.projects == Projects::all         ? "ALL"
                                          : index.projects == Projects::keys_only ? "KEYS_ONLY"
                                                                                  : "INCLUDE");
  if (index.projects == Projects::include) {
    std::string names;
    for (const std::string& name : index.included) append(names, json_string(name));
    projection.add("NonKeyAttributes", "[" + names + "]");
  }
  JsonObject json;
  json.add_string("IndexName", index.name);
  json.add("KeySchema", key_schema(index.keys));
  json.add("Projection", projection.finish());
  return json.finish();
}

/// Every key attribute of the table and its indexes, once.
std::string attribute_definitions(const TableDescription& table) {
  std::set<std::pair<std::string, KeyType>> attributes;
  const auto note = [&](const KeySchema& keys) {
    attributes.insert({keys.partition.name, keys.partition.type});
    if (keys.sort) attributes.insert({keys.sort->name, keys.sort->type});
  };
  note(table.keys);
  for (const IndexDescription& index : table.indexes) note(index.keys);
  std::string definitions;
  for (const auto& [name, type] : attributes) {
    JsonObject definition;
    definition.add_string("AttributeName", name);
    definition.add_string("AttributeType",
                          key_type_letters.substr(static_cast<std::size_t>(type), 1));
    append(definitions, definition.finish());
  }
  return "[" + definitions + "]";
}

std::string_view text_in(Element object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

/// Empty where there is none.
std::vector<Element> array_in(Element object, std::string_view name) {
  Array array;
  if (object[name].get(array) != simdjson::SUCCESS) return {};
  return std::vector<Element>(array.begin(), array.end());
}

Result<KeyTypes> types_in(Element table) {
  KeyTypes types;
  for (const Element one : array_in(table, "AttributeDefinitions")) {
    const std::string_view letter = text_in(one, "AttributeType");
    const std::size_t type = key_type_letters.find(letter);
    if (letter.size() != 1 || type == std::string_view::npos)
      return unreadable("an attribute of unknown type");
    types[std::string(text_in(one, "AttributeName"))] = static_cast<KeyType>(type);
  }
  return types;
}

Result<KeySchema> keys_in(Element object, const KeyTypes& types) {
  KeySchema keys;
  for (const Element one : array_in(object, "KeySchema")) {
    const auto type = types.find(text_in(one, "AttributeName"));
    if (type == types.end()) return unreadable("a key that no attribute defines");
    const KeyAttribute key{type->first, type->second};
    if (text_in(one, "KeyType") == "HASH") {
      keys.partition = key;
    } else {
      keys.sort = key;
    }
  }
  if (keys.partition.name.empty()) return unreadable("a schema without a partition key");
  return keys;
}

Result<IndexDescription> index_in(Element object, const KeyTypes& types, bool local) {
  IndexDescription index;
  index.name = text_in(object, "IndexName");
  index.local = local;
  SPILLWAY_TRY(index.keys, keys_in(object, types));
  Element projection;
  if (object["Projection"].get(projection) != simdjson::SUCCESS)
    return unreadable("an index without a projection");
  const std::string_view type = text_in(projection, "ProjectionType");
  index.projects = type == "ALL"         ? Projects::all
                   : type == "KEYS_ONLY" ? Projects::keys_only
                                         : Projects::include;
  for (const Element name : array_in(projection, "NonKeyAttributes")) {
    std::string_view text;
    if (name.get(text) == simdjson::SUCCESS) index.included.emplace_back(text);
  }
  return index;
}

}  // namespace

std::string encode_create_table(const TableDescription& table, const std::string& full_name) {
  std::string local, global;
  for (const IndexDescription& index : table.indexes)
    append(index.local ? local : global, index_json(index));
  JsonObject body;
  body.add_string("TableName", full_name);
  body.add("AttributeDefinitions", attribute_definitions(table));
  body.add("KeySchema", key_schema(table.keys));
  body.add_string("BillingMode", "PAY_PER_REQUEST");
  if (!local.empty()) body.add("LocalSecondaryIndexes", "[" + local + "]");
  if (!global.empty()) body.add("GlobalSecondaryIndexes", "[" + global + "]");
  return body.finish();
}

std::string encode_table_name(const std::string& full_name) {
  JsonObject body;
  body.add_string("TableName", full_name);
  return body.finish();
}

std::string encode_list_tables(const std::string& after) {
  JsonObject body;
  if (!after.empty()) body.add_string("ExclusiveStartTableName", after);
  return body.finish();
}

Result<DescribedTable> decode_table(std::string_view body) {
  simdjson::dom::parser parser;
  Element root, table;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS ||
      (root["Table"].get(table) != simdjson::SUCCESS &&
       root["TableDescription"].get(table) != simdjson::SUCCESS))
    return unreadable("no description of a table");
  DescribedTable described;
  described.table.name = text_in(table, "TableName");
  described.table.id = text_in(table, "TableId");
  described.active = text_in(table, "TableStatus") == "ACTIVE";
  SPILLWAY_TRY(const KeyTypes types, types_in(table));
  SPILLWAY_TRY(described.table.keys, keys_in(table, types));
  for (const Element one : array_in(table, "LocalSecondaryIndexes")) {
    SPILLWAY_TRY(IndexDescription index, index_in(one, types, true));
    described.table.indexes.push_back(std::move(index));
  }
  for (const Element one : array_in(table, "GlobalSecondaryIndexes")) {
    SPILLWAY_TRY(IndexDescription index, index_in(one, types, false));
    described.table.indexes.push_back(std::move(index));
    described.active &= text_in(one, "IndexStatus") == "ACTIVE";
  }
  return described;
}

Result<TableNames> decode_table_names(std::string_view body) {
  simdjson::dom::parser parser;
  Element root;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS)
    return unreadable("no list of tables");
  TableNames tables;
  for (const Element one : array_in(root, "TableNames")) {
    std::string_view name;
    if (one.get(name) != simdjson::SUCCESS) return unreadable("a table without a name");
    tables.names.emplace_back(name);
  }
  tables.last = text_in(root, "LastEvaluatedTableName");
  return tables;
}

}  // namespace spillway
