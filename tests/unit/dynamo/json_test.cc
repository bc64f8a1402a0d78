// DynamoDB JSON, both ways, and everything it must refuse.
#include "dynamo/json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/dynamo/generators.h"
#include "unit/dynamo/helpers.h"

namespace spillway {
namespace {

using test::item;
using test::value;

RC_GTEST_PROP(DynamoJson, AnyItemSurvivesTheRoundTrip, ()) {
  const Item any = *test::any_item();
  const auto back = item_from_json(to_json(any));
  RC_ASSERT(back.has_value());
  RC_ASSERT(back.value() == any);
}

TEST(DynamoJson, WritesEveryType) {
  const char* json =
      R"({"b":{"B":"AP8="},"bs":{"BS":["AA==","/w=="]},"l":{"L":[{"NULL":true},{"BOOL":false}]},)"
      R"("m":{"M":{"x":{"S":"y"}}},"n":{"N":"-0.25"},"ns":{"NS":["10","9"]},"s":{"S":""},)"
      R"("ss":{"SS":["a","b"]}})";
  EXPECT_EQ(to_json(item(json)), json);
}

TEST(DynamoJson, EscapesWhatJsonCannotHold) {
  const std::string text =
      std::string("a\"b\\c\n\r\t\x01\x1f/é😀 plain text that is long enough", 45);
  const std::string json = to_json(AttributeValue(text));
  EXPECT_NE(json.find(R"(a\"b\\c\n\r\t\u0001\u001f/é😀)"), std::string::npos) << json;
  EXPECT_EQ(value(json), AttributeValue(text));
  EXPECT_EQ(value(R"({"S":"\ud83d\ude00\u0000"})"), AttributeValue(std::string("😀\0", 5)));
}

TEST(DynamoJson, SetsAreSortedAndNumbersNormal) {
  EXPECT_EQ(value(R"({"SS":["b","a"]})"), value(R"({"SS":["a","b"]})"));
  EXPECT_EQ(value(R"({"NS":["1.0","20e-1"]})"), value(R"({"NS":["2","1"]})"));
  EXPECT_EQ(value(R"({"N":"5.0"})"), AttributeValue(number(5)));
}

struct Refusal {
  const char* json;
  std::string_view op;
  const char* detail;
};

class DynamoJsonRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(DynamoJsonRefuses, InDynamoDbsWords) {
  const auto parsed = value_from_json(GetParam().json);
  ASSERT_FALSE(parsed) << GetParam().json;
  EXPECT_EQ(parsed.error().code, Code::invalid_argument);
  EXPECT_EQ(parsed.error().op, GetParam().op) << parsed.error().detail;
  EXPECT_EQ(parsed.error().detail, GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    , DynamoJsonRefuses,
    testing::Values(
        Refusal{R"({})", json_value_op,
                "Supplied AttributeValue is empty, must contain exactly one of the supported "
                "datatypes"},
        Refusal{R"({"X":"1"})", json_value_op,
                "Supplied AttributeValue is empty, must contain exactly one of the supported "
                "datatypes"},
        Refusal{R"({"S":"1","N":"1"})", json_value_op,
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one "
                "of the supported datatypes"},
        Refusal{R"({"S":1})", json_structure_op, "NUMBER_VALUE cannot be converted to String"},
        Refusal{R"({"N":5})", json_structure_op, "NUMBER_VALUE cannot be converted to String"},
        Refusal{R"({"S":true})", json_structure_op, "TRUE_VALUE cannot be converted to String"},
        Refusal{R"({"S":[]})", json_structure_op, "Start of list found where not expected"},
        Refusal{R"({"S":{}})", json_structure_op,
                "Start of structure or map found where not expected"},
        Refusal{R"({"BOOL":"true"})", json_structure_op,
                "STRING_VALUE cannot be converted to Boolean"},
        Refusal{R"({"L":{}})", json_structure_op,
                "Start of structure or map found where not expected"},
        Refusal{R"({"M":[]})", json_structure_op, "Start of list found where not expected"},
        Refusal{R"({"SS":"a"})", json_structure_op, "Unexpected field type"},
        Refusal{R"({"NULL":false})", json_value_op,
                "One or more parameter values were invalid: Null attribute value types must have "
                "the value of true"},
        Refusal{R"({"SS":[]})", json_value_op,
                "One or more parameter values were invalid: An string set  may not be empty"},
        Refusal{R"({"NS":[]})", json_value_op,
                "One or more parameter values were invalid: An number set  may not be empty"},
        Refusal{R"({"BS":[]})", json_value_op,
                "One or more parameter values were invalid: Binary sets should not be empty"},
        Refusal{R"({"SS":["b","a","b"]})", json_value_op,
                "One or more parameter values were invalid: Input collection [b, a, b] contains "
                "duplicates."},
        Refusal{R"({"NS":["1","1.0"]})", json_value_op, "Input collection contains duplicates"},
        Refusal{
            R"({"BS":["Yg==","Yg=="]})", json_value_op,
            "One or more parameter values were invalid: Input collection [Yg==, Yg==]of type BS "
            "contains duplicates."},
        Refusal{R"({"N":"abc"})", json_value_op,
                "The parameter cannot be converted to a numeric value: abc"},
        Refusal{R"({"M":{"":{"S":"x"}}})", json_value_op, "Empty attribute name"},
        Refusal{R"({"M":{"a":{"S":"x"},"a":{"S":"y"}}})", json_structure_op,
                "Duplicate attribute name"},
        Refusal{R"({"B":"a"})", json_structure_op,
                "Invalid Base64 data: it cannot be converted to a Blob"},
        Refusal{R"({"B":"aGVs bG8="})", json_structure_op,
                "Invalid Base64 data: it cannot be converted to a Blob"},
        Refusal{R"({"B":"aGVsbG9="})", json_structure_op,
                "Invalid Base64 data: it cannot be converted to a Blob"},
        Refusal{R"([])", json_structure_op, "Start of list found where not expected"}));

TEST(DynamoJson, RefusesWhatIsNotJsonOrNotUnicode) {
  for (const std::string json :
       {"", "{", R"({"S":"a"} x)", R"({"S":"a",})", R"({'S':'a'})", "{\"S\":\"\xff\"}",
        "{\"S\":\"\xed\xa0\x80\"}", R"({"S":"\ud800"})", R"({"S":"\udc00"})", R"({"S":"\ud800x"})",
        R"({"S":"\ud800\u0041"})", R"({"S":"\ud83d\ud83d"})", R"({"S":"\udc00\ud800"})",
        R"({"M":{"\udfff":{"S":"x"}}})", "{\"S\":\"a\nb\"}", "{\"S\":\"\xc3\"}"}) {
    const auto parsed = value_from_json(json);
    ASSERT_FALSE(parsed) << json;
    EXPECT_EQ(parsed.error().code, Code::invalid_argument);
    EXPECT_EQ(parsed.error().op, json_structure_op);
  }
}

TEST(DynamoJson, NamesThePlaceOfTheFault) {
  const auto parsed = item_from_json(R"({"a":{"M":{"b":{"L":[{"S":"x"},{"N":"y"}]}}}})");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().subject, "a.b[1]");
}

std::string nested(int levels) {
  std::string json;
  for (int i = 0; i < levels; ++i) json += R"({"L":[)";
  json += R"({"S":"x"})";
  for (int i = 0; i < levels; ++i) json += "]}";
  return json;
}

TEST(DynamoJson, CapsNesting) {
  EXPECT_TRUE(value_from_json(nested(32)));
  EXPECT_FALSE(value_from_json(nested(33)));
  EXPECT_TRUE(item_from_json(R"({"a":)" + nested(31) + "}")) << "the item is a level, too";
  EXPECT_FALSE(item_from_json(R"({"a":)" + nested(32) + "}"));
  EXPECT_FALSE(value_from_json(nested(100'000))) << "and does not exhaust the stack";
  EXPECT_FALSE(value_from_json(std::string(1'000'000, '[')));
}

RC_GTEST_PROP(DynamoJson, ArbitraryBytesAreAnswered, ()) {
  const std::string json = *test::bytes();
  const auto parsed = value_from_json(json);
  if (!parsed) RC_ASSERT(parsed.error().code == Code::invalid_argument);
}

}  // namespace
}  // namespace spillway
