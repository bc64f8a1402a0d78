// Requests on items as JSON.
#include <set>

#include "base/digest.h"
#include "base/random.h"
#include "dynamo/json.h"
#include "dynamo/lexer.h"
#include "item/dynamodb/codec.h"
#include "item/dynamodb/json_object.h"

namespace spillway {
namespace {

constexpr std::size_t token_bytes_max = 36;

using Kind = WriteRequest::Kind;
using Expressions = std::initializer_list<std::string_view>;

std::set<std::string_view> placeholders_in(Expressions expressions) {
  std::set<std::string_view> used;
  for (const std::string_view expression : expressions) {
    for (const Token& token : tokenize(expression)) {
      if (token.kind == Token::Kind::name || token.kind == Token::Kind::value)
        used.insert(token.text);
    }
  }
  return used;
}

void add_expression(JsonObject& body, std::string_view name, const std::string& expression) {
  if (!expression.empty()) body.add_string(name, expression);
}

void add_substitutions(JsonObject& body, Expressions expressions, const Names& names,
                       const Values& values) {
  if (names.empty() && values.empty()) return;
  const std::set<std::string_view> used = placeholders_in(expressions);
  JsonObject sent_names;
  bool any_name = false;
  for (const auto& [placeholder, name] : names) {
    if (!used.contains(placeholder)) continue;
    sent_names.add_string(placeholder, name);
    any_name = true;
  }
  if (any_name) body.add("ExpressionAttributeNames", sent_names.finish());
  JsonObject sent_values;
  bool any_value = false;
  for (const auto& [placeholder, value] : values) {
    if (!used.contains(placeholder)) continue;
    sent_values.add(placeholder, to_json(value));
    any_value = true;
  }
  if (any_value) body.add("ExpressionAttributeValues", sent_values.finish());
}

/// What single writes and the actions of transactions have in common.
JsonObject write_body(const WriteRequest& request, const std::string& table) {
  JsonObject body;
  body.add_string("TableName", table);
  body.add(request.kind == Kind::put ? "Item" : "Key", to_json(request.item));
  add_expression(body, "UpdateExpression", request.update);
  add_expression(body, "ConditionExpression", request.condition);
  add_substitutions(body, {request.update, request.condition}, request.names, request.values);
  if (!request.condition.empty()) body.add_string("ReturnValuesOnConditionCheckFailure", "ALL_OLD");
  return body;
}

std::string_view action_name(Kind kind) {
  switch (kind) {
    case Kind::put: return "Put";
    case Kind::update: return "Update";
    case Kind::remove: return "Delete";
    case Kind::check: return "ConditionCheck";
  }
  return "";
}

}  // namespace

std::string encode_get(const GetRequest& request, const std::string& table) {
  JsonObject body;
  body.add_string("TableName", table);
  body.add("Key", to_json(request.key));
  body.add_bool("ConsistentRead", request.consistent);
  body.add_string("ReturnConsumedCapacity", "TOTAL");
  add_expression(body, "ProjectionExpression", request.projection);
  add_substitutions(body, {request.projection}, request.names, {});
  return body.finish();
}

std::string encode_write(const WriteRequest& request, const std::string& table) {
  JsonObject body = write_body(request, table);
  body.add_string("ReturnValues", "ALL_OLD");
  body.add_string("ReturnConsumedCapacity", "TOTAL");
  return body.finish();
}

std::string encode_transaction(const std::vector<WriteRequest>& actions,
                               const std::string& table_prefix, const std::string& token) {
  std::string items;
  for (const WriteRequest& request : actions) {
    if (!items.empty()) items += ',';
    JsonObject action;
    action.add(action_name(request.kind),
               write_body(request, table_prefix + request.table).finish());
    items += action.finish();
  }
  JsonObject body;
  body.add_string("ClientRequestToken", token);
  body.add_string("ReturnConsumedCapacity", "TOTAL");
  body.add("TransactItems", "[" + items + "]");
  return body.finish();
}

std::string encode_query(const QueryRequest& request, const std::string& table) {
  const bool scan = request.key_condition.empty();
  JsonObject body;
  body.add_string("TableName", table);
  body.add_bool("ConsistentRead", request.consistent);
  body.add_string("ReturnConsumedCapacity", "TOTAL");
  add_expression(body, "IndexName", request.index);
  add_expression(body, "KeyConditionExpression", request.key_condition);
  add_expression(body, "FilterExpression", request.filter);
  add_expression(body, "ProjectionExpression", request.projection);
  add_substitutions(body, {request.key_condition, request.filter, request.projection},
                    request.names, request.values);
  if (!scan) body.add_bool("ScanIndexForward", request.forward);
  if (request.limit > 0) body.add("Limit", std::to_string(request.limit));
  if (request.start_after) body.add("ExclusiveStartKey", to_json(*request.start_after));
  if (scan && (request.total_segments != 1 || request.segment != 0)) {
    body.add("Segment", std::to_string(request.segment));
    body.add("TotalSegments", std::to_string(request.total_segments));
  }
  return body.finish();
}

std::string client_request_token(const std::string& token, const std::string& table_prefix) {
  if (token.empty()) return random_id();
  if (table_prefix.empty() && token.size() <= token_bytes_max) return token;
  // Tokens are one space for a whole account; no prefix holds a slash.
  return to_hex(sha256(table_prefix + "/" + token)).substr(0, token_bytes_max);
}

}  // namespace spillway
