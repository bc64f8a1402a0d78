// Projections, key conditions and the placeholders of whole requests.
#include <gtest/gtest.h>

#include "unit/dynamo/helpers.h"

namespace spillway {
namespace {

using test::item;

std::string project(std::string_view expression, const Item& of, const Names& names = {}) {
  const auto parsed = Projection::parse(expression, names);
  return parsed ? to_json(parsed.value().apply(of)) : parsed.error().detail;
}

TEST(Projection, PicksPartsOfItems) {
  const Item of =
      item(R"({"id":{"S":"k"},"l":{"L":[{"N":"1"},{"N":"2"},{"M":{"a":{"N":"3"},"b":{"N":"4"}}}]},)"
           R"("m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}}})");
  EXPECT_EQ(project("", of), to_json(of));
  EXPECT_EQ(project("id", of), R"({"id":{"S":"k"}})");
  EXPECT_EQ(project("m.x", of), R"({"m":{"M":{"x":{"N":"1"}}}})");
  EXPECT_EQ(project("m.y, m.x", of), R"({"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}}})");
  EXPECT_EQ(project("l[1], l[0]", of), R"({"l":{"L":[{"N":"1"},{"N":"2"}]}})") << "in list order";
  EXPECT_EQ(project("l[2].a, l[0]", of), R"({"l":{"L":[{"N":"1"},{"M":{"a":{"N":"3"}}}]}})");
  EXPECT_EQ(project("l[9], m.zz, zz[0].y, id.x", of), "{}");
  EXPECT_EQ(project("#n", item(R"({"name":{"N":"1"}})"), {{"#n", "name"}}),
            R"({"name":{"N":"1"}})");
}

TEST(Projection, RefusesInDynamoDbsWords) {
  const auto says = [](std::string_view expression) { return project(expression, {}); };
  EXPECT_EQ(
      says("m, m.x"),
      "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or "
      "rewrite one of these paths; path one: [m], path two: [m, x]");
  EXPECT_EQ(
      says("m.x, m[0]"),
      "Invalid ProjectionExpression: Two document paths conflict with each other; must remove or "
      "rewrite one of these paths; path one: [m, x], path two: [m, [0]]");
  EXPECT_EQ(says("a,"),
            R"~(Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ",")~");
  EXPECT_EQ(says("size(a)"),
            R"~(Invalid ProjectionExpression: Syntax error; token: "(", near: "size(a")~");
  EXPECT_EQ(
      says("name"),
      "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name");
  EXPECT_EQ(says(":v"), R"~(Invalid ProjectionExpression: Syntax error; token: ":v", near: ":v")~");
}

constexpr const char* operands = R"({":a":{"S":"a"},":n":{"N":"1"},":m":{"N":"3"}})";

std::string refusal(std::string_view expression, std::string_view partition = "id") {
  const auto parsed = KeyCondition::parse(expression, {}, test::values(operands), partition);
  return parsed ? "" : parsed.error().detail;
}

TEST(KeyCondition, FindsThePartitionAndTheRange) {
  const auto parse = [](std::string_view expression, std::string_view partition = {}) {
    return KeyCondition::parse(expression, {}, test::values(operands), partition).value();
  };
  using Op = KeyCondition::Op;
  const KeyCondition alone = parse("id = :a");
  EXPECT_EQ(alone.partition_name, "id");
  EXPECT_EQ(alone.partition, AttributeValue("a"));
  EXPECT_EQ(alone.op, Op::none);
  EXPECT_EQ(parse(":a = id").partition_name, "id");
  EXPECT_EQ(parse("r > :n AND id = :a").sort_name, "r");
  EXPECT_EQ(parse("(id = :a) AND (:n < r)").op, Op::greater);
  EXPECT_EQ(parse("id = :a AND :n >= r").op, Op::less_equal);
  EXPECT_EQ(parse("id = :a AND r <= :n").op, Op::less_equal);
  EXPECT_EQ(parse("id = :a AND begins_with(r, :a)").op, Op::begins_with);
  const KeyCondition range = parse("id = :a AND r BETWEEN :n AND :m");
  EXPECT_EQ(range.op, Op::between);
  EXPECT_EQ(range.low, number(1));
  EXPECT_EQ(range.high, number(3));
  EXPECT_EQ(parse("r = :n AND id = :a", "id").partition_name, "id");
  EXPECT_EQ(parse("r = :n AND id = :a").partition_name, "r") << "without a schema, the first";
}

TEST(KeyCondition, RefusesInDynamoDbsWords) {
  EXPECT_EQ(refusal("id = :a OR r = :n"), "Invalid operator used in KeyConditionExpression: OR");
  EXPECT_EQ(refusal("NOT id = :a"), "Invalid operator used in KeyConditionExpression: NOT");
  EXPECT_EQ(refusal("id = :a AND r <> :n"), "Invalid operator used in KeyConditionExpression: <>");
  EXPECT_EQ(refusal("id = :a AND r IN (:n)"),
            "Invalid operator used in KeyConditionExpression: IN");
  EXPECT_EQ(refusal("id = :a AND contains(r, :n)"),
            "Invalid operator used in KeyConditionExpression: contains");
  EXPECT_EQ(refusal("id > :a"), "Query key condition not supported");
  EXPECT_EQ(refusal("id BETWEEN :a AND :a"), "Query key condition not supported");
  EXPECT_EQ(refusal("id = :a AND r = :n AND x = :m"), "Query key condition not supported");
  EXPECT_EQ(refusal("id = :a AND r = :n AND r < :m"),
            "KeyConditionExpressions must only contain one condition per key");
  EXPECT_EQ(refusal("r = :n"), "Query condition missed key schema element: id");
  EXPECT_EQ(refusal("id = r"),
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
            "condition");
  EXPECT_EQ(refusal(":a = :n"),
            "Invalid condition in KeyConditionExpression: No key attribute specified");
  EXPECT_EQ(refusal("size(id) = :n"), "KeyConditionExpressions cannot contain nested operations");
  EXPECT_EQ(refusal("id.x = :a"),
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: Key: id");
  EXPECT_EQ(refusal("id"),
            R"~(Invalid KeyConditionExpression: Syntax error; token: "<EOF>", near: "id")~");
  EXPECT_EQ(refusal(""), "Invalid KeyConditionExpression: The expression can not be empty;");
}

std::string placeholders(const std::vector<std::string_view>& expressions, const Names& names,
                         const Values& with) {
  const auto checked = check_substitutions(expressions, names, with);
  return checked ? "" : checked.error().detail;
}

TEST(Substitutions, MustAllBeUsed) {
  const Values two = test::values(R"({":a":{"N":"1"},":b":{"N":"1"}})");
  EXPECT_EQ(placeholders({"SET x = :a", "#n = :b"}, {{"#n", "n"}}, two), "");
  EXPECT_EQ(placeholders({"SET x = y", ""}, {}, two),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a, :b}");
  EXPECT_EQ(placeholders({"x = :a OR x = :b"}, {{"#n", "n"}}, two),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}");
  EXPECT_EQ(placeholders({"x = :ab AND y = :b"}, {}, two),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}")
      << "a longer placeholder is another one";
  EXPECT_EQ(placeholders({"", ""}, {{"#n", "n"}}, {}),
            "ExpressionAttributeNames can only be specified when using expressions");
  EXPECT_EQ(placeholders({}, {}, {}), "");
}

TEST(Substitutions, MustBeWellFormed) {
  EXPECT_EQ(placeholders({"n = :v"}, {{"n", "n"}}, {}),
            R"(ExpressionAttributeNames contains invalid key: Syntax error; key: "n")");
  EXPECT_EQ(placeholders({"n = :v"}, {{"#n", ""}}, {}),
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key #n");
  EXPECT_EQ(placeholders({"n = :v"}, {}, test::values(R"({":v-1":{"N":"1"}})")),
            R"(ExpressionAttributeValues contains invalid key: Syntax error; key: ":v-1")");
  const std::string longest = "#" + std::string(254, 'n');
  EXPECT_EQ(placeholders({longest}, {{longest, "n"}}, {}), "");
  EXPECT_EQ(
      placeholders({longest}, {{longest + "n", "n"}}, {}),
      "ExpressionAttributeNames contains invalid key: The expression attribute map contains a key "
      "that is too long; size of key: 256");
}

TEST(Path, FindsAndSpells) {
  Item of = item(R"({"a":{"L":[{"M":{"b":{"N":"7"}}}]}})");
  const Path path = {"a", std::size_t{0}, "b"};
  EXPECT_EQ(to_string(path), "a[0].b");
  ASSERT_NE(find(of, path), nullptr);
  *find(of, path) = number(8);
  EXPECT_EQ(*find(std::as_const(of), path), number(8));
  EXPECT_EQ(find(of, Path{"a", "b"}), nullptr);
  EXPECT_EQ(find(of, Path{"a", std::size_t{1}}), nullptr);
  EXPECT_EQ(find(of, Path{}), nullptr);
}

}  // namespace
}  // namespace spillway
