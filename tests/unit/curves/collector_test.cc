// What of a document is an array of numbers, and what is left of it.
#include <gtest/gtest.h>

#include <cmath>

#include "curves/array_collector.h"
#include "curves/frame.h"

namespace spillway {
namespace {

void numbers(ArrayCollector& to, int count) {
  to.begin(false);
  for (int i = 0; i < count; ++i) to.number(std::to_string(i) + ".5");
  to.end();
}

TEST(Collector, KeepsLongArraysOfNumbersAndTheRestAsItIs) {
  ArrayCollector collected;
  collected.begin(true);
  collected.key("a/", false);
  collected.key("~b", true);
  collected.begin(false);
  numbers(collected, 64);
  numbers(collected, 63);
  collected.end();
  collected.key("text", true);
  collected.string("li\"n", false);
  collected.string("e", true);
  collected.key("n", true);
  collected.number("1.50");
  collected.end();
  ASSERT_EQ(collected.arrays().size(), 1u);
  EXPECT_EQ(collected.arrays()[0].parent, "/a~1~0b");
  EXPECT_EQ(collected.arrays()[0].name, "0");
  EXPECT_EQ(collected.arrays()[0].count, 64u);
  EXPECT_EQ(collected.values().size(), 64u);
  EXPECT_TRUE(collected.skeleton().starts_with(R"({"a/~b":[null,[0.5,1.5,)"));
  EXPECT_TRUE(collected.skeleton().ends_with(R"(62.5]],"text":"li\"ne","n":1.50})"));
}

TEST(Collector, AnArrayThatHoldsAnythingElseIsNotOne) {
  for (const auto& other : std::vector<std::function<void(ArrayCollector&)>>{
           [](ArrayCollector& to) { to.string("x", true); },
           [](ArrayCollector& to) { to.literal("true"); },
           [](ArrayCollector& to) { to.number("1e400"); },
           [](ArrayCollector& to) {
             to.begin(true);
             to.end();
           }}) {
    for (const int before : {0, 10, 64, 100}) {
      ArrayCollector collected;
      collected.begin(true);
      collected.key("v", true);
      collected.begin(false);
      for (int i = 0; i < before; ++i) collected.number("1");
      other(collected);
      for (int i = 0; i < 100; ++i) collected.number("1");
      collected.end();
      collected.end();
      EXPECT_TRUE(collected.arrays().empty());
      EXPECT_EQ(collected.values().size(), 0u);
    }
  }
}

TEST(Collector, NumbersAreTheNearestFloats) {
  ArrayCollector collected;
  collected.begin(true);
  collected.key("v", true);
  collected.begin(false);
  const std::vector<std::string> texts{"0.1",
                                       "1e-400",
                                       "-0",
                                       "9007199254740993",
                                       "1.7976931348623157e308",
                                       "5e-324",
                                       "2.2250738585072011e-308"};
  for (const std::string& text : texts) collected.number(text);
  for (int i = 0; i < 64; ++i) collected.literal("null");
  collected.end();
  collected.end();
  const auto values = collected.values().read(0, collected.values().size()).value();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(values[i], std::strtod(texts[i].c_str(), nullptr)) << texts[i];
  }
  EXPECT_TRUE(std::isnan(values.back()));
}

TEST(Collector, AnArrayOfNothingButNullsIsPartOfTheRest) {
  ArrayCollector collected;
  collected.begin(false);
  collected.begin(false);
  for (int i = 0; i < 100; ++i) collected.literal("null");
  collected.end();
  collected.end();
  EXPECT_TRUE(collected.arrays().empty());
  EXPECT_EQ(collected.skeleton().size(), 4 + 100 * 5 - 1u);
}

TEST(Collector, TheLargestGroupOfOneLengthIsTheFrame) {
  ArrayCollector collected;
  collected.begin(true);
  for (const auto& [name, count] : {std::pair{"a", 100}, {"b", 100}, {"c", 150}}) {
    collected.key(name, true);
    numbers(collected, count);
  }
  collected.end();
  const auto frame = choose_frame(collected);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->info.rows, 100u);
  ASSERT_EQ(frame->info.curves.size(), 2u);
  EXPECT_EQ(frame->info.curves[1].pointer, "/b");
  EXPECT_FALSE(frame->info.index);
}

}  // namespace
}  // namespace spillway
