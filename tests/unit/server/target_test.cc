// Addresses: split first, decoded once, nothing but UTF-8.
#include "server/target.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace spillway {
namespace {

std::vector<std::string> segments(std::string_view target) {
  return parse_target(target).value().segments;
}

TEST(Target, SplitsBeforeItDecodes) {
  EXPECT_EQ(segments("/v1/a%2Fb/c"), (std::vector<std::string>{"v1", "a/b", "c"}));
  EXPECT_EQ(segments("/"), (std::vector<std::string>{""}));
  EXPECT_EQ(segments("/a//b/"), (std::vector<std::string>{"a", "", "b", ""}));
}

TEST(Target, DecodesOnce) {
  EXPECT_EQ(segments("/%252e%252e"), std::vector<std::string>{"%2e%2e"});
}

TEST(Target, TakesTheAbsoluteForm) {
  EXPECT_EQ(segments("http://host:80/x?y=1"), std::vector<std::string>{"x"});
  EXPECT_EQ(segments("http://host"), std::vector<std::string>{""});
}

TEST(Target, ReadsQueries) {
  const NameValues expected{{"a", "1 2"}, {"b", ""}, {"c", "x=y"}};
  EXPECT_EQ(parse_target("/?a=1+2&b&&c=x%3dy").value().query, expected);
}

TEST(Target, RefusesWhatIsNotText) {
  for (const char* bad :
       {"/%", "/%2", "/%zz", "/%ff", "/a%00b", "/%c0%af", "x", "", "*", "/?a=1&a=2", "/?%ff"}) {
    EXPECT_TRUE(parse_target(bad).has_error()) << bad;
  }
}

TEST(Target, PathLeavesTheQueryOut) {
  EXPECT_EQ(path_of("/a?token=secret"), "/a");
  EXPECT_EQ(path_of("http://user:secret@host/a?b"), "/a");
}

RC_GTEST_PROP(Target, EncodedTextComesBack, (const std::string& text)) {
  std::string ascii;
  for (const char c : text) ascii += static_cast<char>((c & 0x7f) | ((c & 0x7f) == 0 ? 1 : 0));
  RC_ASSERT(segments("/" + percent_encode(ascii)) == std::vector<std::string>{ascii});
}

}  // namespace
}  // namespace spillway
