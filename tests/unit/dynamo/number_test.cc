// Numbers: exact, normal, ordered, and never rounded.
#include "dynamo/number.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "unit/dynamo/generators.h"

namespace spillway {
namespace {

std::string normal(std::string_view text) {
  const auto parsed = parse_number(text);
  return parsed ? parsed.value().text : parsed.error().detail;
}

TEST(Number, HasOneNormalForm) {
  EXPECT_EQ(normal("5.0"), "5");
  EXPECT_EQ(normal("+.5e1"), "5");
  EXPECT_EQ(normal("-0"), "0");
  EXPECT_EQ(normal("0e999"), "0");
  EXPECT_EQ(normal("1."), "1");
  EXPECT_EQ(normal("000120.0300"), "120.03");
  EXPECT_EQ(normal("-1.5E-3"), "-0.0015");
  EXPECT_EQ(normal("12345e2"), "1234500");
  EXPECT_EQ(normal("1e40"), "1" + std::string(40, '0')) << "plain, as DynamoDB answers";
}

TEST(Number, RefusesWhatIsNoNumber) {
  for (const char* text : {"", " 1", "1 ", "abc", ".", "-", "1e", "1e+", "e5", "1.2.3", "0x10",
                           "NaN", "Infinity", "1_0", "--1", "1e5.5", "١"}) {
    EXPECT_EQ(normal(text),
              "The parameter cannot be converted to a numeric value: " + std::string(text));
  }
}

TEST(Number, RefusesRatherThanRounds) {
  const std::string digits38(38, '9');
  EXPECT_EQ(normal(digits38), digits38);
  EXPECT_EQ(normal(digits38 + "9"),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(normal("0." + std::string(60, '0') + digits38), "0." + std::string(60, '0') + digits38);
  const char* overflow =
      "Number overflow. Attempting to store a number with magnitude larger than supported range";
  const char* underflow =
      "Number underflow. Attempting to store a number with magnitude smaller than supported range";
  EXPECT_EQ(normal("1e126"), overflow);
  EXPECT_EQ(normal("-1e999999999999"), overflow);
  EXPECT_EQ(normal("1e-131"), underflow);
  EXPECT_EQ(normal("1e-999999999999"), underflow);
  EXPECT_TRUE(parse_number("9.9999999999999999999999999999999999999E+125"));
  EXPECT_TRUE(parse_number("1E-130"));
}

TEST(Number, SumsThatDoNotFitAreRefused) {
  const auto sum = [](const char* a, const char* b) {
    const auto result = add(parse_number(a).value(), parse_number(b).value());
    return result ? result.value().text : result.error().detail;
  };
  EXPECT_EQ(sum("1e50", "1"), "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(sum("1e37", "1"), "1" + std::string(36, '0') + "1");
  EXPECT_EQ(sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(sum("5", "-5.0"), "0");
  EXPECT_EQ(sum("1e125", "-1e125"), "0");
  EXPECT_EQ(sum("9e125", "1e125"),
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range");
  const auto tiny = subtract(parse_number("1.2e-130").value(), parse_number("1.1e-130").value());
  ASSERT_FALSE(tiny);
  EXPECT_EQ(tiny.error().detail,
            "Number underflow. Attempting to store a number with magnitude smaller than supported "
            "range");
}

// The number times 10^130, an integer: what ours is compared with.
boost::multiprecision::cpp_int scaled(const Number& number) {
  std::string text = number.text;
  const bool negative = text.front() == '-';
  if (negative) text.erase(0, 1);
  std::size_t point = text.find('.');
  std::string digits = text;
  if (point == std::string::npos) {
    point = text.size();
  } else {
    digits.erase(point, 1);
  }
  digits.append(170 - (digits.size() - point), '0');
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  const boost::multiprecision::cpp_int magnitude(digits);
  return negative ? boost::multiprecision::cpp_int(-magnitude) : magnitude;
}

RC_GTEST_PROP(Number, ParsingItsOwnTextChangesNothing, ()) {
  const Number any = *test::number_value();
  RC_ASSERT(parse_number(any.text).value() == any);
}

RC_GTEST_PROP(Number, OrderIsNumericOrder, ()) {
  const Number a = *test::number_value();
  const Number b = *test::number_value();
  RC_ASSERT((compare(a, b) < 0) == (scaled(a) < scaled(b)));
  RC_ASSERT((compare(a, b) == 0) == (a == b));
}

RC_GTEST_PROP(Number, BytesKeepTheOrder, ()) {
  const Number a = *test::number_value();
  const Number b = *rc::gen::oneOf(test::number_value(), rc::gen::just(a));
  const std::string x = order_preserving_bytes(a);
  const std::string y = order_preserving_bytes(b);
  RC_ASSERT((compare(a, b) <=> 0) == (x.compare(y) <=> 0));
  RC_ASSERT(a == b || !y.starts_with(x));
}

TEST(Number, BytesKeepTheOrderAtTheEdges) {
  const std::vector<std::string> ascending = {
      "-9.9e125", "-1e125", "-120", "-12",  "-1.3", "-1.2", "-1.19", "-1",  "-0.1",  "-1e-130", "0",
      "1e-130",   "0.1",    "1",    "1.19", "1.2",  "1.3",  "12",    "120", "1e125", "9.9e125"};
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    EXPECT_LT(order_preserving_bytes(parse_number(ascending[i - 1]).value()),
              order_preserving_bytes(parse_number(ascending[i]).value()))
        << ascending[i - 1] << " and " << ascending[i];
  }
}

RC_GTEST_PROP(Number, SumsAreExactOrRefused, ()) {
  // Close exponents, so that many sums fit.
  const auto near = rc::gen::map(
      rc::gen::pair(rc::gen::arbitrary<std::int64_t>(), rc::gen::inRange(-12, 12)), [](auto parts) {
        return parse_number(std::to_string(parts.first) + "E" + std::to_string(parts.second))
            .value();
      });
  const Number a = *near;
  const Number b = *near;
  if (const auto sum = add(a, b)) RC_ASSERT(scaled(sum.value()) == scaled(a) + scaled(b));
  if (const auto rest = subtract(a, b)) RC_ASSERT(scaled(rest.value()) == scaled(a) - scaled(b));
  if (const auto sum = add(a, b)) {
    const auto back = subtract(sum.value(), b);
    RC_ASSERT(back && back.value() == a);
  }
}

}  // namespace
}  // namespace spillway
