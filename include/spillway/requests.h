// Requests to and answers from item stores, in the words of DynamoDB's API.
// Source: Amazon DynamoDB API Reference (GetItem, PutItem, UpdateItem, TransactWriteItems, Query).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "spillway/value.h"

namespace spillway {

enum class KeyType { string, number, binary };

struct KeyAttribute {
  std::string name;
  KeyType type = KeyType::string;
};

struct KeySchema {
  KeyAttribute partition;
  std::optional<KeyAttribute> sort;
};

struct IndexDescription {
  enum class Projects { all, keys_only, include };
  std::string name;
  KeySchema keys;
  bool local = false;  ///< a local secondary index counts towards the item size limit
  Projects projects = Projects::all;
  std::vector<std::string> included;
};

struct TableDescription {
  std::string name;
  KeySchema keys;
  std::vector<IndexDescription> indexes;
  /// The store's own id of this table, different in every copy that was restored elsewhere; empty
  /// where the store has none. Filled in answers, ignored in requests.
  std::string id = {};
};

/// Capacity units as DynamoDB reports them; an embedded store computes them by the same rule.
struct Capacity {
  double read_units = 0;
  double write_units = 0;
};

struct GetRequest {
  std::string table;
  Item key;
  bool consistent = true;
  std::string projection;  ///< empty: the whole item
  Names names;
};

struct GetResult {
  std::optional<Item> item;
  Capacity capacity;
};

/// One put, update, delete or bare condition check.
struct WriteRequest {
  enum class Kind { put, update, remove, check };
  Kind kind = Kind::put;
  std::string table;
  Item item;              ///< put: the whole item; otherwise the primary key alone
  std::string update;     ///< update: an UpdateExpression
  std::string condition;  ///< a ConditionExpression, or empty
  Names names;
  Values values;
};

/// A condition that does not hold is an answer, not an Error: `applied` is false, nothing is
/// written.
struct WriteResult {
  bool applied = false;
  std::optional<Item> prior;  ///< the item as it was before, also when the condition refused
  Capacity capacity;
};

struct TransactResult {
  bool applied = false;
  /// One for each action when not applied: did its condition hold, and the item that it met.
  struct Action {
    bool condition_held = true;
    std::optional<Item> prior;
  };
  std::vector<Action> actions;
  Capacity capacity;
};

/// A Query (key_condition given) or a Scan.
struct QueryRequest {
  std::string table;
  std::string index;
  std::string key_condition;  ///< KeyConditionExpression; empty: scan
  std::string filter;
  std::string projection;
  Names names;
  Values values;
  bool consistent = true;
  bool forward = true;
  std::uint32_t limit = 0;          ///< items evaluated at most; 0: only the page size bounds
  std::optional<Item> start_after;  ///< ExclusiveStartKey
  std::uint32_t segment = 0, total_segments = 1;  ///< parallel Scan
};

struct QueryPage {
  std::vector<Item> items;
  std::optional<Item> last_key;  ///< LastEvaluatedKey: more may follow
  std::uint32_t scanned_count = 0;
  Capacity capacity;
};

/// Table administration.
struct CreateTable {
  TableDescription table;
};
struct DeleteTable {
  std::string name;
};
struct DescribeTable {
  std::string name;
};
struct ListTables {
  std::string start_after;
  std::uint32_t limit = 100;
};
using TableRequest = std::variant<CreateTable, DeleteTable, DescribeTable, ListTables>;
/// The table concerned (as it was, for DeleteTable); for ListTables their names alone, ascending.
using TableReply = std::vector<TableDescription>;

}  // namespace spillway
