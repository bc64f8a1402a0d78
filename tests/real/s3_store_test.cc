// What only the S3 store promises, on a real S3: multipart, racing writers, wrong credentials and
// clocks, buckets that vanish, settings of the URL, and memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/clock.h"
#include "base/digest.h"
#include "net/http_transport.h"
#include "object/s3/bucket_codec.h"
#include "object/s3/store.h"
#include "real/s3_bucket.h"

namespace spillway {
namespace {

constexpr std::uint64_t mib = 1ull << 20;

Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

/// Sets an environment variable for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { ::setenv(name_, old_.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string old_;
};

/// `size` bytes that differ everywhere, made as they are read; fails at `good` of them.
class PatternSource final : public ByteSource {
 public:
  explicit PatternSource(std::uint64_t size, std::uint64_t good = ~0ull)
      : size_(size), good_(good) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    if (at_ >= good_) return make_error(Code::cancelled, "test", "", "the client went away");
    const auto n =
        static_cast<std::size_t>(std::min<std::uint64_t>(capacity, std::min(size_, good_) - at_));
    for (std::size_t i = 0; i < n; ++i) buffer[i] = byte(at_ + i);
    at_ += n;
    return n;
  }
  static char byte(std::uint64_t at) {
    return static_cast<char>((at * 0x9e3779b97f4a7c15ull) >> 56);
  }

 private:
  std::uint64_t at_ = 0, size_, good_;
};

/// How many bytes came, and whether each was right.
struct Checked {
  std::uint64_t size = 0;
  bool right = true;
};
Result<Checked> check(ByteSource& source, std::uint64_t offset = 0) {
  Checked checked;
  std::string buffer(256 * 1024, '\0');
  for (;;) {
    SPILLWAY_TRY(const std::size_t n, source.read(buffer.data(), buffer.size()));
    if (n == 0) return checked;
    for (std::size_t i = 0; i < n; ++i) {
      checked.right &= buffer[i] == PatternSource::byte(offset + checked.size + i);
    }
    checked.size += n;
  }
}

class S3Objects : public testing::Test {
 protected:
  void SetUp() override {
    if (s3_server().empty()) GTEST_SKIP() << "no S3 server runs here";
    bucket_ = new_bucket(url_);
    store_ = open_s3_object_store(url_).value();
  }
  /// The same bucket with other settings.
  std::unique_ptr<S3ObjectStore> store_with(const std::string& more) {
    return open_s3_object_store(url_ + more).value();
  }
  static Result<std::uint64_t> put(ObjectStore& store, const ObjectKey& key,
                                   const std::string& bytes,
                                   const ObjectAttributes& attributes = {}) {
    ViewSource source(bytes);
    return store.put(key, source, attributes, soon());
  }
  static Result<std::string> get(ObjectStore& store, const ObjectKey& key) {
    SPILLWAY_TRY(const auto source, store.get(key, std::nullopt, soon()));
    return read_all(*source, 1u << 30);
  }
  HttpHeaders raw_head(const ObjectKey& key) {
    S3Request request = store_->client().request("test", "HEAD", key);
    return store_->client().call(request, 0, soon()).value().headers;
  }
  std::string raw_get(const ObjectKey& key, const std::string& query) {
    S3Request request = store_->client().request("test", "GET", key, query);
    const auto answer = store_->client().call(request, mib, soon());
    return answer ? answer.value().body : describe(answer.error());
  }
  std::size_t uploads_under_way() {
    return parse_uploads(raw_get("", "uploads=")).value().uploads.size();
  }

  std::string url_ = s3_server().empty() ? "" : new_bucket_url();
  std::unique_ptr<Bucket> bucket_;
  std::unique_ptr<S3ObjectStore> store_;
};

TEST_F(S3Objects, KeepsKeysOfControlCharacters) {
  const std::vector<ObjectKey> keys = {"\x01\x02", "a\nb", "a\rb", "a\r\nb", "c\x1f", " ", "  d  "};
  for (const ObjectKey& key : keys) ASSERT_TRUE(put(*store_, key, "of " + key));
  for (const ObjectKey& key : keys) EXPECT_EQ(get(*store_, key).value(), "of " + key);
  const auto page = store_->list("", "", soon());
  ASSERT_TRUE(page) << describe(page.error());
  std::vector<ObjectKey> sorted = keys, listed;
  std::sort(sorted.begin(), sorted.end());
  for (const ObjectInfo& info : page.value().objects) listed.push_back(info.key);
  EXPECT_EQ(listed, sorted);
  for (const auto& result : store_->remove(keys, soon())) {
    EXPECT_TRUE(result) << describe(result.error());
  }
  const ObjectList rest = store_->list("", "", soon()).value();
  for (const ObjectInfo& left : rest.objects) {
    ADD_FAILURE() << "still there: '" << uri_encode(left.key) << "'";
  }
}

TEST_F(S3Objects, TellsWhatItCannotKeep) {
  EXPECT_EQ(put(*store_, "k", "x", {.metadata = {{"Upper", "v"}}}).error().code,
            Code::invalid_argument);
  EXPECT_EQ(put(*store_, "k", "x", {.metadata = {{"spillway-put", "v"}}}).error().code,
            Code::invalid_argument);
  EXPECT_EQ(put(*store_, "k", "x", {.metadata = {{"v", std::string(2048, 'v')}}}).error().code,
            Code::invalid_argument);
  EXPECT_TRUE(store_->list("", "", soon()).value().objects.empty());
}

TEST_F(S3Objects, PutsAndGetsInParts) {
  for (const std::uint64_t size : {8 * mib - 1, 8 * mib, 8 * mib + 1, 16 * mib, 45 * mib + 77}) {
    const ObjectKey key = "o/" + std::to_string(size);
    PatternSource source(size);
    const auto stored = store_->put(key, source, {.metadata = {{"name", "Größe"}}}, soon());
    ASSERT_TRUE(stored) << describe(stored.error());
    EXPECT_EQ(stored.value(), size);
    const auto info = store_->head(key, soon());
    EXPECT_EQ(info.value().size_bytes, size);
    EXPECT_EQ(info.value().attributes.metadata.at("name"), "Größe");
    auto whole = store_->get(key, std::nullopt, soon());
    const auto checked = check(*whole.value());
    ASSERT_TRUE(checked) << describe(checked.error());
    EXPECT_EQ(checked.value().size, size);
    EXPECT_TRUE(checked.value().right);
  }
  const ObjectKey large = "o/" + std::to_string(45 * mib + 77);
  for (const ByteRange range : {ByteRange{3, 5}, {7 * mib, 3 * mib}, {1, 45 * mib + 76}}) {
    auto part = store_->get(large, range, soon());
    const auto checked = check(*part.value(), range.offset);
    ASSERT_TRUE(checked) << describe(checked.error());
    EXPECT_EQ(checked.value().size, range.length);
    EXPECT_TRUE(checked.value().right);
  }
  EXPECT_EQ(uploads_under_way(), 0u);
}

TEST_F(S3Objects, NeverOverwritesInParts) {
  PatternSource first(9 * mib), second(10 * mib);
  ASSERT_TRUE(store_->put("o", first, {}, soon()));
  EXPECT_EQ(store_->put("o", second, {}, soon()).error().code, Code::condition_failed);
  EXPECT_EQ(store_->head("o", soon()).value().size_bytes, 9 * mib);
  EXPECT_EQ(uploads_under_way(), 0u);
}

TEST_F(S3Objects, AbortsAnUploadWhoseSourceFails) {
  PatternSource source(100 * mib, 30 * mib);
  EXPECT_EQ(store_->put("o", source, {}, soon()).error().code, Code::cancelled);
  EXPECT_EQ(store_->head("o", soon()).error().code, Code::not_found);
  EXPECT_EQ(uploads_under_way(), 0u);
}

TEST_F(S3Objects, AbortsAnUploadAtItsDeadline) {
  PatternSource endless(~0ull);
  const auto stored = store_->put("o", endless, {}, Deadline::after(std::chrono::seconds(1)));
  EXPECT_EQ(stored.error().code, Code::timeout) << describe(stored.error());
  EXPECT_EQ(uploads_under_way(), 0u);
  EXPECT_EQ(store_->head("o", soon()).error().code, Code::not_found);
}

TEST_F(S3Objects, OneOfEightRacersWins) {
  for (int round = 0; round < 5; ++round) {
    const ObjectKey key = "race/" + std::to_string(round);
    std::atomic<int> won = 0;
    std::vector<std::jthread> racers;
    for (int i = 0; i < 8; ++i) {
      racers.emplace_back([&] {
        const auto stored = put(*store_, key, "the same bytes");
        won += stored ? 1 : 0;
        EXPECT_TRUE(stored || stored.error().code == Code::condition_failed);
      });
    }
    racers.clear();
    EXPECT_EQ(won, 1);
  }
}

TEST_F(S3Objects, SaysWhatIsWrongWithTheCredentials) {
  ASSERT_TRUE(put(*store_, "o", "x"));
  {
    const Variable secret("AWS_SECRET_ACCESS_KEY", "canary-secret");
    auto store = store_with("");
    for (const Error& error : {get(*store, "o").error(), put(*store, "p", "x").error(),
                               store->head("o", soon()).error()}) {
      EXPECT_EQ(error.code, Code::permission_denied) << describe(error);
      EXPECT_FALSE(error.transient);
      EXPECT_THAT(describe(error), testing::HasSubstr("credentials"));
      EXPECT_THAT(describe(error), testing::Not(testing::HasSubstr("canary")));
    }
  }
  const Variable key("AWS_ACCESS_KEY_ID", "nobody");
  EXPECT_EQ(get(*store_with(""), "o").error().code, Code::permission_denied);
}

TEST_F(S3Objects, KnowsASkewedClockByTheAnswer) {
  const Credentials credentials{std::getenv("AWS_ACCESS_KEY_ID"),
                                Secret(std::getenv("AWS_SECRET_ACCESS_KEY"))};
  HttpTransport transport;
  for (const char* method : {"GET", "HEAD"}) {
    HttpRequest request = store_->client().request("test", method, "").http;
    ASSERT_TRUE(sign(request, credentials, {"us-east-1", "s3"}, to_hex(sha256("")),
                     unix_millis() - 3'600'000));
    const HttpResponse answer = transport.send(request, mib, soon()).value();
    EXPECT_EQ(answer.status, 403);
    EXPECT_TRUE(may_be_skew(read_failure(answer.status, answer.headers, answer.body)));
    EXPECT_TRUE(answer.headers.find("date"));
  }
}

TEST_F(S3Objects, AVanishedBucketIsNoMissingObject) {
  auto gone = open_object_store(new_bucket_url()).value();
  StringSource source("x");
  const std::vector<Error> errors = {get(*gone, "o").error(),
                                     gone->head("o", soon()).error(),
                                     gone->list("", "", soon()).error(),
                                     put(*gone, "o", "x").error(),
                                     gone->remove({"a"}, soon())[0].error(),
                                     gone->remove({"a", "b"}, soon())[1].error()};
  for (const Error& error : errors) {
    EXPECT_EQ(error.code, Code::unavailable) << describe(error);
    EXPECT_FALSE(error.transient);
    EXPECT_THAT(error.detail, testing::HasSubstr("does not exist"));
  }
  PatternSource parts(9 * mib);
  EXPECT_EQ(gone->put("o", parts, {}, soon()).error().code, Code::unavailable);
}

TEST_F(S3Objects, EncryptsAsTold) {
  auto kms = store_with("&sse=aws%3Akms&kms_key=testkey");
  ASSERT_TRUE(put(*kms, "kms", "secret"));
  EXPECT_EQ(raw_head("kms").find("x-amz-server-side-encryption"), "aws:kms");
  EXPECT_EQ(raw_head("kms").find("x-amz-server-side-encryption-aws-kms-key-id"), "testkey");
  EXPECT_EQ(get(*store_, "kms").value(), "secret");
  PatternSource large(20 * mib + 3);
  ASSERT_TRUE(kms->put("large", large, {}, soon()));
  EXPECT_EQ(raw_head("large").find("x-amz-server-side-encryption"), "aws:kms");
  const auto checked = check(*store_->get("large", std::nullopt, soon()).value());
  ASSERT_TRUE(checked) << describe(checked.error());
  EXPECT_EQ(checked.value().size, 20 * mib + 3);
  EXPECT_TRUE(checked.value().right);
}

TEST_F(S3Objects, SetsTagsAndStorageClass) {
  auto store = store_with("&tags=team%3Dgeo%26cost%2520centre%3D%25CE%25A9&storage_class=STANDARD");
  ASSERT_TRUE(put(*store, "o", "x"));
  const std::string tags = raw_get("o", "tagging=");
  EXPECT_THAT(tags, testing::HasSubstr("<Key>team</Key><Value>geo</Value>"));
  EXPECT_THAT(tags, testing::HasSubstr("<Key>cost centre</Key><Value>Ω</Value>"));
  // Ceph 16 loses the tags of multipart uploads; that they are sent is a unit test.
  PatternSource large(9 * mib);
  EXPECT_TRUE(store->put("large", large, {}, soon()));
}

TEST_F(S3Objects, RemovesAThousandAndNotOneMore) {
  std::vector<ObjectKey> keys;
  for (int i = 0; i < 1000; ++i) keys.push_back("k & <" + std::to_string(i));
  ASSERT_TRUE(put(*store_, keys[0], "x"));
  ASSERT_TRUE(put(*store_, keys[999], "x"));
  const auto results = store_->remove(keys, soon());
  EXPECT_TRUE(std::all_of(results.begin(), results.end(), [](const auto& r) { return !!r; }));
  EXPECT_TRUE(store_->list("", "", soon()).value().objects.empty());
  keys.push_back("one more");
  const auto refused = store_->remove(keys, soon());
  EXPECT_EQ(refused.size(), keys.size());
  EXPECT_EQ(refused[0].error().code, Code::invalid_argument);
}

/// Resident memory of this process, from the kernel.
std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size_pages = 0, resident_pages = 0;
  statm >> size_pages >> resident_pages;
  return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Notes the most memory there was while its bytes were read.
class WatchedSource final : public ByteSource {
 public:
  explicit WatchedSource(ByteSource& inner) : inner_(inner) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    most_bytes = std::max(most_bytes, resident_bytes());
    return inner_.read(buffer, capacity);
  }
  std::uint64_t most_bytes = 0;

 private:
  ByteSource& inner_;
};

TEST_F(S3Objects, PassesLargeObjectsInLittleMemory) {
  constexpr std::uint64_t size = 200 * mib;
  const std::uint64_t before = resident_bytes();
  PatternSource pattern(size);
  WatchedSource up(pattern);
  ASSERT_TRUE(store_->put("large", up, {}, Deadline::after(std::chrono::minutes(4))));
  EXPECT_LT(up.most_bytes - before, 80 * mib);
  auto source =
      store_->get("large", std::nullopt, Deadline::after(std::chrono::minutes(4))).value();
  WatchedSource down(*source);
  const auto checked = check(down);
  ASSERT_TRUE(checked) << describe(checked.error());
  EXPECT_EQ(checked.value().size, size);
  EXPECT_TRUE(checked.value().right);
  EXPECT_LT(down.most_bytes - before, 80 * mib);
  ASSERT_TRUE(remove_object(*store_, "large", soon()));
}

TEST_F(S3Objects, LetsGoOfADownloadThatIsAbandoned) {
  PatternSource pattern(60 * mib);
  ASSERT_TRUE(store_->put("large", pattern, {}, soon()));
  auto source = store_->get("large", std::nullopt, soon()).value();
  std::string buffer(1000, '\0');
  ASSERT_TRUE(source->read(buffer.data(), buffer.size()));
  source.reset();
  EXPECT_EQ(get(*store_, "large").value().size(), 60 * mib);
}

}  // namespace
}  // namespace spillway
