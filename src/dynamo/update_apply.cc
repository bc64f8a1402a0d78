// Applies update expressions: every new value is worked out from the item as it was, then written.
#include <algorithm>
#include <type_traits>

#include "dynamo/item_size.h"
#include "dynamo/number.h"
#include "dynamo/path.h"
#include "dynamo/update_program.h"

namespace spillway {
namespace {

using Kind = UpdateAction::Kind;

// What becomes of a path: a value, or nothing at all.
struct Outcome {
  Path path;
  std::optional<AttributeValue> value;
};

Error refused(const Path& path, std::string detail) {
  return make_error(Code::invalid_argument, "expression.update", to_string(path),
                    std::move(detail));
}

Error wrong_type(const Path& path) {
  return refused(path, "An operand in the update expression has an incorrect data type");
}

Error leads_nowhere(const Path& path) {
  return refused(path, "The document path provided in the update expression is invalid for update");
}

Result<Evaluated> evaluate(const Operand& operand, const Item& item);

Result<Evaluated> arithmetic(const Operand& operand, const AttributeValue& left,
                             const AttributeValue& right) {
  for (const AttributeValue* side : {&left, &right}) {
    if (side->as<Spilled>() != nullptr) return not_hydrated(operand.function);
    if (side->as<Number>() == nullptr) return wrong_type({});
  }
  const Number& a = *left.as<Number>();
  const Number& b = *right.as<Number>();
  SPILLWAY_TRY(Number result, operand.function == "+" ? add(a, b) : subtract(a, b));
  return Evaluated(AttributeValue(std::move(result)));
}

Result<Evaluated> list_append(Evaluated left, const AttributeValue& right) {
  for (const AttributeValue* side : {left.get(), &right}) {
    if (side->as<Spilled>() != nullptr) return not_hydrated("list_append");
    if (side->as<List>() == nullptr) return wrong_type({});
  }
  AttributeValue joined = std::move(left).take();
  const List& tail = *right.as<List>();
  joined.as<List>()->insert(joined.as<List>()->end(), tail.begin(), tail.end());
  return Evaluated(std::move(joined));
}

Result<Evaluated> evaluate(const Operand& operand, const Item& item) {
  if (operand.kind == Operand::Kind::value) return Evaluated(&operand.value);
  if (operand.kind == Operand::Kind::path) {
    SPILLWAY_TRY(const AttributeValue* found, look_up(item, operand.path));
    if (found != nullptr) return Evaluated(found);
    return refused(
        operand.path,
        "The provided expression refers to an attribute that does not exist in the item");
  }
  // DynamoDB evaluates the fallback of if_not_exists even where it is not needed.
  SPILLWAY_TRY(const Evaluated right, evaluate(operand.arguments[1], item));
  if (operand.function == "if_not_exists") {
    SPILLWAY_TRY(const AttributeValue* found, look_up(item, operand.arguments[0].path));
    return found != nullptr ? Evaluated(found) : right;
  }
  SPILLWAY_TRY(Evaluated left, evaluate(operand.arguments[0], item));
  if (operand.function == "list_append") return list_append(std::move(left), *right.get());
  return arithmetic(operand, *left.get(), *right.get());
}

// Union or difference of two sets of one type; nullopt when the types differ.
std::optional<AttributeValue> combine_sets(const AttributeValue& whole, const AttributeValue& part,
                                           Kind kind) {
  return std::visit(
      [&](const auto& held) -> std::optional<AttributeValue> {
        using T = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_same_v<T, StringSet> || std::is_same_v<T, NumberSet> ||
                      std::is_same_v<T, BinarySet>) {
          const T* other = part.as<T>();
          if (other == nullptr) return std::nullopt;
          T result;
          const auto out = std::back_inserter(result.elements);
          const auto& a = held.elements;
          const auto& b = other->elements;
          if (kind == Kind::add) {
            std::set_union(a.begin(), a.end(), b.begin(), b.end(), out);
          } else {
            std::set_difference(a.begin(), a.end(), b.begin(), b.end(), out);
          }
          if (result.elements.empty()) return AttributeValue();
          return AttributeValue(std::move(result));
        } else {
          return std::nullopt;
        }
      },
      whole.variant());
}

Result<Outcome> add_or_delete(const UpdateAction& action, const Item& item) {
  SPILLWAY_TRY(const AttributeValue* current, look_up(item, action.path));
  Outcome outcome{action.path, std::nullopt};
  const AttributeValue& operand = action.operand.value;
  if (current == nullptr) {
    if (action.kind == Kind::add) outcome.value = operand;
    return outcome;
  }
  if (current->as<Spilled>() != nullptr) return not_hydrated(to_string(action.path));
  if (const auto* addend = operand.as<Number>()) {
    const auto* base = current->as<Number>();
    if (base == nullptr) return wrong_type(action.path);
    SPILLWAY_TRY(Number sum, add(*base, *addend));
    outcome.value = AttributeValue(std::move(sum));
    return outcome;
  }
  outcome.value = combine_sets(*current, operand, action.kind);
  if (!outcome.value) return wrong_type(action.path);
  // A set that has lost its last element goes with it: there are no empty sets.
  if (outcome.value->as<Null>() != nullptr) outcome.value.reset();
  return outcome;
}

Result<Outcome> outcome_of(const UpdateAction& action, const Item& item) {
  if (action.kind == Kind::remove) return Outcome{action.path, std::nullopt};
  if (action.kind != Kind::set) return add_or_delete(action, item);
  SPILLWAY_TRY(Evaluated value, evaluate(action.operand, item));
  return Outcome{action.path, std::move(value).take()};
}

// The list or map that the last step of a nested path is in.
Result<AttributeValue*> parent_of(Item& item, const Path& path) {
  const Path above(path.begin(), path.end() - 1);
  SPILLWAY_TRY(const AttributeValue* found, look_up(item, above));
  if (found == nullptr) return leads_nowhere(path);
  if (found->as<Spilled>() != nullptr) return not_hydrated(to_string(path));
  const bool is_name = std::holds_alternative<std::string>(path.back());
  const bool fits = is_name ? found->as<Map>() != nullptr : found->as<List>() != nullptr;
  if (!fits) return leads_nowhere(path);
  return find(item, above);
}

Result<void> write(Item& item, Outcome& outcome) {
  const Path& path = outcome.path;
  // The item itself and the containers on the way are levels, too.
  if (static_cast<int>(path.size()) + nesting_depth(*outcome.value) > nesting_max) {
    return refused(path, "Nesting Levels have exceeded supported limits");
  }
  if (path.size() == 1) {
    item.insert_or_assign(std::get<std::string>(path.front()), std::move(*outcome.value));
    return ok();
  }
  SPILLWAY_TRY(AttributeValue * parent, parent_of(item, path));
  if (auto* map = parent->as<Map>()) {
    map->insert_or_assign(std::get<std::string>(path.back()), std::move(*outcome.value));
    return ok();
  }
  List& list = *parent->as<List>();
  const std::size_t index = std::get<std::size_t>(path.back());
  if (index < list.size()) {
    list[index] = std::move(*outcome.value);
  } else {
    list.push_back(std::move(*outcome.value));
  }
  return ok();
}

Result<void> remove(Item& item, const Path& path) {
  if (path.size() == 1) {
    item.erase(std::get<std::string>(path.front()));
    return ok();
  }
  SPILLWAY_TRY(AttributeValue * parent, parent_of(item, path));
  if (auto* map = parent->as<Map>()) {
    map->erase(std::get<std::string>(path.back()));
    return ok();
  }
  List& list = *parent->as<List>();
  const std::size_t index = std::get<std::size_t>(path.back());
  if (index < list.size()) list.erase(list.begin() + static_cast<std::ptrdiff_t>(index));
  return ok();
}

}  // namespace

Result<void> Update::apply(Item& item) const {
  std::vector<Outcome> outcomes;
  for (const UpdateAction& action : program_->actions) {
    SPILLWAY_TRY(Outcome outcome, outcome_of(action, item));
    outcomes.push_back(std::move(outcome));
  }
  // By path: what lands beyond a list's end is appended in the order of its indexes, and what
  // leaves a list leaves from the back, so that every index means what it meant before.
  std::sort(outcomes.begin(), outcomes.end(),
            [](const Outcome& a, const Outcome& b) { return a.path < b.path; });
  for (Outcome& outcome : outcomes) {
    if (outcome.value) {
      SPILLWAY_TRY(write(item, outcome));
    }
  }
  for (auto outcome = outcomes.rbegin(); outcome != outcomes.rend(); ++outcome) {
    if (!outcome->value) {
      SPILLWAY_TRY(remove(item, outcome->path));
    }
  }
  return ok();
}

}  // namespace spillway
