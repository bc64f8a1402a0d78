// Sizes and depths of values, by DynamoDB's published rules.
#include "dynamo/item_size.h"

#include <algorithm>
#include <type_traits>

namespace spillway {
namespace {

// "About one byte per two significant digits, plus one": digits that straddle the decimal point
// take one byte more, and implementations disagree when, so it is always counted.
std::uint64_t number_size(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::uint64_t digits = 0;
  std::uint64_t trailing_zeros = 0;
  for (const char c : text) {
    if (c == 'E' || c == 'e') break;
    if (c < '0' || c > '9' || (digits == 0 && c == '0')) continue;
    ++digits;
    trailing_zeros = c == '0' ? trailing_zeros + 1 : 0;
  }
  if (digits == 0) return 1;
  constexpr std::uint64_t number_bytes_max = 21;
  const std::uint64_t significant = digits - trailing_zeros;
  return std::min(significant / 2 + 2 + (negative ? 1 : 0), number_bytes_max);
}

template <class Set, class Measure>
std::uint64_t set_size(const Set& set, Measure measure) {
  std::uint64_t total = 0;
  for (const std::string& element : set.elements) total += measure(element);
  return total;
}

std::uint64_t byte_size(std::string_view bytes) { return bytes.size(); }

constexpr std::uint64_t container_bytes = 3;
constexpr std::uint64_t element_bytes = 1;

std::uint64_t list_size(const List& list) {
  std::uint64_t total = container_bytes;
  for (const AttributeValue& element : list) total += value_size(element) + element_bytes;
  return total;
}

}  // namespace

std::uint64_t value_size(const AttributeValue& value) {
  return std::visit(
      [](const auto& held) -> std::uint64_t {
        using T = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_same_v<T, Null> || std::is_same_v<T, bool>) {
          return 1;
        } else if constexpr (std::is_same_v<T, std::string>) {
          return held.size();
        } else if constexpr (std::is_same_v<T, Number>) {
          return number_size(held.text);
        } else if constexpr (std::is_same_v<T, Binary>) {
          return held.bytes.size();
        } else if constexpr (std::is_same_v<T, List>) {
          return list_size(held);
        } else if constexpr (std::is_same_v<T, Map>) {
          return container_bytes + item_size(held) + held.size() * element_bytes;
        } else if constexpr (std::is_same_v<T, NumberSet>) {
          return set_size(held, number_size);
        } else if constexpr (std::is_same_v<T, Spilled>) {
          return held->stored_size;
        } else {
          return set_size(held, byte_size);
        }
      },
      value.variant());
}

std::uint64_t item_size(const Item& item) {
  std::uint64_t total = 0;
  for (const auto& [name, value] : item) total += name.size() + value_size(value);
  return total;
}

int nesting_depth(const AttributeValue& value) {
  int deepest = 0;
  if (const List* list = value.as<List>()) {
    for (const AttributeValue& element : *list) deepest = std::max(deepest, nesting_depth(element));
    return deepest + 1;
  }
  if (const Map* map = value.as<Map>()) {
    for (const auto& [name, element] : *map) deepest = std::max(deepest, nesting_depth(element));
    return deepest + 1;
  }
  return 0;
}

}  // namespace spillway
