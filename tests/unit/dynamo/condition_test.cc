// Condition and filter expressions: answers and refusals as DynamoDB Local 3.3.1 gives them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/dynamo/generators.h"
#include "unit/dynamo/helpers.h"

namespace spillway {
namespace {

using test::ask;
using test::item;

const Item& sample() {
  static const Item one = item(
      R"({"s":{"S":"é€😀"},"n":{"N":"5"},"l":{"L":[{"N":"1"},{"N":"2"}]},"m":{"M":{"x":{"N":"1"}}},)"
      R"("ss":{"SS":["a","b"]},"b":{"B":"YWJj"},"t":{"BOOL":true},"nul":{"NULL":true},)"
      R"("ls":{"L":[{"SS":["q","p"]}]},"word":{"S":"watermelon"}})");
  return one;
}

struct Case {
  const char* condition;
  const char* with;
  const char* answer;
};

class ConditionAnswers : public testing::TestWithParam<Case> {};

TEST_P(ConditionAnswers, AsDynamoDbDoes) {
  EXPECT_EQ(ask(GetParam().condition, sample(), GetParam().with), GetParam().answer)
      << GetParam().condition;
}

constexpr const char* one = R"({":v":{"N":"1"}})";
constexpr const char* five = R"({":v":{"N":"5"}})";

INSTANTIATE_TEST_SUITE_P(
    WhatIsMissing, ConditionAnswers,
    testing::Values(Case{"zz = yy", "{}", "false"}, Case{"zz <> yy", "{}", "true"},
                    Case{"zz < yy", "{}", "false"}, Case{"NOT zz = yy", "{}", "true"},
                    Case{"zz <> :v", one, "true"}, Case{"zz >= :v", one, "false"},
                    Case{"size(zz) <> :v", one, "true"}, Case{"zz BETWEEN :v AND :v", one, "false"},
                    Case{"zz IN (yy, :v)", one, "false"}, Case{"n IN (yy, :v)", five, "true"},
                    Case{"contains(zz, :v)", one, "false"},
                    Case{"attribute_exists(zz)", "{}", "false"},
                    Case{"attribute_not_exists(m.zz)", "{}", "true"},
                    Case{"attribute_exists(l[1])", "{}", "true"},
                    Case{"attribute_exists(l[2])", "{}", "false"},
                    Case{"attribute_exists(s.x)", "{}", "false"}));

INSTANTIATE_TEST_SUITE_P(
    Comparisons, ConditionAnswers,
    testing::Values(Case{"n = :v", five, "true"}, Case{"n = :v", R"({":v":{"N":"5.00"}})", "true"},
                    Case{"n = :v", R"({":v":{"S":"5"}})", "false"},
                    Case{"n <> :v", R"({":v":{"S":"5"}})", "true"},
                    Case{"n < :v", R"({":v":{"N":"10"}})", "true"}, Case{"n > :v", one, "true"},
                    Case{"n < :v", R"({":v":{"S":"a"}})", "false"},
                    Case{"n <= :v AND n >= :v", five, "true"},
                    Case{"t = :v", R"({":v":{"BOOL":true}})", "true"},
                    Case{"nul = :v", R"({":v":{"NULL":true}})", "true"},
                    Case{"b < :v", R"({":v":{"B":"/w=="}})", "true"},
                    Case{"l = :v", R"({":v":{"L":[{"N":"1.0"},{"N":"2"}]}})", "true"},
                    Case{"ss = :v", R"({":v":{"SS":["b","a"]}})", "true"},
                    Case{"ls = :v", R"({":v":{"L":[{"SS":["p","q"]}]}})", "true"},
                    Case{"m.x = l[0]", "{}", "true"}, Case{"l < s", "{}", "false"},
                    Case{"t < nul", "{}", "false"},
                    Case{"n BETWEEN :v AND :w", R"({":v":{"N":"5"},":w":{"N":"6"}})", "true"},
                    Case{"word BETWEEN :v AND :w", R"({":v":{"S":"a"},":w":{"S":"b"}})", "false"},
                    Case{"n in (s, l[0], :v)", R"({":v":{"N":"5.0"}})", "true"},
                    Case{"ss IN (:v)", R"({":v":{"SS":["b","a"]}})", "true"},
                    Case{"n IN (:v)", R"({":v":{"L":[]}})", "false"}));

INSTANTIATE_TEST_SUITE_P(
    Functions, ConditionAnswers,
    testing::Values(Case{"begins_with(word, :v)", R"({":v":{"S":"water"}})", "true"},
                    Case{"begins_with(word, :v)", R"({":v":{"S":"melon"}})", "false"},
                    Case{"begins_with(b, :v)", R"({":v":{"B":"YWI="}})", "true"},
                    Case{"begins_with(n, :v)", R"({":v":{"S":"5"}})", "false"},
                    Case{"contains(word, :v)", R"({":v":{"S":"mel"}})", "true"},
                    Case{"contains(b, :v)", R"({":v":{"B":"YmM="}})", "true"},
                    Case{"contains(b, :v)", R"({":v":{"B":"YmI="}})", "false"},
                    Case{"contains(l, :v)", R"({":v":{"N":"2.0"}})", "true"},
                    Case{"contains(ls, :v)", R"({":v":{"SS":["p","q"]}})", "true"},
                    Case{"contains(ss, :v)", R"({":v":{"S":"a"}})", "true"},
                    Case{"contains(ss, :v)", R"({":v":{"SS":["a"]}})", "false"},
                    Case{"contains(m, :v)", R"({":v":{"S":"x"}})", "false"},
                    Case{"contains(n, :v)", five, "false"}, Case{"contains(l, m.x)", "{}", "true"},
                    Case{"contains(:v, word)", R"({":v":{"S":"a watermelon"}})", "true"},
                    Case{"attribute_type(n, :v)", R"({":v":{"S":"N"}})", "true"},
                    Case{"attribute_type(ss, :v)", R"({":v":{"S":"S"}})", "false"},
                    Case{"attribute_type(nul, :v)", R"({":v":{"S":"NULL"}})", "true"},
                    Case{"size(s) = :v", R"({":v":{"N":"4"}})", "true"},
                    Case{"size(b) = :v", R"({":v":{"N":"3"}})", "true"},
                    Case{"size(m) = :v", one, "true"}, Case{"size(ss) = size(l)", "{}", "true"},
                    Case{"size(n) >= :v", R"({":v":{"N":"0"}})", "false"},
                    Case{"size(:v) = m.x", R"({":v":{"S":"x"}})", "true"}));

INSTANTIATE_TEST_SUITE_P(
    Grammar, ConditionAnswers,
    testing::Values(Case{"n = :v OR s = :v AND zz = :v", five, "true"},
                    Case{"(n = :v OR s = :v) AND zz = :v", five, "false"},
                    Case{"NOT n = :v AND n = :v", five, "false"},
                    Case{"NOT NOT n = :v", five, "true"},
                    Case{"not (n <> :v) and n between :v AND :v", five, "true"},
                    Case{"(n) = (:v)", five, "true"}, Case{"(n) in ((:v))", five, "true"},
                    Case{"(n = :v)", five, "true"}, Case{"(size((s))) > :v", one, "true"},
                    Case{"l [ 0 ] = :v", one, "true"}, Case{"m . x = :v", one, "true"},
                    Case{"n=:v AND\tn>=:v OR\nn = s", five, "true"},
                    Case{"((n = :v) AND (l[0] = m.x))", five, "true"}));

INSTANTIATE_TEST_SUITE_P(
    SyntaxErrors, ConditionAnswers,
    testing::Values(
        Case{"n", "{}",
             R"~(Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "n")~"},
        Case{"= n", "{}",
             R"~(Invalid ConditionExpression: Syntax error; token: "=", near: "= n")~"},
        Case{"n =", "{}",
             R"~(Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "=")~"},
        Case{"n == :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: "=", near: "== :v")~"},
        Case{"n = 5", "{}",
             R"~(Invalid ConditionExpression: Syntax error; token: "5", near: "= 5")~"},
        Case{"n ! :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: "!", near: "n ! :v")~"},
        Case{"n = \"x\"", "{}",
             "Invalid ConditionExpression: Syntax error; token: \"\"\", near: \"= \"x\""},
        Case{"é = :v", five,
             "Invalid ConditionExpression: Syntax error; token: \"é\", near: \"é =\""},
        Case{"n = :v n = :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: "n", near: ":v n =")~"},
        Case{"(n = :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: "<EOF>", near: ":v")~"},
        Case{"n = :v)", five,
             R"~(Invalid ConditionExpression: Syntax error; token: ")", near: ":v)")~"},
        Case{" ", "{}",
             R"~(Invalid ConditionExpression: Syntax error; token: "<EOF>", near: " ")~"},
        Case{"n AND s", "{}",
             R"~(Invalid ConditionExpression: Syntax error; token: "AND", near: "n AND s")~"},
        Case{"n IN ()", "{}",
             R"~(Invalid ConditionExpression: Syntax error; token: ")", near: "()")~"},
        Case{"n IN :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: ":v", near: "IN :v")~"},
        Case{"l[-1] = :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: "-", near: "[-1")~"},
        Case{"l[00] = :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: "0", near: "00]")~"},
        Case{"l.1 = :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: "1", near: ".1 =")~"},
        Case{"_u = :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: "_", near: "_u")~"},
        Case{"(n = :v) = :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: "=", near: ") = :v")~"},
        Case{"attribute_exists(#)", "{}",
             R"~(Invalid ConditionExpression: Syntax error; token: "#", near: "(#)")~"},
        Case{"(m).x = :v", five,
             R"~(Invalid ConditionExpression: Syntax error; token: ".", near: ").x")~"}));

INSTANTIATE_TEST_SUITE_P(
    Refusals, ConditionAnswers,
    testing::Values(
        Case{"((n = :v))", five,
             "Invalid ConditionExpression: The expression has redundant parentheses;"},
        Case{"(((n)) = :v)", five,
             "Invalid ConditionExpression: The expression has redundant parentheses;"},
        Case{"name = :v", five,
             "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved "
             "keyword: name"},
        Case{"m.Name = :v", five,
             "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved "
             "keyword: Name"},
        Case{"n = :q", five,
             "Invalid ConditionExpression: An expression attribute value used in expression "
             "is not "
             "defined; attribute value: :q"},
        Case{"#q = :v", five,
             "Invalid ConditionExpression: An expression attribute name used in the document "
             "path is "
             "not defined; attribute name: #q"},
        Case{"n = n", "{}",
             "Invalid ConditionExpression: The first operand must be distinct from the "
             "remaining "
             "operands for this operator or function; operator: =, first operand: [n]"},
        Case{"n IN (s, n)", "{}",
             "Invalid ConditionExpression: The first operand must be distinct from the "
             "remaining "
             "operands for this operator or function; operator: IN, first operand: [n]"},
        Case{"foo(n)", "{}", "Invalid ConditionExpression: Invalid function name; function: foo"},
        Case{"Size(s) > :v", one,
             "Invalid ConditionExpression: Invalid function name; function: Size"},
        Case{"if_not_exists(n, :v) = :v", one,
             "Invalid ConditionExpression: The function is not allowed in a condition "
             "expression; "
             "function: if_not_exists"},
        Case{"size(n)", "{}",
             "Invalid ConditionExpression: The function is not allowed to be used this way "
             "in an "
             "expression; function: size"},
        Case{"n = attribute_exists(s)", "{}",
             "Invalid ConditionExpression: The function is not allowed to be used this way "
             "in an "
             "expression; function: attribute_exists"},
        Case{"attribute_exists(:v)", one,
             "Invalid ConditionExpression: Operator or function requires a document path; "
             "operator or "
             "function: attribute_exists"},
        Case{"attribute_exists(n, s)", "{}",
             "Invalid ConditionExpression: Incorrect number of operands for operator or "
             "function; "
             "operator or function: attribute_exists, number of operands: 2"},
        Case{"begins_with(n, :v)", one,
             "Invalid ConditionExpression: Incorrect operand type for operator or function; "
             "operator or "
             "function: begins_with, operand type: N"},
        Case{"size(:v) = :v", one,
             "Invalid ConditionExpression: Incorrect operand type for operator or function; "
             "operator or "
             "function: size, operand type: N"},
        Case{"n < :v", R"({":v":{"BOOL":true}})",
             "Invalid ConditionExpression: Incorrect operand type for operator or function; "
             "operator or "
             "function: <, operand type: BOOL"},
        Case{"attribute_type(n, :v)", R"({":v":{"S":"X"}})",
             "Invalid ConditionExpression: Invalid attribute type name found; type: X, valid "
             "types: "
             "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
        Case{"n BETWEEN :a AND :b", R"({":a":{"N":"9"},":b":{"N":"1"}})",
             "Invalid ConditionExpression: The BETWEEN operator requires upper bound to be "
             "greater than "
             "or equal to lower bound; lower bound operand: AttributeValue: {N:9}, upper "
             "bound operand: "
             "AttributeValue: {N:1}"},
        Case{"n BETWEEN :a AND :b", R"({":a":{"N":"9"},":b":{"S":"1"}})",
             "Invalid ConditionExpression: The BETWEEN operator requires same data type for "
             "lower and "
             "upper bounds; lower bound operand: AttributeValue: {N:9}, upper bound operand: "
             "AttributeValue: {S:1}"},
        Case{"l[99999999999] = :v", one,
             "Invalid ConditionExpression: List index is not within the allowable range; "
             "index: "
             "[99999999999]"},
        Case{"name = :q AND foo(a)", "{}",
             "Invalid ConditionExpression: Invalid function name; function: foo"}));

std::string repeat(std::string_view text, int times, std::string_view between) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    if (i > 0) all += between;
    all += text;
  }
  return all;
}

TEST(Condition, HasDynamoDbsLimits) {
  const auto says = [](const std::string& condition) { return ask(condition, sample(), five); };
  EXPECT_EQ(says(repeat("n=:v", 150, " AND ")), "true");
  EXPECT_EQ(says(repeat("n=:v", 151, " AND ")),
            "Invalid ConditionExpression: The expression contains too many operators; "
            "operator count: "
            "301");
  EXPECT_EQ(says("n IN (" + repeat(":v", 100, ",") + ")"), "true");
  EXPECT_EQ(says("n IN (" + repeat(":v", 101, ",") + ")"),
            "Invalid ConditionExpression: The IN operator is provided with too many "
            "operands; number "
            "of operands: 101");
  EXPECT_EQ(says("n = :v" + std::string(4091, ' ')),
            "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; "
            "expression size: 4097");
  EXPECT_EQ(says(repeat("a", 32, ".") + " = :v"), "false");
  EXPECT_EQ(says(repeat("a", 33, ".") + " = :v"),
            "Invalid ConditionExpression: The document path has too many nesting levels; nesting "
            "levels: 33");
}

TEST(Condition, DeepNestingNeitherHangsNorOverflows) {
  const auto says = [](const std::string& condition) { return ask(condition, sample(), five); };
  const std::string deep = repeat("(n=:v AND ", 149, "") + "n=:v" + std::string(149, ')');
  EXPECT_EQ(says(deep), "true");
  EXPECT_EQ(says(repeat("NOT (", 290, "") + "n=:v" + std::string(290, ')')), "true");
  const char* redundant = "Invalid ConditionExpression: The expression has redundant parentheses;";
  EXPECT_EQ(says(std::string(200, '(') + "n=:v" + std::string(200, ')')), redundant);
  EXPECT_EQ(says(std::string(2000, '(') + "n=:v" + std::string(2000, ')')), redundant);
  EXPECT_NE(says(repeat("size(", 700, "")), "true");
  EXPECT_NE(says(repeat("NOT ", 1000, "")), "true");
  EXPECT_NE(says("n = " + std::string(4000, '(')), "true");
}

TEST(Condition, EmptyTextAlwaysHolds) {
  EXPECT_EQ(ask("", sample()), "true");
  EXPECT_EQ(ask("", nullptr), "true");
}

TEST(Condition, AnItemThatIsNotThereHasNoAttributes) {
  EXPECT_EQ(ask("attribute_not_exists(id)", nullptr), "true");
  EXPECT_EQ(ask("attribute_exists(id)", nullptr), "false");
}

TEST(Condition, NamesMayHoldAnyCharacters) {
  const Item odd = item(R"({"a.b":{"M":{"name":{"N":"5"}}}})");
  EXPECT_EQ(ask("#o.#n = :v", odd, five, {{"#o", "a.b"}, {"#n", "name"}}), "true");
}

TEST(Condition, CallsItselfWhatTheCallerSays) {
  const auto parsed = Condition::parse("n", {}, {}, "FilterExpression");
  ASSERT_FALSE(parsed);
  EXPECT_TRUE(parsed.error().detail.starts_with("Invalid FilterExpression: "));
}

TEST(Condition, TellsEveryPathItReads) {
  const auto parsed = Condition::parse("a.b = c[1] AND NOT size(d) < :v", {}, test::values(one));
  ASSERT_TRUE(parsed);
  const std::vector<Path> expected = {{"a", "b"}, {"c", std::size_t{1}}, {"d"}};
  EXPECT_EQ(parsed.value().paths(), expected);
}

TEST(Condition, DoesNotGuessAtSpilledValues) {
  Item hidden = sample();
  hidden["art"] = test::spilled();
  hidden["mixed"] = List{test::spilled(), number(1)};
  EXPECT_EQ(ask("attribute_exists(art)", hidden), "true") << "it is there, wherever its bytes are";
  EXPECT_EQ(ask("size(mixed) = :v", hidden, R"({":v":{"N":"2"}})"), "true");
  for (const char* condition :
       {"art = :v", "art <> :v", "art < :v", "size(art) = :v", "art.x = :v", "contains(art, :v)",
        "contains(mixed, :v)", "art IN (:v)", "art BETWEEN :v AND :v", "mixed = l",
        "attribute_exists(art.x)", "begins_with(art, word)"}) {
    const auto parsed = Condition::parse(condition, {}, test::values(one));
    ASSERT_TRUE(parsed) << condition;
    const auto answer = parsed.value().evaluate(&hidden);
    ASSERT_FALSE(answer) << condition;
    EXPECT_EQ(answer.error().code, Code::internal) << condition;
  }
}

RC_GTEST_PROP(Condition, ArbitraryTextIsAnswered, ()) {
  const auto word = rc::gen::elementOf(std::vector<std::string>{"a",
                                                                "b.c",
                                                                "l[0]",
                                                                ":v",
                                                                ":w",
                                                                "#n",
                                                                "(",
                                                                ")",
                                                                ",",
                                                                "=",
                                                                "<>",
                                                                "<",
                                                                "AND",
                                                                "OR",
                                                                "NOT",
                                                                "BETWEEN",
                                                                "IN",
                                                                "size(",
                                                                "contains(",
                                                                "begins_with(",
                                                                "attribute_exists(",
                                                                "attribute_type(",
                                                                "[",
                                                                "]",
                                                                ".",
                                                                "#",
                                                                ":",
                                                                "+",
                                                                "\xff",
                                                                "SET",
                                                                "if_not_exists("});
  const auto words = *rc::gen::container<std::vector<std::string>>(word);
  std::string condition;
  for (const auto& one_word : words) condition += one_word + " ";
  const auto parsed = Condition::parse(condition, {{"#n", "n"}},
                                       test::values(R"({":v":{"S":"x"},":w":{"N":"1"}})"));
  if (parsed) RC_ASSERT(parsed.value().evaluate(&sample()).has_value());
  const auto noise = Condition::parse(*test::bytes(), {}, {});
  if (!noise) RC_ASSERT(noise.error().code == Code::invalid_argument);
}

}  // namespace
}  // namespace spillway
