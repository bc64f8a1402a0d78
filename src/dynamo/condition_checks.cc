// Checks of conditions at parsing time. The words are DynamoDB's.
#include "dynamo/condition_checks.h"

#include <algorithm>
#include <array>

#include "dynamo/value_type.h"

namespace spillway {
namespace {

struct Function {
  std::string_view name;
  std::size_t operands;
};
constexpr std::array<Function, 6> functions = {{{"attribute_exists", 1},
                                                {"attribute_not_exists", 1},
                                                {"attribute_type", 2},
                                                {"begins_with", 2},
                                                {"contains", 2},
                                                {"size", 1}}};

const Function* find_function(std::string_view name) {
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [&](const Function& one) { return one.name == name; });
  return found == functions.end() ? nullptr : &*found;
}

// Refuses a name that is no function of conditions; null then.
const Function* known_function(Parser& parser, const std::string& name) {
  const Function* function = find_function(name);
  if (function != nullptr) return function;
  if (name == "if_not_exists" || name == "list_append") {
    parser.complain(Complaint::unknown_function,
                    "The function is not allowed in a condition expression; function: " + name);
  } else {
    parser.complain(Complaint::unknown_function, "Invalid function name; function: " + name);
  }
  return nullptr;
}

void complain_misused(Parser& parser, const std::string& name) {
  parser.complain(
      Complaint::misused_function,
      "The function is not allowed to be used this way in an expression; function: " + name);
}

bool check_count(Parser& parser, const Function& function, std::size_t operands) {
  if (operands == function.operands) return true;
  parser.complain(Complaint::operand_count,
                  "Incorrect number of operands for operator or function; operator or function: " +
                      std::string(function.name) +
                      ", number of operands: " + std::to_string(operands));
  return false;
}

template <std::size_t n>
void allow_types(Parser& parser, std::string_view name, const Operand& operand,
                 const std::array<std::string_view, n>& allowed) {
  const std::string_view type = static_type(operand);
  if (type.empty() || std::find(allowed.begin(), allowed.end(), type) != allowed.end()) return;
  parser.complain_type(name, type);
}

constexpr std::array<std::string_view, 3> ordered_types = {"S", "N", "B"};
constexpr std::array<std::string_view, 2> prefix_types = {"S", "B"};
constexpr std::array<std::string_view, 7> sized_types = {"S", "B", "L", "M", "SS", "NS", "BS"};

void check_between(Parser& parser, const ConditionNode& node) {
  for (const Operand& operand : node.operands) {
    allow_types(parser, "BETWEEN", operand, ordered_types);
  }
  const Operand& low = node.operands[1];
  const Operand& high = node.operands[2];
  if (low.kind != Operand::Kind::value || high.kind != Operand::Kind::value) return;
  std::string rule;
  if (low.value.variant().index() != high.value.variant().index()) {
    rule = "The BETWEEN operator requires same data type for lower and upper bounds;";
  } else {
    const auto ordering = order(low.value, high.value);
    if (ordering && ordering.value() && *ordering.value() > 0) {
      rule =
          "The BETWEEN operator requires upper bound to be greater than or equal to lower bound;";
    }
  }
  if (rule.empty()) return;
  parser.complain(Complaint::type,
                  rule + " lower bound operand: AttributeValue: " + type_and_text(low.value) +
                      ", upper bound operand: AttributeValue: " + type_and_text(high.value));
}

void check_attribute_type(Parser& parser, const Operand& wanted) {
  const std::string_view type = static_type(wanted);
  if (type != "S") {
    parser.complain_type("attribute_type", type.empty() ? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}" : type);
    return;
  }
  const std::string& name = *wanted.value.as<std::string>();
  if (is_type_name(name)) return;
  parser.complain(Complaint::type, "Invalid attribute type name found; type: " + name +
                                       ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
}

void check_function_types(Parser& parser, const std::string& name,
                          const std::vector<Operand>& operands) {
  if (name == "attribute_exists" || name == "attribute_not_exists") {
    if (operands.front().kind != Operand::Kind::path) {
      parser.complain(
          Complaint::type,
          "Operator or function requires a document path; operator or function: " + name);
    }
  } else if (name == "attribute_type") {
    check_attribute_type(parser, operands[1]);
  } else if (name == "begins_with") {
    for (const Operand& operand : operands) allow_types(parser, name, operand, prefix_types);
  } else if (name == "size") {
    allow_types(parser, name, operands.front(), sized_types);
  }
}

void check_call(Parser& parser, const std::string& name, const std::vector<Operand>& operands) {
  const Function* function = known_function(parser, name);
  if (function == nullptr || !check_count(parser, *function, operands.size())) return;
  const std::vector<Operand> rest(operands.begin() + 1, operands.end());
  parser.check_distinct(name, operands.front(), rest);
  check_function_types(parser, name, operands);
}

void check_operand(Parser& parser, const Operand& operand) {
  if (operand.kind != Operand::Kind::function) return;
  for (const Operand& argument : operand.arguments) check_operand(parser, argument);
  if (known_function(parser, operand.function) == nullptr) return;
  if (operand.function != "size") complain_misused(parser, operand.function);
  check_call(parser, operand.function, operand.arguments);
}

}  // namespace

void check_condition_node(Parser& parser, const ConditionNode& node) {
  for (const Operand& operand : node.operands) check_operand(parser, operand);
  if (node.kind == ConditionNode::Kind::function) {
    if (node.name == "size") complain_misused(parser, node.name);
    check_call(parser, node.name, node.operands);
    return;
  }
  const std::vector<Operand> rest(node.operands.begin() + 1, node.operands.end());
  parser.check_distinct(node.name, node.operands.front(), rest);
  if (node.kind == ConditionNode::Kind::between) check_between(parser, node);
  if (node.kind == ConditionNode::Kind::comparison && node.name != "=" && node.name != "<>") {
    for (const Operand& operand : node.operands) {
      allow_types(parser, node.name, operand, ordered_types);
    }
  }
}

}  // namespace spillway
