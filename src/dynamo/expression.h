// DynamoDB expressions: parsed by recursive descent with a depth cap, evaluated on items. Pure.
// Source: Amazon DynamoDB Developer Guide, "Expressions".
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "spillway/error.h"
#include "spillway/value.h"

namespace spillway {

/// One step of a document path: a map key or a list index.
using PathStep = std::variant<std::string, std::size_t>;
/// "artifacts[3].body": the first step is the top-level attribute's name.
using Path = std::vector<PathStep>;

/// "artifacts[3].body", for people.
std::string to_string(const Path& path);

/// The value at `path`, or nullptr when there is none. Does not look into Spilled values.
const AttributeValue* find(const Item& item, const Path& path);
AttributeValue* find(Item& item, const Path& path);

/// A condition or filter expression. Immutable once parsed; any thread may evaluate.
class Condition {
 public:
  /// An empty text is the condition that always holds. invalid_argument with DynamoDB's own words
  /// when it does not parse or names an undefined placeholder; `kind` is the parameter's name in
  /// them
  /// ("FilterExpression").
  static Result<Condition> parse(std::string_view text, const Names& names, const Values& values,
                                 std::string_view kind = "ConditionExpression");
  /// `item` nullptr: the item does not exist. Operands of other types than asked for are unequal
  /// and unordered, not errors. Code::internal when it would have to look into a Spilled value.
  Result<bool> evaluate(const Item* item) const;
  /// Every document path it reads.
  const std::vector<Path>& paths() const;

 private:
  struct Node;
  std::shared_ptr<const Node> root_;  // shared: conditions are copied into queued writes
  std::vector<Path> paths_;
};

/// An update expression (SET, REMOVE, ADD, DELETE).
class Update {
 public:
  static Result<Update> parse(std::string_view text, const Names& names, const Values& values);
  /// Applies every clause to `item` (operands are read from the item as it was before). Keys must
  /// already be in it. On an error the item is left in an unspecified state: work on a copy.
  /// invalid_argument with DynamoDB's words for a missing or mistyped operand, a path that leads
  /// nowhere, a number out of range or nesting above 32 levels. Spilled values move as they are;
  /// Code::internal when one would have to be looked into.
  Result<void> apply(Item& item) const;
  /// Paths it reads (operands) and writes (targets).
  const std::vector<Path>& reads() const;
  const std::vector<Path>& writes() const;
  /// Only REMOVE and DELETE clauses: applied to a missing item it creates nothing.
  bool only_removes() const;

 private:
  struct Program;
  std::shared_ptr<const Program> program_;  // shared: updates are copied into queued writes
};

/// A projection expression.
class Projection {
 public:
  /// An empty text projects everything.
  static Result<Projection> parse(std::string_view text, const Names& names);
  /// The chosen parts; elements chosen from one list close up. A path that leads into a Spilled
  /// value yields nothing: hydrate what paths() names first.
  Item apply(const Item& item) const;
  const std::vector<Path>& paths() const;

 private:
  std::vector<Path> paths_;
};

/// A key condition of a Query: equality on the partition key, at most one range on the sort key.
struct KeyCondition {
  enum class Op { none, equal, less, less_equal, greater, greater_equal, between, begins_with };
  std::string partition_name;
  AttributeValue partition;
  std::string sort_name;  ///< empty with Op::none
  Op op = Op::none;
  AttributeValue low;   ///< the operand, or the lower bound of between
  AttributeValue high;  ///< the upper bound of between

  /// `partition_name`, from the table's or index's schema, tells which of two equalities is the
  /// partition key's; without it the first is. Whether the names and types fit the schema is for
  /// the caller to check.
  static Result<KeyCondition> parse(std::string_view text, const Names& names, const Values& values,
                                    std::string_view partition_name = {});
};

/// Refuses what DynamoDB refuses about the placeholders of a request: malformed or overlong ones
/// and those that none of `expressions` uses. Pass every expression of the request, also empty
/// ones. DynamoDB's bound of 2 MB on all of them together is not applied: values may be larger
/// here.
Result<void> check_substitutions(const std::vector<std::string_view>& expressions,
                                 const Names& names, const Values& values);

}  // namespace spillway
