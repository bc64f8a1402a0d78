// Key conditions of queries: a condition of a form that an index can answer.
#include <map>

#include "dynamo/condition_tree.h"

namespace spillway {
namespace {

using Kind = ConditionNode::Kind;
using Op = KeyCondition::Op;

// One condition on one attribute.
struct Clause {
  std::string name;
  Op op = Op::none;
  AttributeValue low;
  AttributeValue high;
};

Error refused(std::string detail) {
  return make_error(Code::invalid_argument, "expression", "KeyConditionExpression",
                    std::move(detail));
}

Error bad_operator(const std::string& name) {
  return refused("Invalid operator used in KeyConditionExpression: " + name);
}

// "5 < a" is "a > 5".
Op op_of(std::string_view comparator, bool mirrored) {
  if (comparator == "=") return Op::equal;
  const bool less = comparator.front() == '<';
  const bool or_equal = comparator.size() == 2;
  if (less != mirrored) return or_equal ? Op::less_equal : Op::less;
  return or_equal ? Op::greater_equal : Op::greater;
}

Result<Clause> clause_of(const ConditionNode& node) {
  const bool known = node.kind == Kind::comparison
                         ? node.name != "<>"
                         : node.kind == Kind::between || node.name == "begins_with";
  if (!known) return bad_operator(node.name);
  Clause clause;
  std::vector<const AttributeValue*> literals;
  bool mirrored = false;
  for (const Operand& operand : node.operands) {
    if (operand.kind == Operand::Kind::function) {
      return refused("KeyConditionExpressions cannot contain nested operations");
    }
    if (operand.kind == Operand::Kind::value) {
      literals.push_back(&operand.value);
      continue;
    }
    const auto& name = std::get<std::string>(operand.path.front());
    if (operand.path.size() > 1) {
      return refused(
          "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
          "allowed: Key: " +
          name);
    }
    if (!clause.name.empty()) {
      return refused(
          "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
          "condition");
    }
    clause.name = name;
    mirrored = !literals.empty();
  }
  if (clause.name.empty()) {
    return refused("Invalid condition in KeyConditionExpression: No key attribute specified");
  }
  if (mirrored && node.kind != Kind::comparison)
    return refused("Query key condition not supported");
  clause.low = *literals.front();
  clause.high = *literals.back();
  if (node.kind == Kind::comparison) {
    clause.op = op_of(node.name, mirrored);
  } else {
    clause.op = node.kind == Kind::between ? Op::between : Op::begins_with;
  }
  return clause;
}

Result<void> flatten(const ConditionNode& node, std::vector<Clause>& clauses) {
  if (node.kind == Kind::disjunction || node.kind == Kind::negation) return bad_operator(node.name);
  if (node.kind == Kind::conjunction) {
    for (const ConditionNode& child : node.children) {
      SPILLWAY_TRY(flatten(child, clauses));
    }
    return ok();
  }
  SPILLWAY_TRY(Clause clause, clause_of(node));
  for (const Clause& earlier : clauses) {
    if (earlier.name == clause.name) {
      return refused("KeyConditionExpressions must only contain one condition per key");
    }
  }
  clauses.push_back(std::move(clause));
  return ok();
}

// Which clause is about the partition key: the named one, else the first equality.
Result<std::size_t> partition_clause(const std::vector<Clause>& clauses,
                                     std::string_view partition_name) {
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    const bool chosen =
        partition_name.empty() ? clauses[i].op == Op::equal : clauses[i].name == partition_name;
    if (!chosen) continue;
    if (clauses[i].op != Op::equal) return refused("Query key condition not supported");
    return i;
  }
  if (partition_name.empty()) return refused("Query key condition not supported");
  return refused("Query condition missed key schema element: " + std::string(partition_name));
}

}  // namespace

Result<KeyCondition> KeyCondition::parse(std::string_view text, const Names& names,
                                         const Values& values, std::string_view partition_name) {
  SPILLWAY_TRY(const ConditionNode root,
               parse_condition("KeyConditionExpression", text, names, values));
  std::vector<Clause> clauses;
  SPILLWAY_TRY(flatten(root, clauses));
  SPILLWAY_TRY(const std::size_t first, partition_clause(clauses, partition_name));
  if (clauses.size() > 2) return refused("Query key condition not supported");
  KeyCondition condition;
  condition.partition_name = std::move(clauses[first].name);
  condition.partition = std::move(clauses[first].low);
  if (clauses.size() == 1) return condition;
  Clause& sort = clauses[1 - first];
  condition.sort_name = std::move(sort.name);
  condition.op = sort.op;
  condition.low = std::move(sort.low);
  if (sort.op == Op::between) condition.high = std::move(sort.high);
  return condition;
}

}  // namespace spillway
