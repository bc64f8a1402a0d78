// Item sizes are DynamoDB's own.
#include "dynamo/item_size.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/dynamo/generators.h"
#include "unit/dynamo/helpers.h"

namespace spillway {
namespace {

using test::item;
using test::value;

TEST(ItemSize, CountsNamesAndValuesAsDynamoDbDocuments) {
  EXPECT_EQ(item_size(item(R"({"id":{"S":"abc"}})")), 5u);
  EXPECT_EQ(item_size(item(R"({"é":{"S":"😀"}})")), 6u) << "UTF-8 bytes, not characters";
  EXPECT_EQ(value_size(value(R"({"B":"aGVsbG8="})")), 5u) << "decoded bytes, not base64";
  EXPECT_EQ(value_size(value(R"({"BOOL":false})")), 1u);
  EXPECT_EQ(value_size(value(R"({"NULL":true})")), 1u);
  EXPECT_EQ(value_size(value(R"({"L":[]})")), 3u);
  EXPECT_EQ(value_size(value(R"({"M":{}})")), 3u);
  EXPECT_EQ(value_size(value(R"({"L":[{"S":"ab"},{"BOOL":true}]})")), 3u + 3 + 2);
  EXPECT_EQ(value_size(value(R"({"M":{"key":{"S":"ab"}}})")), 3u + 3 + 2 + 1);
  EXPECT_EQ(value_size(value(R"({"SS":["a","bcd"]})")), 4u);
}

TEST(ItemSize, TakesTheUpperBoundOfANumber) {
  const auto size = [](const char* text) { return value_size(parse_number(text).value()); };
  EXPECT_EQ(size("0"), 1u);
  EXPECT_EQ(size("5"), 2u);
  EXPECT_EQ(size("500000"), 2u) << "trailing zeros are free";
  EXPECT_EQ(size("0.0005"), 2u) << "leading zeros are free";
  EXPECT_EQ(size("1.2"), 3u) << "two digits may straddle a byte";
  EXPECT_EQ(size("-1.2"), 4u);
  EXPECT_EQ(size("-99999999999999999999999999999999999999"), 21u) << "never above 21";
}

TEST(ItemSize, CountsASpilledValueAsWhatStandsInItsPlace) {
  Item stored;
  stored["art"] = test::spilled(700);
  EXPECT_EQ(item_size(stored), 703u);
}

TEST(NestingDepth, CountsListsAndMaps) {
  EXPECT_EQ(nesting_depth(value(R"({"S":"x"})")), 0);
  EXPECT_EQ(nesting_depth(value(R"({"L":[]})")), 1);
  EXPECT_EQ(nesting_depth(value(R"({"L":[{"S":"x"},{"M":{"a":{"L":[]}}}]})")), 3);
}

// An independent count: from the JSON's own words, without the code under test.
std::uint64_t slow_size(const AttributeValue& of);

std::uint64_t slow_number_size(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) digits += c;
  }
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  while (!digits.empty() && digits.front() == '0') digits.erase(0, 1);
  if (digits.empty()) return 1;
  // The most bytes any placement of the decimal point can need: "0d dd … d0".
  const std::uint64_t pairs =
      digits.size() % 2 == 0 ? digits.size() / 2 + 1 : (digits.size() + 1) / 2;
  return std::min<std::uint64_t>(21, pairs + 1 + (text.front() == '-' ? 1 : 0));
}

std::uint64_t slow_size(const AttributeValue& of) {
  std::uint64_t total = 0;
  if (of.as<Null>() != nullptr || of.as<bool>() != nullptr) total = 1;
  if (const auto* text = of.as<std::string>()) total = text->length();
  if (const auto* held = of.as<Number>()) total = slow_number_size(held->text);
  if (const auto* binary = of.as<Binary>()) total = binary->bytes.length();
  if (const auto* set = of.as<StringSet>()) {
    for (const auto& element : set->elements) total += element.length();
  }
  if (const auto* set = of.as<BinarySet>()) {
    for (const auto& element : set->elements) total += element.length();
  }
  if (const auto* set = of.as<NumberSet>()) {
    for (const auto& element : set->elements) total += slow_number_size(element);
  }
  if (const auto* list = of.as<List>()) {
    total = 3;
    for (std::size_t i = 0; i < list->size(); ++i) total += 1 + slow_size(list->at(i));
  }
  if (const auto* map = of.as<Map>()) {
    total = 3;
    for (const auto& [name, member] : *map) total += 1 + name.length() + slow_size(member);
  }
  return total;
}

RC_GTEST_PROP(ItemSize, AgreesWithAnIndependentCount, ()) {
  const Item any = *test::any_item();
  const std::uint64_t as_map = slow_size(AttributeValue(any));
  RC_ASSERT(item_size(any) == as_map - 3 - any.size());
}

}  // namespace
}  // namespace spillway
