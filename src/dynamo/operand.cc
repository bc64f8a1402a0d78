// Evaluates and compares operands.
#include "dynamo/operand.h"

#include <type_traits>

#include "dynamo/number.h"
#include "dynamo/path.h"
#include "dynamo/value_type.h"

namespace spillway {
namespace {

// Bytes of a string or binary, elements of a set, list or map; the others have no size.
std::optional<std::size_t> size_of(const AttributeValue& value) {
  return std::visit(
      [](const auto& held) -> std::optional<std::size_t> {
        using T = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, List> ||
                      std::is_same_v<T, Map>) {
          return held.size();
        } else if constexpr (std::is_same_v<T, Binary>) {
          return held.bytes.size();
        } else if constexpr (std::is_same_v<T, StringSet> || std::is_same_v<T, NumberSet> ||
                             std::is_same_v<T, BinarySet>) {
          return held.elements.size();
        } else {
          return std::nullopt;
        }
      },
      value.variant());
}

// size() of a string counts UTF-16 units: so answers DynamoDB Local 3.3.1.
std::size_t utf16_units(std::string_view utf8) {
  std::size_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) ++units;
    if (byte >= 0xf0) ++units;
  }
  return units;
}

Result<Evaluated> size_function(const AttributeValue* of, const Operand& argument) {
  if (of == nullptr) return Evaluated();
  if (of->as<Spilled>() != nullptr) return not_hydrated(to_string(argument.path));
  const auto* text = of->as<std::string>();
  const std::optional<std::size_t> size = text ? utf16_units(*text) : size_of(*of);
  if (!size) return Evaluated();
  return Evaluated(number(static_cast<std::int64_t>(*size)));
}

}  // namespace

Result<Evaluated> evaluate_operand(const Operand& operand, const Item& item) {
  switch (operand.kind) {
    case Operand::Kind::value: return Evaluated(&operand.value);
    case Operand::Kind::path: {
      SPILLWAY_TRY(const AttributeValue* found, look_up(item, operand.path));
      return Evaluated(found);
    }
    case Operand::Kind::function: break;
  }
  const Operand& argument = operand.arguments.front();
  SPILLWAY_TRY(const Evaluated of, evaluate_operand(argument, item));
  return size_function(of.get(), argument);
}

std::string_view static_type(const Operand& operand) {
  if (operand.kind == Operand::Kind::value) return type_name(operand.value);
  if (operand.kind == Operand::Kind::function && operand.function == "size") return "N";
  return {};
}

Result<bool> equal(const AttributeValue& a, const AttributeValue& b) {
  if (a.as<Spilled>() != nullptr || b.as<Spilled>() != nullptr) return not_hydrated("=");
  if (a.variant().index() != b.variant().index()) return false;
  if (holds_spilled(a) || holds_spilled(b)) return not_hydrated("=");
  return a == b;
}

Result<std::optional<std::strong_ordering>> order(const AttributeValue& a,
                                                  const AttributeValue& b) {
  using Answer = std::optional<std::strong_ordering>;
  if (a.as<Spilled>() != nullptr || b.as<Spilled>() != nullptr) return not_hydrated("<");
  if (a.variant().index() != b.variant().index()) return Answer();
  if (const auto* text = a.as<std::string>()) return Answer(*text <=> *b.as<std::string>());
  if (const auto* held = a.as<Number>()) return Answer(compare(*held, *b.as<Number>()));
  if (const auto* binary = a.as<Binary>()) return Answer(binary->bytes <=> b.as<Binary>()->bytes);
  return Answer();
}

void collect_paths(const Operand& operand, std::vector<Path>& paths) {
  if (operand.kind == Operand::Kind::path) paths.push_back(operand.path);
  for (const Operand& argument : operand.arguments) collect_paths(argument, paths);
}

}  // namespace spillway
