// Arbitrary values and items for property tests.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "dynamo/number.h"
#include "spillway/value.h"

namespace spillway::test {

/// Text of code points from all planes, control characters included, in UTF-8.
inline rc::Gen<std::string> text() {
  const auto code_point = rc::gen::oneOf(
      rc::gen::inRange(0, 0x80), rc::gen::inRange(0x80, 0x800), rc::gen::inRange(0x800, 0xd800),
      rc::gen::inRange(0xe000, 0x10000), rc::gen::inRange(0x10000, 0x110000));
  return rc::gen::map(rc::gen::container<std::vector<int>>(code_point),
                      [](const std::vector<int>& points) {
                        std::string utf8;
                        const auto put = [&](int byte) { utf8 += static_cast<char>(byte); };
                        for (const int c : points) {
                          if (c < 0x80) {
                            put(c);
                          } else if (c < 0x800) {
                            put(0xc0 | (c >> 6)), put(0x80 | (c & 63));
                          } else if (c < 0x10000) {
                            put(0xe0 | (c >> 12)), put(0x80 | ((c >> 6) & 63));
                            put(0x80 | (c & 63));
                          } else {
                            put(0xf0 | (c >> 18)), put(0x80 | ((c >> 12) & 63));
                            put(0x80 | ((c >> 6) & 63)), put(0x80 | (c & 63));
                          }
                        }
                        return utf8;
                      });
}

inline rc::Gen<std::string> bytes() {
  return rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

/// Digits and an exponent within DynamoDB's bounds, as "-123E-45".
inline rc::Gen<std::string> number_text() {
  const auto digits = rc::gen::suchThat(
      rc::gen::container<std::string>(rc::gen::inRange('0', static_cast<char>('9' + 1))),
      [](const std::string& s) { return !s.empty() && s.size() <= 38; });
  return rc::gen::apply(
      [](bool negative, const std::string& significant, int exponent) {
        return (negative ? "-" : "") + significant + "E" + std::to_string(exponent);
      },
      rc::gen::arbitrary<bool>(), digits, rc::gen::inRange(-92, 88));
}

inline rc::Gen<Number> number_value() {
  return rc::gen::map(number_text(), [](const std::string& t) { return parse_number(t).value(); });
}

inline std::vector<std::string> as_set(std::vector<std::string> elements) {
  std::sort(elements.begin(), elements.end());
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return elements;
}

template <class Set>
rc::Gen<AttributeValue> set_of(const rc::Gen<std::string>& element) {
  return rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(element)),
                      [](const std::vector<std::string>& elements) {
                        return AttributeValue(Set{as_set(elements)});
                      });
}

inline rc::Gen<AttributeValue> value_of_depth(int depth);

inline rc::Gen<Map> map_of_depth(int depth) {
  const auto name = rc::gen::suchThat(text(), [](const std::string& s) { return !s.empty(); });
  return rc::gen::resize(
      5, rc::gen::map(rc::gen::container<std::vector<std::pair<std::string, AttributeValue>>>(
                          rc::gen::pair(name, value_of_depth(depth))),
                      [](const auto& members) { return Map(members.begin(), members.end()); }));
}

/// Any value with at most `depth` lists and maps around its deepest part.
inline rc::Gen<AttributeValue> value_of_depth(int depth) {
  using rc::gen::map;
  const auto wrap = [](auto generator) {
    return map(generator, [](const auto& held) { return AttributeValue(held); });
  };
  const auto scalar = rc::gen::oneOf(
      rc::gen::just(AttributeValue()), wrap(rc::gen::arbitrary<bool>()), wrap(text()),
      wrap(number_value()),
      map(bytes(), [](const std::string& b) { return AttributeValue(Binary{b}); }),
      set_of<StringSet>(text()), set_of<BinarySet>(bytes()),
      set_of<NumberSet>(map(number_value(), [](const Number& n) { return n.text; })));
  if (depth == 0) return scalar;
  const auto list = rc::gen::resize(
      5, wrap(rc::gen::container<std::vector<AttributeValue>>(value_of_depth(depth - 1))));
  return rc::gen::oneOf(scalar, list, wrap(map_of_depth(depth - 1)));
}

inline rc::Gen<Item> any_item() { return map_of_depth(2); }

}  // namespace spillway::test
