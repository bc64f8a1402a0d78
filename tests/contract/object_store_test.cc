// What every ObjectStore promises, whatever is behind it. A backend or a decorator joins by
// instantiating the suite with its factory, as filesystem_object_test.cc does; what it alone
// promises is there, too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "base/random.h"
#include "contract/object_store_contract.h"

namespace spillway {
namespace {

/// Gives some bytes, then fails.
class FailingSource final : public ByteSource {
 public:
  explicit FailingSource(std::size_t good_bytes) : left_(good_bytes) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    if (left_ == 0) return make_error(Code::cancelled, "test", "", "the client went away");
    const std::size_t n = std::min(capacity, left_);
    std::fill_n(buffer, n, 'x');
    left_ -= n;
    return n;
  }

 private:
  std::size_t left_;
};

#define EXPECT_CODE(result, expected)                                       \
  do {                                                                      \
    const auto& checked = (result);                                         \
    ASSERT_FALSE(checked) << "a success where " #expected " was expected";  \
    EXPECT_EQ(checked.error().code, expected) << describe(checked.error()); \
  } while (false)

TEST_P(ObjectStoreContract, GivesBackWhatWasPut) {
  for (const std::size_t size : {0u, 1u, 1024u, 262'144u, 262'145u, 3'000'000u}) {
    const std::string bytes = random_bytes(size), key = "o/" + std::to_string(size);
    const auto stored = put(key, bytes);
    ASSERT_TRUE(stored) << describe(stored.error());
    EXPECT_EQ(stored.value(), size);
    EXPECT_TRUE(get(key).value() == bytes);
    const auto info = store().head(key, soon());
    ASSERT_TRUE(info);
    EXPECT_EQ(info.value().key, key);
    EXPECT_EQ(info.value().size_bytes, size);
    EXPECT_NEAR(static_cast<double>(info.value().modified_millis),
                static_cast<double>(unix_millis()), 60'000.0);
  }
}

TEST_P(ObjectStoreContract, AnswersNotFoundForWhatWasNeverPut) {
  ASSERT_TRUE(put("a/b", "x"));
  for (const ObjectKey key : {"a", "a/", "a/b/", "a/b/c", "b", "a/c"}) {
    EXPECT_CODE(get(key), Code::not_found);
    EXPECT_CODE(store().head(key, soon()), Code::not_found);
  }
}

TEST_P(ObjectStoreContract, GivesAnyRangeWithinTheObject) {
  ASSERT_TRUE(put("o", "0123456789"));
  EXPECT_EQ(get("o", ByteRange{0, 10}).value(), "0123456789");
  EXPECT_EQ(get("o", ByteRange{3, 4}).value(), "3456");
  EXPECT_EQ(get("o", ByteRange{9, 1}).value(), "9");
  EXPECT_EQ(get("o", ByteRange{5, 0}).value(), "");
  EXPECT_EQ(get("o", ByteRange{10, 0}).value(), "");
  ASSERT_TRUE(put("empty", ""));
  EXPECT_EQ(get("empty").value(), "");
  EXPECT_EQ(get("empty", ByteRange{0, 0}).value(), "");
}

TEST_P(ObjectStoreContract, RefusesARangeBeyondTheObject) {
  ASSERT_TRUE(put("o", "0123456789"));
  ASSERT_TRUE(put("empty", ""));
  EXPECT_CODE(get("o", ByteRange{0, 11}), Code::invalid_argument);
  EXPECT_CODE(get("o", ByteRange{11, 0}), Code::invalid_argument);
  EXPECT_CODE(get("o", ByteRange{5, ~0ull - 2}), Code::invalid_argument);  // the sum overflows
  EXPECT_CODE(get("o", ByteRange{~0ull, ~0ull}), Code::invalid_argument);
  EXPECT_CODE(get("empty", ByteRange{0, 1}), Code::invalid_argument);
}

TEST_P(ObjectStoreContract, NeverOverwrites) {
  ASSERT_TRUE(put("o", "first", {.content_type = "text/plain", .content_encoding = "zstd"}));
  EXPECT_CODE(put("o", "second", {.content_type = "text/html"}), Code::condition_failed);
  EXPECT_EQ(get("o").value(), "first");
  EXPECT_EQ(store().head("o", soon()).value().attributes.content_type, "text/plain");
}

TEST_P(ObjectStoreContract, LetsExactlyOneOfManyRacersWin) {
  for (int round = 0; round < 10; ++round) {
    const ObjectKey key = "race/" + std::to_string(round) + "/a/b";
    std::vector<int> winners(8, 0);
    std::vector<std::jthread> racers;
    for (int i = 0; i < 8; ++i) {
      racers.emplace_back([&, i] {
        const std::string mine(100'000, static_cast<char>('a' + i));
        const auto stored =
            put(key, mine, {.content_type = std::string(1, static_cast<char>('a' + i))});
        if (stored) winners[i] = 1;
        if (!stored) {
          EXPECT_EQ(stored.error().code, Code::condition_failed);
        }
      });
    }
    racers.clear();
    ASSERT_EQ(std::count(winners.begin(), winners.end(), 1), 1);
    const auto winner = std::find(winners.begin(), winners.end(), 1) - winners.begin();
    const char letter = static_cast<char>('a' + winner);
    EXPECT_EQ(get(key).value(), std::string(100'000, letter));
    EXPECT_EQ(store().head(key, soon()).value().attributes.content_type, std::string(1, letter));
  }
}

TEST_P(ObjectStoreContract, KeepsAttributes) {
  const ObjectAttributes attributes{
      .content_type = "application/json; charset=utf-8",
      .content_encoding = "zstd",
      .metadata = {{"owner", "100% of: Ω\nlines\r\n"}, {"empty", ""}, {"a-b.c", " spaced "}}};
  ASSERT_TRUE(put("with/attributes", "x", attributes));
  ASSERT_TRUE(put("without", "x"));
  const ObjectAttributes kept = store().head("with/attributes", soon()).value().attributes;
  EXPECT_EQ(kept.content_type, attributes.content_type);
  EXPECT_EQ(kept.content_encoding, attributes.content_encoding);
  EXPECT_EQ(kept.metadata, attributes.metadata);
  const ObjectAttributes plain = store().head("without", soon()).value().attributes;
  EXPECT_EQ(plain.content_type, "application/octet-stream");
  EXPECT_EQ(plain.content_encoding, "");
  EXPECT_TRUE(plain.metadata.empty());
}

TEST_P(ObjectStoreContract, DoesNotInheritAttributesFromARemovedObject) {
  ASSERT_TRUE(put("o", "x", {.content_type = "text/plain"}));
  ASSERT_TRUE(remove_object(store(), "o", soon()));
  ASSERT_TRUE(put("o", "y"));
  EXPECT_EQ(store().head("o", soon()).value().attributes.content_type, "application/octet-stream");
}

TEST_P(ObjectStoreContract, LeavesNothingWhenTheSourceFails) {
  for (const std::size_t good_bytes : {0u, 10u, 1'000'000u}) {
    FailingSource source(good_bytes);
    EXPECT_CODE(store().put("o", source, {}, soon()), Code::cancelled);
    EXPECT_CODE(get("o"), Code::not_found);
    EXPECT_TRUE(keys().empty());
  }
  EXPECT_TRUE(put("o", "now it works"));
}

TEST_P(ObjectStoreContract, StopsAtTheDeadline) {
  ASSERT_TRUE(put("o", "x"));
  const Deadline gone = Deadline::after(std::chrono::milliseconds(-1));
  StringSource source("x");
  EXPECT_CODE(store().put("p", source, {}, gone), Code::timeout);
  EXPECT_CODE(store().list("", "", gone), Code::timeout);
  EXPECT_EQ(keys(), std::vector<ObjectKey>{"o"});
}

TEST_P(ObjectStoreContract, RemovesForGoodAndTwice) {
  ASSERT_TRUE(put("a/b/c/d/0", "x"));
  ASSERT_TRUE(put("a/b/c/d/1", "y"));
  ASSERT_TRUE(remove_object(store(), "a/b/c/d/0", soon()));
  ASSERT_TRUE(remove_object(store(), "a/b/c/d/0", soon()));
  ASSERT_TRUE(remove_object(store(), "never/was", soon()));
  EXPECT_CODE(get("a/b/c/d/0"), Code::not_found);
  EXPECT_EQ(get("a/b/c/d/1").value(), "y");
  EXPECT_EQ(keys(), std::vector<ObjectKey>{"a/b/c/d/1"});
}

TEST_P(ObjectStoreContract, FinishesAStreamWhoseObjectIsRemoved) {
  const std::string bytes = random_bytes(2'000'000);
  ASSERT_TRUE(put("o", bytes));
  auto source = store().get("o", std::nullopt, soon());
  ASSERT_TRUE(source);
  std::string start(1000, '\0');
  ASSERT_EQ(read_full(*source.value(), start.data(), start.size()).value(), start.size());
  ASSERT_TRUE(remove_object(store(), "o", soon()));
  EXPECT_TRUE(start + read_all(*source.value(), bytes.size()).value() == bytes);
}

/// Keys that have broken path handling somewhere, all at once in one store.
std::vector<ObjectKey> awkward_keys() {
  std::vector<ObjectKey> keys = {"a",
                                 "a/",
                                 "a/b",
                                 "a//b",
                                 "a///",
                                 "//",
                                 "/",
                                 "/a",
                                 "..",
                                 "../",
                                 "../../etc/passwd",
                                 ".",
                                 "./a",
                                 "a/../b",
                                 "a/./b",
                                 "a/..",
                                 ".tmp",
                                 ".tmp/x",
                                 "a b",
                                 "a+b",
                                 "a=b",
                                 "a:b",
                                 "a*b",
                                 "a(b)",
                                 "a@b",
                                 "a,b",
                                 "a;b",
                                 "a!b",
                                 "a$b",
                                 "a'b",
                                 "a%2Fb",
                                 "a%2fb",
                                 "a%00b",
                                 "%",
                                 "a&b?c#d",
                                 "a\\b",
                                 "\"",
                                 "~",
                                 "CON",
                                 "a.o",
                                 "a.a",
                                 "a.c",
                                 "a.o/b",
                                 "A/B",
                                 "a\tb",
                                 "\x7f",
                                 "-",
                                 "--help",
                                 "\u00e9",
                                 "e\u0301",
                                 "\u65e5\u672c/\u8a9e",
                                 "\U0001F6E2/\U0001F6E2\U0001F6E2",
                                 "s/t/",
                                 "s/t/u",
                                 "s/t/uv",
                                 "s/t/uvw",
                                 "s/t/uv/",
                                 "s/t/u/v/w/x/y/z",
                                 "s/t/\u65e5\u672c"};
  keys.push_back(std::string(1024, 'k'));
  keys.push_back(std::string(1023, '/') + "e");
  keys.push_back("s/" + std::string(1000, '.') + "/t");
  keys.push_back("s/t/" + std::string(1020, 'k'));
  for (const char last : {'-', '/', '0', 'k'}) keys.push_back(std::string(240, 'k') + last + "x");
  std::sort(keys.begin(), keys.end());
  return keys;
}

TEST_P(ObjectStoreContract, KeepsAwkwardKeysApart) {
  const std::vector<ObjectKey> all = awkward_keys();
  for (const ObjectKey& key : all) {
    const auto stored = put(key, "bytes of " + key, {.metadata = {{"key", key}}});
    ASSERT_TRUE(stored) << describe(stored.error());
  }
  EXPECT_EQ(keys(), all);
  for (const ObjectKey& key : all) {
    EXPECT_EQ(get(key).value(), "bytes of " + key);
    EXPECT_EQ(store().head(key, soon()).value().attributes.metadata.at("key"), key);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_TRUE(remove_object(store(), all[i], soon()));
    EXPECT_EQ(keys(), std::vector<ObjectKey>(all.begin() + static_cast<long>(i) + 1, all.end()));
  }
}

TEST_P(ObjectStoreContract, RefusesWhatIsNoKey) {
  const std::string not_utf8[] = {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80"};
  for (const ObjectKey& key : not_utf8) EXPECT_CODE(put(key, "x"), Code::invalid_argument);
  EXPECT_CODE(put("", "x"), Code::invalid_argument);
  EXPECT_CODE(put(std::string(1025, 'k'), "x"), Code::invalid_argument);
  EXPECT_CODE(get(""), Code::invalid_argument);
  EXPECT_CODE(store().head("", soon()), Code::invalid_argument);
  EXPECT_CODE(remove_object(store(), "", soon()), Code::invalid_argument);
  EXPECT_TRUE(keys().empty());
}

TEST_P(ObjectStoreContract, ListsByPrefixAndAfterInByteOrder) {
  const std::vector<ObjectKey> all = awkward_keys();
  for (const ObjectKey& key : all) ASSERT_TRUE(put(key, "x"));
  std::vector<std::string> bounds = {"",
                                     "a",
                                     "a/",
                                     "a/b",
                                     "s",
                                     "s/t/",
                                     "s/t/u",
                                     "s/t/uv",
                                     "k",
                                     "zz",
                                     std::string(239, 'k'),
                                     std::string(241, 'k'),
                                     "/",
                                     "%",
                                     "\xe6"};
  for (const std::string& prefix : bounds) {
    for (const std::string& after : bounds) {
      std::vector<ObjectKey> expected;
      std::copy_if(all.begin(), all.end(), std::back_inserter(expected),
                   [&](const ObjectKey& k) { return k.starts_with(prefix) && k > after; });
      EXPECT_EQ(keys(prefix, after), expected) << "prefix " << prefix << ", after " << after;
    }
  }
}

TEST_P(ObjectStoreContract, ListsThousandsInPages) {
  std::vector<ObjectKey> all;
  for (int i = 0; i < 2500; ++i) {
    all.push_back("store/table/" + random_id() + random_id() + "/" + random_id() + "/0");
  }
  std::vector<std::jthread> writers;
  for (std::size_t w = 0; w < 4; ++w) {
    writers.emplace_back([&, w] {
      for (std::size_t i = w; i < all.size(); i += 4) EXPECT_TRUE(put(all[i], std::to_string(i)));
    });
  }
  writers.clear();
  std::sort(all.begin(), all.end());
  const auto page = store().list("", "", soon());
  ASSERT_TRUE(page);
  // S3 may end a page early (ListObjectsV2, MaxKeys), and Ceph now and then does.
  ASSERT_FALSE(page.value().objects.empty());
  EXPECT_LE(page.value().objects.size(), 1000u);
  EXPECT_EQ(page.value().next, page.value().objects.back().key);
  EXPECT_GT(page.value().objects[0].size_bytes, 0u);
  EXPECT_EQ(keys(), all);
  EXPECT_EQ(keys("", all[1999]).size(), 500u);
  EXPECT_EQ(keys(all[7].substr(0, 40)), std::vector<ObjectKey>{all[7]});
}

TEST_P(ObjectStoreContract, EndsTheListWithAnExactlyFullPage) {
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(put("p/" + std::to_string(i), "x"));
  const auto page = store().list("p/", "", soon());
  ASSERT_TRUE(page);
  EXPECT_EQ(page.value().objects.size(), 1000u);
  EXPECT_EQ(page.value().next, "");
}

TEST_P(ObjectStoreContract, PutsWhileNeighboursAreRemoved) {
  // Every removal may empty a directory that a put is about to use.
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const ObjectKey key = "s/t/abcd" + std::to_string(t) + "/" + std::to_string(i);
        const auto stored = put(key, key);
        ASSERT_TRUE(stored) << describe(stored.error());
        ASSERT_EQ(get(key).value(), key);
        ASSERT_TRUE(store().list("s/", "", soon()));
        ASSERT_TRUE(remove_object(store(), key, soon()));
      }
    });
  }
  threads.clear();
  EXPECT_TRUE(keys().empty());
}

}  // namespace
}  // namespace spillway
