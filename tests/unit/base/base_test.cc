// Errors, streams, ids and time.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <thread>

#include "base/clock.h"
#include "base/random.h"
#include "spillway/bytes.h"
#include "spillway/error.h"

namespace spillway {
namespace {

TEST(Error, ReadsAsASentence) {
  const Error error = make_error(Code::not_found, "object.get", "a/b", "no such object");
  EXPECT_EQ(describe(error), "object.get a/b: no such object (not_found)");
  EXPECT_EQ(describe(make_error(Code::internal, "op", "", "oops")), "op: oops (internal)");
}

TEST(Error, IsTransientWhereTheSameCallCouldWorkLater) {
  for (const Code code :
       {Code::conflict, Code::throttled, Code::unavailable, Code::storage_full, Code::timeout}) {
    EXPECT_TRUE(make_error(code, "", "", "").transient) << to_string(code);
  }
  for (const Code code : {Code::not_found, Code::condition_failed, Code::invalid_argument,
                          Code::too_large, Code::cancelled, Code::permission_denied, Code::corrupt,
                          Code::unsupported, Code::internal}) {
    EXPECT_FALSE(make_error(code, "", "", "").transient) << to_string(code);
  }
}

TEST(ReadAll, StopsAtItsLimit) {
  StringSource fits(std::string(1000, 'x')), over(std::string(1001, 'x'));
  EXPECT_EQ(read_all(fits, 1000).value().size(), 1000u);
  EXPECT_EQ(read_all(over, 1000).error().code, Code::too_large);
}

RC_GTEST_PROP(ReadFull, FillsUnlessTheSourceEnds, (const std::string& bytes, std::uint8_t wanted)) {
  StringSource source(bytes);
  std::string buffer(wanted, '\0');
  const std::size_t n = read_full(source, buffer.data(), buffer.size()).value();
  RC_ASSERT(n == std::min<std::size_t>(wanted, bytes.size()));
  RC_ASSERT(buffer.substr(0, n) == bytes.substr(0, n));
}

TEST(RandomId, Is128BitsOfHexAndNeverTwice) {
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = random_id();
    EXPECT_EQ(id.size(), 32u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 10'000u);
}

TEST(TimeOrderedId, AscendsInEveryThreadAndNeverRepeats) {
  std::vector<std::vector<std::string>> made(8);
  std::vector<std::jthread> threads;
  for (auto& ids : made) {
    threads.emplace_back([&ids] {
      for (int i = 0; i < 20'000; ++i) ids.push_back(time_ordered_id());
    });
  }
  threads.clear();
  std::set<std::string> all;
  for (const auto& ids : made) {
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
    all.insert(ids.begin(), ids.end());
  }
  EXPECT_EQ(all.size(), 8u * 20'000u);
}

TEST(TimeOrderedId, BeginsWithTheTimeInCrockfordBase32) {
  const std::string alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const std::int64_t before = unix_millis();
  const std::string id = time_ordered_id();
  const std::int64_t after = unix_millis();
  ASSERT_EQ(id.size(), 26u);
  EXPECT_EQ(id.find_first_not_of(alphabet), std::string::npos);
  std::int64_t millis = 0;  // the first ten characters hold 48 bits of time
  for (const char c : id.substr(0, 10)) {
    millis = millis * 32 + static_cast<std::int64_t>(alphabet.find(c));
  }
  EXPECT_LE(before, millis);
  EXPECT_LE(millis, after);
}

TEST(Rfc3339, SpellsUtcToTheMillisecond) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(1'000'000'000'007), "2001-09-09T01:46:40.007Z");
  EXPECT_EQ(rfc3339(951'827'696'789), "2000-02-29T12:34:56.789Z");
  EXPECT_EQ(rfc3339(4'102'444'799'999), "2099-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace spillway
