// Operands of expressions and how they compare. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dynamo/expression.h"

namespace spillway {

/// A document path, a literal (from a placeholder), or a function of operands. In updates the
/// functions "+" and "-" are the arithmetic.
struct Operand {
  enum class Kind { path, value, function };
  Kind kind = Kind::value;
  Path path;
  AttributeValue value;
  std::string function;
  std::vector<Operand> arguments;
};

/// What an operand came to: something in the item or the expression, something computed, or
/// nothing.
class Evaluated {
 public:
  Evaluated() = default;
  explicit Evaluated(const AttributeValue* found) : found_(found) {}
  explicit Evaluated(AttributeValue computed) : computed_(std::move(computed)) {}
  /// nullptr when the operand does not exist in the item.
  const AttributeValue* get() const { return computed_ ? &*computed_ : found_; }
  /// The value itself, copied only where it belongs to somebody else. It must exist.
  AttributeValue take() && { return computed_ ? std::move(*computed_) : *found_; }

 private:
  const AttributeValue* found_ = nullptr;
  std::optional<AttributeValue> computed_;
};

/// A path, a literal, or size() of one. Code::internal for a Spilled value it would have to look
/// into.
Result<Evaluated> evaluate_operand(const Operand& operand, const Item& item);

/// The type that is known before any item is seen ("S", …), empty for a path.
std::string_view static_type(const Operand& operand);

/// Equal in type and value; sets whatever their order. Code::internal when either holds a Spilled.
Result<bool> equal(const AttributeValue& a, const AttributeValue& b);

/// Order of two strings, numbers or binaries; nullopt when the types differ or have no order.
Result<std::optional<std::strong_ordering>> order(const AttributeValue& a, const AttributeValue& b);

/// Appends every path in the operand to `paths`.
void collect_paths(const Operand& operand, std::vector<Path>& paths);

}  // namespace spillway
