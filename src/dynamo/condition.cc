// Evaluates condition and filter expressions.
#include <algorithm>

#include "dynamo/condition_tree.h"
#include "dynamo/path.h"
#include "dynamo/value_type.h"

namespace spillway {

struct Condition::Node : ConditionNode {
  explicit Node(ConditionNode node) : ConditionNode(std::move(node)) {}
};

namespace {

using Kind = ConditionNode::Kind;

Result<bool> evaluate(const ConditionNode& node, const Item& item);

Result<bool> holds(std::string_view comparator, const AttributeValue& a, const AttributeValue& b) {
  if (comparator == "=") return equal(a, b);
  SPILLWAY_TRY(const auto ordering, order(a, b));
  if (!ordering) return false;
  if (comparator == "<") return *ordering < 0;
  if (comparator == "<=") return *ordering <= 0;
  if (comparator == ">") return *ordering > 0;
  return *ordering >= 0;
}

// What does not exist equals nothing and has no order, not even against another of its kind.
Result<bool> compare_operands(const ConditionNode& node, const Item& item) {
  SPILLWAY_TRY(const Evaluated a, evaluate_operand(node.operands[0], item));
  SPILLWAY_TRY(const Evaluated b, evaluate_operand(node.operands[1], item));
  const bool both = a.get() != nullptr && b.get() != nullptr;
  if (node.name != "<>") return both ? holds(node.name, *a.get(), *b.get()) : Result<bool>(false);
  if (!both) return true;
  SPILLWAY_TRY(const bool same, equal(*a.get(), *b.get()));
  return !same;
}

Result<bool> between(const ConditionNode& node, const Item& item) {
  SPILLWAY_TRY(const Evaluated value, evaluate_operand(node.operands[0], item));
  SPILLWAY_TRY(const Evaluated low, evaluate_operand(node.operands[1], item));
  SPILLWAY_TRY(const Evaluated high, evaluate_operand(node.operands[2], item));
  if (value.get() == nullptr || low.get() == nullptr || high.get() == nullptr) return false;
  SPILLWAY_TRY(const bool above, holds(">=", *value.get(), *low.get()));
  if (!above) return false;
  return holds("<=", *value.get(), *high.get());
}

Result<bool> in(const ConditionNode& node, const Item& item) {
  SPILLWAY_TRY(const Evaluated value, evaluate_operand(node.operands[0], item));
  if (value.get() == nullptr) return false;
  for (std::size_t i = 1; i < node.operands.size(); ++i) {
    SPILLWAY_TRY(const Evaluated candidate, evaluate_operand(node.operands[i], item));
    if (candidate.get() == nullptr) continue;
    SPILLWAY_TRY(const bool same, equal(*value.get(), *candidate.get()));
    if (same) return true;
  }
  return false;
}

bool begins_with(const AttributeValue& whole, const AttributeValue& prefix) {
  if (whole.variant().index() != prefix.variant().index()) return false;
  if (const auto* text = whole.as<std::string>()) {
    return text->starts_with(*prefix.as<std::string>());
  }
  const auto* binary = whole.as<Binary>();
  return binary != nullptr && binary->bytes.starts_with(prefix.as<Binary>()->bytes);
}

bool has(const std::vector<std::string>& elements, const std::string& element) {
  return std::binary_search(elements.begin(), elements.end(), element);
}

Result<bool> contains(const AttributeValue& whole, const AttributeValue& part) {
  if (const auto* list = whole.as<List>()) {
    for (const AttributeValue& element : *list) {
      SPILLWAY_TRY(const bool same, equal(element, part));
      if (same) return true;
    }
    return false;
  }
  if (const auto* text = part.as<std::string>()) {
    if (const auto* string = whole.as<std::string>()) return string->find(*text) != string->npos;
    const auto* set = whole.as<StringSet>();
    return set != nullptr && has(set->elements, *text);
  }
  if (const auto* sought = part.as<Number>()) {
    const auto* set = whole.as<NumberSet>();
    return set != nullptr && has(set->elements, sought->text);
  }
  if (const auto* bytes = part.as<Binary>()) {
    if (const auto* binary = whole.as<Binary>()) {
      return binary->bytes.find(bytes->bytes) != std::string::npos;
    }
    const auto* set = whole.as<BinarySet>();
    return set != nullptr && has(set->elements, bytes->bytes);
  }
  return false;
}

Result<bool> call(const ConditionNode& node, const Item& item) {
  SPILLWAY_TRY(const Evaluated first, evaluate_operand(node.operands[0], item));
  if (node.name == "attribute_exists") return first.get() != nullptr;
  if (node.name == "attribute_not_exists") return first.get() == nullptr;
  SPILLWAY_TRY(const Evaluated second, evaluate_operand(node.operands[1], item));
  if (first.get() == nullptr || second.get() == nullptr) return false;
  for (const AttributeValue* value : {first.get(), second.get()}) {
    if (value->as<Spilled>() != nullptr) return not_hydrated(node.name);
  }
  if (node.name == "attribute_type") {
    return type_name(*first.get()) == *second.get()->as<std::string>();
  }
  if (node.name == "begins_with") return begins_with(*first.get(), *second.get());
  return contains(*first.get(), *second.get());
}

Result<bool> any_child(const ConditionNode& node, const Item& item, bool sought) {
  for (const ConditionNode& child : node.children) {
    SPILLWAY_TRY(const bool value, evaluate(child, item));
    if (value == sought) return true;
  }
  return false;
}

Result<bool> evaluate(const ConditionNode& node, const Item& item) {
  switch (node.kind) {
    case Kind::disjunction: return any_child(node, item, true);
    case Kind::conjunction: {
      SPILLWAY_TRY(const bool refuted, any_child(node, item, false));
      return !refuted;
    }
    case Kind::negation: {
      SPILLWAY_TRY(const bool value, evaluate(node.children.front(), item));
      return !value;
    }
    case Kind::comparison: return compare_operands(node, item);
    case Kind::between: return between(node, item);
    case Kind::in: return in(node, item);
    case Kind::function: break;
  }
  return call(node, item);
}

void collect_paths(const ConditionNode& node, std::vector<Path>& paths) {
  for (const Operand& operand : node.operands) collect_paths(operand, paths);
  for (const ConditionNode& child : node.children) collect_paths(child, paths);
}

}  // namespace

Result<Condition> Condition::parse(std::string_view text, const Names& names, const Values& values,
                                   std::string_view kind) {
  Condition condition;
  if (text.empty()) return condition;
  SPILLWAY_TRY(ConditionNode root, parse_condition(kind, text, names, values));
  collect_paths(root, condition.paths_);
  condition.root_ = std::make_shared<const Node>(std::move(root));
  return condition;
}

Result<bool> Condition::evaluate(const Item* item) const {
  if (root_ == nullptr) return true;
  const Item nothing;
  return spillway::evaluate(*root_, item == nullptr ? nothing : *item);
}

const std::vector<Path>& Condition::paths() const { return paths_; }

}  // namespace spillway
