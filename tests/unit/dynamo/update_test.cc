// Update expressions: results and refusals as DynamoDB Local 3.3.1 gives them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dynamo/item_size.h"
#include "unit/dynamo/generators.h"
#include "unit/dynamo/helpers.h"

namespace spillway {
namespace {

using test::item;
using test::update;

struct Case {
  const char* expression;
  const char* before;
  const char* with;
  const char* after;  ///< the item, or the refusal
};

class UpdateDoes : public testing::TestWithParam<Case> {};

TEST_P(UpdateDoes, AsDynamoDbDoes) {
  const Case& given = GetParam();
  EXPECT_EQ(update(given.expression, item(given.before), given.with), given.after)
      << given.expression;
}

constexpr const char* one = R"({":v":{"N":"1"}})";
constexpr const char* n5 = R"({"n":{"N":"5"}})";
constexpr const char* l12 = R"({"l":{"L":[{"N":"1"},{"N":"2"}]}})";
constexpr const char* sab = R"({"ss":{"SS":["a","b"]}})";
constexpr const char* no_path =
    "The document path provided in the update expression is invalid for update";
constexpr const char* no_attribute =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr const char* wrong_type = "An operand in the update expression has an incorrect data type";

INSTANTIATE_TEST_SUITE_P(
    Set, UpdateDoes,
    testing::Values(
        Case{"SET a = :v", "{}", one, R"({"a":{"N":"1"}})"},
        Case{"set a = n + :v", n5, one, R"({"a":{"N":"6"},"n":{"N":"5"}})"},
        Case{"SET n = n-:v", n5, one, R"({"n":{"N":"4"}})"},
        Case{"SET n = (n) + (:v)", n5, one, R"({"n":{"N":"6"}})"},
        Case{"SET n = (n + :v)", n5, one, R"({"n":{"N":"6"}})"},
        Case{"SET n = :v, m = n", n5, one, R"({"m":{"N":"5"},"n":{"N":"1"}})"},
        Case{"SET l[1] = l[0], l[0] = l[1]", l12, "{}", R"({"l":{"L":[{"N":"2"},{"N":"1"}]}})"},
        Case{"SET l[9] = :a, l[7] = :b", l12, R"({":a":{"S":"9"},":b":{"S":"7"}})",
             R"({"l":{"L":[{"N":"1"},{"N":"2"},{"S":"7"},{"S":"9"}]}})"},
        Case{"SET m.y = m", R"({"m":{"M":{"x":{"N":"1"}}}})", "{}",
             R"({"m":{"M":{"x":{"N":"1"},"y":{"M":{"x":{"N":"1"}}}}}})"},
        Case{"SET a = if_not_exists(a, :v) + :v", "{}", one, R"({"a":{"N":"2"}})"},
        Case{"SET n = if_not_exists(n, :v)", n5, one, n5},
        Case{"SET a = if_not_exists(zz.y, if_not_exists(b, :v))", "{}", one, R"({"a":{"N":"1"}})"},
        Case{"SET n = if_not_exists(n, zz)", n5, "{}", no_attribute},
        Case{"SET l = list_append(l, :v)", l12, R"({":v":{"L":[{"N":"7"}]}})",
             R"({"l":{"L":[{"N":"1"},{"N":"2"},{"N":"7"}]}})"},
        Case{"SET l = list_append(:v, l)", l12, R"({":v":{"L":[{"N":"7"}]}})",
             R"({"l":{"L":[{"N":"7"},{"N":"1"},{"N":"2"}]}})"},
        Case{"SET l = list_append(if_not_exists(l, :v), :v)", "{}", R"({":v":{"L":[{"N":"7"}]}})",
             R"({"l":{"L":[{"N":"7"},{"N":"7"}]}})"},
        Case{"SET a = zz + :v", "{}", one, no_attribute},
        Case{"SET a = zz", "{}", "{}", no_attribute},
        Case{"SET n = n + :v", R"({"n":{"S":"x"}})", one, wrong_type},
        Case{"SET l = list_append(n, l)", R"({"l":{"L":[]},"n":{"N":"5"}})", "{}", wrong_type},
        Case{"SET zz.y = :v", "{}", one, no_path}, Case{"SET n.y = :v", n5, one, no_path},
        Case{"SET n[0] = :v", n5, one, no_path},
        Case{"SET n = n + :v", R"({"n":{"N":"1e50"}})", one,
             "Attempting to store more than 38 significant digits in a Number"},
        Case{"SET n = n + :v", R"({"n":{"N":"4.5"}})", R"({":v":{"N":"0.50"}})", n5}));

INSTANTIATE_TEST_SUITE_P(
    Remove, UpdateDoes,
    testing::Values(Case{"REMOVE n", n5, "{}", "{}"}, Case{"REMOVE zz", n5, "{}", n5},
                    Case{"REMOVE l[0], l[1]", l12, "{}", R"({"l":{"L":[]}})"},
                    Case{"REMOVE l[0]", l12, "{}", R"({"l":{"L":[{"N":"2"}]}})"},
                    Case{"REMOVE l[9]", l12, "{}", l12},
                    Case{"REMOVE m.y", R"({"m":{"M":{}}})", "{}", R"({"m":{"M":{}}})"},
                    Case{"REMOVE zz.y", n5, "{}", no_path}, Case{"REMOVE n.y", n5, "{}", no_path},
                    Case{"REMOVE l[0] SET l[1] = :a, l[5] = :b", l12,
                         R"({":a":{"N":"8"},":b":{"N":"9"}})",
                         R"({"l":{"L":[{"N":"8"},{"N":"9"}]}})"},
                    Case{"REMOVE s SET n = s", R"({"n":{"N":"5"},"s":{"S":"x"}})", "{}",
                         R"({"n":{"S":"x"}})"}));

INSTANTIATE_TEST_SUITE_P(
    AddAndDelete, UpdateDoes,
    testing::Values(
        Case{"ADD n :v", n5, one, R"({"n":{"N":"6"}})"},
        Case{"ADD zz :v", "{}", one, R"({"zz":{"N":"1"}})"},
        Case{"ADD m.x :v", R"({"m":{"M":{}}})", one, R"({"m":{"M":{"x":{"N":"1"}}}})"},
        Case{"ADD zz.q :v", "{}", one, no_path},
        Case{"ADD s :v", R"({"s":{"S":"x"}})", one, wrong_type},
        Case{"ADD ss :v", sab, R"({":v":{"SS":["c","a"]}})", R"({"ss":{"SS":["a","b","c"]}})"},
        Case{"ADD ss :v", sab, R"({":v":{"NS":["1"]}})", wrong_type},
        Case{"ADD l[7] :v", l12, one, R"({"l":{"L":[{"N":"1"},{"N":"2"},{"N":"1"}]}})"},
        Case{"ADD n :v SET x = n", n5, one, R"({"n":{"N":"6"},"x":{"N":"5"}})"},
        Case{"DELETE ss :v", sab, R"({":v":{"SS":["a","z"]}})", R"({"ss":{"SS":["b"]}})"},
        Case{"DELETE ss :v", sab, R"({":v":{"SS":["a","b"]}})", "{}"},
        Case{"DELETE zz :v", "{}", R"({":v":{"SS":["a"]}})", "{}"},
        Case{"DELETE zz.y :v", "{}", R"({":v":{"SS":["a"]}})", no_path},
        Case{"DELETE n :v", n5, R"({":v":{"SS":["a"]}})", wrong_type},
        Case{"DELETE ss :v", sab, R"({":v":{"NS":["1"]}})", wrong_type},
        Case{"set a = :v remove n add c :v delete d :s", n5,
             R"({":v":{"N":"1"},":s":{"SS":["q"]}})", R"({"a":{"N":"1"},"c":{"N":"1"}})"}));

INSTANTIATE_TEST_SUITE_P(
    Refusals, UpdateDoes,
    testing::Values(
        Case{"", "{}", "{}", "Invalid UpdateExpression: The expression can not be empty;"},
        Case{"SET", "{}", "{}",
             R"~(Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "SET")~"},
        Case{"FOO a", "{}", "{}",
             R"~(Invalid UpdateExpression: Syntax error; token: "FOO", near: "FOO a")~"},
        Case{"SET a = :v + :v + :v", "{}", one,
             R"~(Invalid UpdateExpression: Syntax error; token: "+", near: ":v + :v")~"},
        Case{"SET a = (n + :v) - n", "{}", one,
             R"~(Invalid UpdateExpression: Syntax error; token: "-", near: ") - n")~"},
        Case{"SET a = :v,", "{}", one,
             R"~(Invalid UpdateExpression: Syntax error; token: "<EOF>", near: ",")~"},
        Case{"SET a = :v b = :v", "{}", one,
             R"~(Invalid UpdateExpression: Syntax error; token: "b", near: ":v b =")~"},
        Case{"SET add = :v", "{}", one,
             R"~(Invalid UpdateExpression: Syntax error; token: "add", near: "SET add =")~"},
        Case{"ADD n s", "{}", "{}",
             R"~(Invalid UpdateExpression: Syntax error; token: "s", near: "n s")~"},
        Case{"SET a = ((:v))", "{}", one,
             "Invalid UpdateExpression: The expression has redundant parentheses;"},
        Case{"SET a = :v SET b = :v", "{}", one,
             "Invalid UpdateExpression: The \"SET\" section can only be used once in an update "
             "expression;"},
        Case{"SET m = :v, m.x = :v", "{}", one,
             "Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
             "rewrite one of these paths; path one: [m], path two: [m, x]"},
        Case{
            "SET m.x = :v REMOVE m[0]", "{}", one,
            "Invalid UpdateExpression: Two document paths conflict with each other; must remove or "
            "rewrite one of these paths; path one: [m, x], path two: [m, [0]]"},
        Case{"REMOVE l[0], l[0]", "{}", "{}",
             "Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
             "rewrite one of these paths; path one: [l, [0]], path two: [l, [0]]"},
        Case{"SET a = :q", "{}", "{}",
             "Invalid UpdateExpression: An expression attribute value used in expression is not "
             "defined; attribute value: :q"},
        Case{"SET #q = :v", "{}", one,
             "Invalid UpdateExpression: An expression attribute name used in the document path is "
             "not "
             "defined; attribute name: #q"},
        Case{"SET a = foo(l)", "{}", "{}",
             "Invalid UpdateExpression: Invalid function name; function: foo"},
        Case{"SET a = size(l)", "{}", "{}",
             "Invalid UpdateExpression: The function is not allowed in an update expression; "
             "function: "
             "size"},
        Case{"SET a = list_append(l, :v) + :v", "{}", one,
             "Invalid UpdateExpression: The function is not allowed to be used this way in an "
             "expression; function: list_append"},
        Case{"SET a = list_append(l)", "{}", "{}",
             "Invalid UpdateExpression: Incorrect number of operands for operator or function; "
             "operator "
             "or function: list_append, number of operands: 1"},
        Case{"SET a = list_append(l, :v)", "{}", one,
             "Invalid UpdateExpression: Incorrect operand type for operator or function; operator "
             "or "
             "function: list_append, operand type: N"},
        Case{"SET a = if_not_exists(:v, :v)", "{}", one,
             "Invalid UpdateExpression: Operator or function requires a document path; operator or "
             "function: if_not_exists"},
        Case{"SET a = if_not_exists(n, n)", "{}", "{}",
             "Invalid UpdateExpression: The first operand must be distinct from the remaining "
             "operands "
             "for this operator or function; operator: if_not_exists, first operand: [n]"},
        Case{"SET a = :s + a", "{}", R"({":s":{"S":"x"}})",
             "Invalid UpdateExpression: Incorrect operand type for operator or function; operator "
             "or "
             "function: +, operand type: S"},
        Case{"ADD a :s", "{}", R"({":s":{"S":"x"}})",
             "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: "
             "ADD, "
             "operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
        Case{"DELETE a :v", "{}", one,
             "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: "
             "DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
        Case{"SET name = foo(l)", "{}", "{}",
             "Invalid UpdateExpression: Invalid function name; function: foo"}));

TEST(Update, KnowsWhetherItOnlyRemoves) {
  const auto only = [](const char* expression) {
    return Update::parse(expression, {}, test::values(R"({":v":{"SS":["a"]}})"))
        .value()
        .only_removes();
  };
  EXPECT_TRUE(only("REMOVE x.y")) << "on a missing item it is ignored and creates nothing";
  EXPECT_TRUE(only("REMOVE a DELETE s :v"));
  EXPECT_FALSE(only("REMOVE a ADD s :v"));
  EXPECT_FALSE(only("SET a = :v"));
}

TEST(Update, TellsWhatItReadsAndWrites) {
  const auto parsed =
      Update::parse("SET a.b = if_not_exists(c[1], :v) REMOVE d ADD e :v", {}, test::values(one));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed.value().reads(), (std::vector<Path>{{"c", std::size_t{1}}}));
  EXPECT_EQ(parsed.value().writes(), (std::vector<Path>{{"a", "b"}, {"d"}, {"e"}}));
}

AttributeValue nested_maps(int levels) {
  AttributeValue inner = number(1);
  for (int i = 0; i < levels; ++i) inner = Map{{"a", inner}};
  return inner;
}

TEST(Update, KeepsWithinTheNestingLimit) {
  const auto set_deep = [](int levels) {
    Item of{{"d", nested_maps(3)}};
    const auto parsed = Update::parse("SET d.a.a.a = :v", {}, {{":v", nested_maps(levels)}});
    return parsed.value().apply(of);
  };
  EXPECT_TRUE(set_deep(28));
  const auto too_deep = set_deep(29);
  ASSERT_FALSE(too_deep);
  EXPECT_EQ(too_deep.error().detail, "Nesting Levels have exceeded supported limits");
}

TEST(Update, MovesSpilledValuesUnopened) {
  const AttributeValue art = test::spilled();
  const Spilled handle = *art.as<Spilled>();
  const auto apply = [](const char* expression, Item of) {
    const auto parsed =
        Update::parse(expression, {}, test::values(R"({":v":{"N":"1"},":l":{"L":[{"N":"1"}]}})"));
    EXPECT_TRUE(parsed.value().apply(of)) << expression;
    return of;
  };
  EXPECT_EQ(*apply("SET a = art", {{"art", art}}).at("a").as<Spilled>(), handle);
  EXPECT_EQ(*apply("SET a = if_not_exists(art, :v)", {{"art", art}}).at("a").as<Spilled>(), handle);
  EXPECT_EQ(apply("SET art = :v", {{"art", art}}).at("art"), number(1));
  EXPECT_TRUE(apply("REMOVE art", {{"art", art}}).empty());
  const Item shifted = apply("REMOVE l[0]", {{"l", List{number(1), art}}});
  EXPECT_EQ(*shifted.at("l").as<List>()->front().as<Spilled>(), handle);
  const Item longer = apply("SET l = list_append(l, :l)", {{"l", List{art}}});
  EXPECT_EQ(*longer.at("l").as<List>()->front().as<Spilled>(), handle);
}

TEST(Update, DoesNotLookIntoSpilledValues) {
  for (const char* expression :
       {"SET art.x = :v", "SET art = art + :v", "SET art = list_append(art, :l)", "ADD art :v",
        "DELETE art :s", "REMOVE art.x", "SET a = art.x", "SET a = if_not_exists(art.x, :v)",
        "REMOVE art[0]", "SET art[0] = :v"}) {
    Item of{{"art", test::spilled()}};
    const auto parsed = Update::parse(
        expression, {}, test::values(R"({":v":{"N":"1"},":l":{"L":[]},":s":{"SS":["a"]}})"));
    ASSERT_TRUE(parsed) << expression;
    const auto applied = parsed.value().apply(of);
    ASSERT_FALSE(applied) << expression;
    EXPECT_EQ(applied.error().code, Code::internal) << expression;
  }
}

RC_GTEST_PROP(Update, ArbitraryTextIsAnswered, ()) {
  const auto word = rc::gen::elementOf(std::vector<std::string>{"SET",
                                                                "REMOVE",
                                                                "ADD",
                                                                "DELETE",
                                                                "a",
                                                                "b.c",
                                                                "l[0]",
                                                                "l[9]",
                                                                ":v",
                                                                ":l",
                                                                ":s",
                                                                "#n",
                                                                "=",
                                                                "+",
                                                                "-",
                                                                ",",
                                                                "(",
                                                                ")",
                                                                "if_not_exists(",
                                                                "list_append(",
                                                                "size(",
                                                                "[",
                                                                "\xff"});
  std::string expression =
      *rc::gen::elementOf(std::vector<std::string>{"SET a = ", "REMOVE ", "ADD "});
  for (const auto& one_word : *rc::gen::container<std::vector<std::string>>(word)) {
    expression += one_word + " ";
  }
  const auto parsed =
      Update::parse(expression, {{"#n", "n"}},
                    test::values(R"({":v":{"N":"1"},":l":{"L":[]},":s":{"SS":["a"]}})"));
  Item of = item(R"({"a":{"N":"1"},"b":{"M":{}},"l":{"L":[{"N":"1"}]},"n":{"SS":["a"]}})");
  if (!parsed) {
    RC_ASSERT(parsed.error().code == Code::invalid_argument);
  } else if (const auto applied = parsed.value().apply(of); !applied) {
    RC_ASSERT(applied.error().code == Code::invalid_argument);
  }
}

RC_GTEST_PROP(Update, SettingAnyValueStoresExactlyIt, ()) {
  const AttributeValue any = *test::value_of_depth(2);
  Item of = item(R"({"m":{"M":{}}})");
  const auto parsed = Update::parse("SET m.x = :v", {}, {{":v", any}});
  RC_ASSERT(parsed.value().apply(of).has_value());
  RC_ASSERT(*find(of, Path{"m", "x"}) == any);
}

}  // namespace
}  // namespace spillway
