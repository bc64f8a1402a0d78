// Ranges and entity tags as RFC 9110 has them.
#include "server/range.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace spillway {
namespace {

using Kind = RangeAnswer::Kind;
constexpr std::string_view tag = "\"abc\"";

void expect_part(std::string_view header, std::uint64_t offset, std::uint64_t length) {
  const RangeAnswer answer = parse_range(header, 100);
  EXPECT_EQ(answer.kind, Kind::part) << header;
  EXPECT_EQ(answer.range.offset, offset) << header;
  EXPECT_EQ(answer.range.length, length) << header;
}

TEST(Range, Parts) {
  expect_part("bytes=0-0", 0, 1);
  expect_part("bytes=10-19", 10, 10);
  expect_part("bytes=90-", 90, 10);
  expect_part("bytes=90-1000", 90, 10);
  expect_part("bytes=-1", 99, 1);
  expect_part("bytes=-1000", 0, 100);
  expect_part("Bytes= 5-6 ", 5, 2);
  expect_part("bytes=99-18446744073709551615", 99, 1);
}

TEST(Range, Unsatisfiable) {
  for (const char* header : {"bytes=100-", "bytes=100-200", "bytes=-0"}) {
    EXPECT_EQ(parse_range(header, 100).kind, Kind::unsatisfiable) << header;
  }
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, Kind::unsatisfiable);
  EXPECT_EQ(parse_range("bytes=-5", 0).kind, Kind::unsatisfiable);
}

TEST(Range, IgnoresWhatItDoesNotUnderstand) {
  for (const char* header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=9-5", "bytes=a-b", "bytes=0-1,3-4",
        "lines=0-1", "bytes=+1-2", "bytes=99999999999999999999-", "bytes=--1"}) {
    EXPECT_EQ(parse_range(header, 100).kind, Kind::whole) << header;
  }
}

RC_GTEST_PROP(Range, PartsLieWithinTheBody, (std::uint64_t first, std::uint64_t last)) {
  const std::uint64_t size = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
  const RangeAnswer answer =
      parse_range("bytes=" + std::to_string(first) + "-" + std::to_string(last), size);
  if (answer.kind != Kind::part) return;
  RC_ASSERT(answer.range.length > 0u);
  RC_ASSERT(answer.range.offset < size);
  RC_ASSERT(answer.range.length <= size - answer.range.offset);
}

TEST(IfRange, KeepsTheRangeOnlyForTheSameStrongTag) {
  Request request;
  request.headers = {{"range", "bytes=0-1"}, {"if-range", "\"abc\""}};
  EXPECT_EQ(requested_range(request, tag, 100).kind, Kind::part);
  for (const char* other : {"\"abd\"", "W/\"abc\"", "Wed, 21 Oct 2015 07:28:00 GMT"}) {
    request.headers[1].second = other;
    EXPECT_EQ(requested_range(request, tag, 100).kind, Kind::whole) << other;
  }
}

TEST(EntityTags, Lists) {
  EXPECT_TRUE(etag_matches("*", tag, false));
  EXPECT_TRUE(etag_matches("\"x\", \"abc\"", tag, false));
  EXPECT_TRUE(etag_matches("\"a,b\",\"abc\"", tag, false));
  EXPECT_TRUE(etag_matches("W/\"abc\"", tag, true));
  EXPECT_FALSE(etag_matches("W/\"abc\"", tag, false));
  for (const char* other : {"", "abc", "\"abc", "\"ab\"", ","}) {
    EXPECT_FALSE(etag_matches(other, tag, true)) << other;
  }
}

TEST(IfMatch, TakesOneStrongTag) {
  const std::string digest(64, 'a');
  Request request;
  EXPECT_EQ(sole_if_match(request).value(), "");
  request.headers = {{"if-match", "\"" + digest + "\""}};
  EXPECT_EQ(sole_if_match(request).value(), digest);
  request.headers[0].second = "*";
  EXPECT_EQ(sole_if_match(request).value(), "*");
  request.headers[0].second = "W/\"" + digest + "\"";
  EXPECT_EQ(sole_if_match(request).error().code, Code::condition_failed);
  request.headers[0].second = "\"a\", \"b\"";
  EXPECT_EQ(sole_if_match(request).error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace spillway
