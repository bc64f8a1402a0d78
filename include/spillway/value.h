// DynamoDB attribute values and items, held in memory.
// Source: Amazon DynamoDB API Reference, AttributeValue.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace spillway {

class AttributeValue;

struct Null {
  bool operator==(const Null&) const = default;
};
/// A decimal number in its normal form ("5", "-0.25", "1E+40"); see src/dynamo/number.h.
struct Number {
  std::string text;
  bool operator==(const Number&) const = default;
};
struct Binary {
  std::string bytes;
  bool operator==(const Binary&) const = default;
};
/// Sets hold distinct elements in ascending order of their bytes, so that equal sets compare equal.
struct StringSet {
  std::vector<std::string> elements;
  bool operator==(const StringSet&) const = default;
};
struct NumberSet {
  std::vector<std::string> elements;  ///< normal forms
  bool operator==(const NumberSet&) const = default;
};
struct BinarySet {
  std::vector<std::string> elements;
  bool operator==(const BinarySet&) const = default;
};
using List = std::vector<AttributeValue>;
using Map = std::map<std::string, AttributeValue, std::less<>>;

/// What every layer may know of a value whose bytes are elsewhere. hybrid derives from it: where
/// the bytes are and how they are verified.
struct SpilledValue {
  std::uint64_t stored_size = 0;  ///< DynamoDB size in bytes of what it keeps in the item
  virtual ~SpilledValue() = default;
};

/// Stands in memory for a value whose bytes are elsewhere (in an object, or encoded in the item).
/// Never on the wire and never in a client's hands. Shared because copies of an item share one
/// immutable description.
using Spilled = std::shared_ptr<const SpilledValue>;

/// One DynamoDB value. A regular type: copies are deep, comparison is by value.
class AttributeValue {
 public:
  using Variant = std::variant<Null, bool, std::string, Number, Binary, List, Map, StringSet,
                               NumberSet, BinarySet, Spilled>;

  AttributeValue() = default;  // NULL
  template <class T>
  requires std::is_constructible_v<Variant, T> &&
      (!std::is_same_v<std::remove_cvref_t<T>, AttributeValue>)AttributeValue(T&& value)
      : variant_(std::forward<T>(value)) {}
  AttributeValue(const char* text) : variant_(std::string(text)) {}

  const Variant& variant() const { return variant_; }
  Variant& variant() { return variant_; }

  /// The value as T, or nullptr when it is of another type.
  template <class T>
  const T* as() const {
    return std::get_if<T>(&variant_);
  }
  template <class T>
  T* as() {
    return std::get_if<T>(&variant_);
  }

  bool operator==(const AttributeValue&) const = default;

 private:
  Variant variant_;
};

/// A number value from an integer.
inline AttributeValue number(std::int64_t value) { return Number{std::to_string(value)}; }

/// Attribute names and values under a primary key.
using Item = Map;

/// DynamoDB refuses items above this many bytes (Developer Guide, "Quotas").
inline constexpr std::uint64_t item_bytes_max = 409'600;

/// ExpressionAttributeNames ("#n" -> name) and ExpressionAttributeValues (":v" -> value).
using Names = std::map<std::string, std::string, std::less<>>;
using Values = std::map<std::string, AttributeValue, std::less<>>;

}  // namespace spillway
