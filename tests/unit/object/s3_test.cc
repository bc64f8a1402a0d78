// What the S3 store makes of a server that answers late, wrongly, or not at all. The server is a
// local stand-in; how a real one answers well is tested in tests/real.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "base/clock.h"
#include "net/canonical.h"
#include "object/bucket.h"
#include "object/object_store.h"
#include "unit/net/local_server.h"

namespace spillway {
namespace {

using testing::HasSubstr;
using testing::Not;

Deadline soon() { return Deadline::after(std::chrono::seconds(20)); }

std::string error_reply(int status, const std::string& code, const std::string& headers = "") {
  return LocalServer::reply(status, "<Error><Code>" + code + "</Code></Error>", headers);
}

std::string header_of(const SeenRequest& request, const std::string& name) {
  const std::string lower = ascii_lower(request.head);
  const std::size_t at = lower.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 4;
  return request.head.substr(begin, request.head.find("\r\n", begin) - begin);
}

/// Text that the threads of a server's connections share.
class SharedText {
 public:
  SharedText& operator=(std::string text) {
    const std::lock_guard lock(mutex_);
    text_ = std::move(text);
    return *this;
  }
  std::string get() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

class S3Stand : public testing::Test {
 protected:
  S3Stand() {
    ::setenv("AWS_ACCESS_KEY_ID", "AKIACANARY", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "canary-secret", 1);
    ::setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
    ::setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
  }
  std::unique_ptr<ObjectStore> store(const LocalServer& server, const std::string& more = "") {
    return open_object_store("s3://bucket?region=eu-west-3&endpoint=" + server.url() + more)
        .value();
  }
  static Result<std::uint64_t> put(ObjectStore& store, const std::string& bytes) {
    ViewSource source(bytes);
    return store.put("k", source, {}, soon());
  }
  static Result<std::string> get(ObjectStore& store) {
    SPILLWAY_TRY(const auto source, store.get("k", std::nullopt, soon()));
    return read_all(*source, 1u << 30);
  }
};

TEST_F(S3Stand, SendsAWholeObjectOnConditionAndWithChecksums) {
  LocalServer server([](const SeenRequest&) { return LocalServer::reply(200, ""); });
  ASSERT_TRUE(put(*store(server, "&tags=a%3Db"), "123456789"));
  const SeenRequest seen = server.seen().at(0);
  EXPECT_TRUE(seen.starts_with("PUT /bucket/k HTTP/1.1"));
  EXPECT_EQ(seen.body, "123456789");
  EXPECT_EQ(header_of(seen, "if-none-match"), "*");
  EXPECT_EQ(header_of(seen, "x-amz-checksum-crc32c"), "4waSgw==");
  EXPECT_EQ(header_of(seen, "x-amz-tagging"), "a=b");
  EXPECT_EQ(header_of(seen, "x-amz-content-sha256"),
            "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
  EXPECT_THAT(header_of(seen, "authorization"), HasSubstr("eu-west-3/s3/aws4_request"));
}

TEST_F(S3Stand, TriesAgainWithTheSameBytes) {
  std::atomic<int> calls = 0;
  LocalServer server([&](const SeenRequest&) -> std::string {
    switch (calls++) {
      case 0: return error_reply(503, "SlowDown");
      case 1: return error_reply(409, "ConditionalRequestConflict");
      case 2: return "";  // closes without an answer
      default: return LocalServer::reply(200, "");
    }
  });
  ASSERT_TRUE(put(*store(server), "bytes"));
  EXPECT_EQ(calls, 4);
  for (const SeenRequest& seen : server.seen()) EXPECT_EQ(seen.body, "bytes");
}

/// Keeps one object as S3 does; the answer to the first PUT is lost.
TEST_F(S3Stand, KnowsItsOwnObjectAfterALostAnswer) {
  SharedText put_id;
  std::atomic<bool> foreign = false;
  LocalServer server([&](const SeenRequest& request) -> std::string {
    if (request.starts_with("HEAD")) {
      return LocalServer::reply(
          200, "", "x-amz-meta-spillway-put: " + (foreign ? "another" : put_id.get()) + "\r\n");
    }
    if (!put_id.get().empty()) return error_reply(412, "PreconditionFailed");
    put_id = header_of(request, "x-amz-meta-spillway-put");
    return "";
  });
  const auto first = put(*store(server), "bytes");
  EXPECT_TRUE(first) << describe(first.error());
  EXPECT_EQ(put_id.get().size(), 32u);
  foreign = true;
  EXPECT_EQ(put(*store(server), "bytes").error().code, Code::condition_failed);
}

TEST_F(S3Stand, LearnsTheServersClockOnce) {
  const std::int64_t server_millis = unix_millis() + 3'600'000;
  std::time_t seconds = server_millis / 1000;
  char date[64];
  std::strftime(date, sizeof date, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", std::gmtime(&seconds));
  LocalServer server([&](const SeenRequest& request) {
    const std::string text = header_of(request, "x-amz-date");
    const auto signed_at = parse_amz_date(text);
    if (!signed_at || std::llabs(*signed_at - server_millis) > 60'000) {
      // An answer to HEAD has no body.
      return request.starts_with("HEAD") ? LocalServer::reply(403, "", date)
                                         : error_reply(403, "RequestTimeTooSkewed", date);
    }
    return LocalServer::reply(200, "", date);
  });
  const auto objects = store(server);
  EXPECT_TRUE(objects->head("k", soon()));
  EXPECT_TRUE(put(*objects, "x"));
  EXPECT_EQ(server.seen().size(), 3u);
  EXPECT_TRUE(put(*store(server), "x"));
  EXPECT_EQ(server.seen().size(), 5u);
}

TEST_F(S3Stand, AsksForFreshCredentialsOnce) {
  LocalServer server([&](const SeenRequest& request) {
    const bool fresh = request.has("Credential=AKIAFRESH/");
    ::setenv("AWS_ACCESS_KEY_ID", "AKIAFRESH", 1);  // as if the source had rotated them
    return fresh ? LocalServer::reply(200, "") : error_reply(400, "ExpiredToken");
  });
  EXPECT_TRUE(put(*store(server), "x"));
  EXPECT_EQ(server.seen().size(), 2u);
  LocalServer never([](const SeenRequest&) { return error_reply(400, "ExpiredToken"); });
  const Error error = put(*store(never), "x").error();
  EXPECT_EQ(error.code, Code::permission_denied);
  EXPECT_EQ(never.seen().size(), 2u);
  EXPECT_THAT(describe(error), Not(HasSubstr("canary")));
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  return bytes;
}

/// Serves ranges of `bytes`; a body longer than `sent_max` breaks off there, against its length.
std::string ranged_reply(const SeenRequest& request, const std::string& bytes,
                         std::size_t sent_max = ~std::size_t{0}) {
  unsigned long long first = 0, last = 0;
  std::sscanf(header_of(request, "range").c_str(), "bytes=%llu-%llu", &first, &last);
  last = std::min<unsigned long long>(last, bytes.size() - 1);
  const std::string body = bytes.substr(first, last - first + 1);
  return "HTTP/1.1 206 X\r\nETag: \"e\"\r\nContent-Range: bytes " + std::to_string(first) + "-" +
         std::to_string(last) + "/" + std::to_string(bytes.size()) +
         "\r\nContent-Length: " + std::to_string(body.size()) +
         (sent_max < body.size() ? "\r\nConnection: close" : "") + "\r\n\r\n" +
         body.substr(0, sent_max);
}

TEST_F(S3Stand, TakesABrokenStreamUpWhereItBroke) {
  const std::string bytes = pattern(3'000'000);
  std::atomic<int> calls = 0;
  LocalServer server([&](const SeenRequest& request) {
    return ranged_reply(request, bytes, ++calls <= 2 ? 1'000'000 : bytes.size());
  });
  const auto got = get(*store(server));
  ASSERT_TRUE(got) << describe(got.error());
  EXPECT_TRUE(got.value() == bytes);
  const auto seen = server.seen();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(header_of(seen[1], "range"), "bytes=1000000-2999999");
  EXPECT_EQ(header_of(seen[1], "if-match"), "\"e\"");
  EXPECT_EQ(header_of(seen[2], "range"), "bytes=2000000-2999999");
}

TEST_F(S3Stand, AStreamThatBreaksForEverIsAnErrorNotAnEnd) {
  const std::string bytes = pattern(100'000);
  std::atomic<int> calls = 0;
  LocalServer server([&](const SeenRequest& request) {
    return ranged_reply(request, bytes, ++calls == 1 ? 1000 : 0);
  });
  const auto got = get(*store(server));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Code::unavailable);
  EXPECT_EQ(got.error().op, "object.get");
  EXPECT_EQ(calls, 9);
}

TEST_F(S3Stand, AnObjectThatWasReplacedUnderTheReaderIsCorrupt) {
  const std::string bytes = pattern(100'000);
  std::atomic<int> calls = 0;
  LocalServer server([&](const SeenRequest& request) {
    return ++calls == 1 ? ranged_reply(request, bytes, 1000)
                        : error_reply(412, "PreconditionFailed");
  });
  EXPECT_EQ(get(*store(server)).error().code, Code::corrupt);
}

TEST_F(S3Stand, FetchesALargeObjectInSegmentsInOrder) {
  const std::string bytes = pattern(30u << 20);
  std::atomic<int> calls = 0;
  LocalServer server([&](const SeenRequest& request) {
    // The second segment breaks once, in the middle.
    return ranged_reply(request, bytes, ++calls == 2 ? 1'000'000 : bytes.size());
  });
  const auto got = get(*store(server));
  ASSERT_TRUE(got) << describe(got.error());
  EXPECT_TRUE(got.value() == bytes);
  EXPECT_EQ(calls, 5);
}

TEST_F(S3Stand, RefusesBytesThatWereNotAskedFor) {
  const std::string bytes = pattern(1000);
  LocalServer server([&](const SeenRequest&) {
    return LocalServer::reply(206, bytes, "Content-Range: bytes 5-1004/2000\r\n");
  });
  EXPECT_FALSE(store(server)->get("k", ByteRange{0, 1000}, soon()));
}

/// Answers a multipart upload; `complete` the last call of it.
std::string multipart_reply(const SeenRequest& request,
                            const std::function<std::string()>& complete) {
  if (request.starts_with("POST /bucket/k?uploads=")) {
    return LocalServer::reply(200,
                              "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                              "</InitiateMultipartUploadResult>");
  }
  if (request.starts_with("PUT")) return LocalServer::reply(200, "", "ETag: \"e\"\r\n");
  if (request.starts_with("HEAD")) return LocalServer::reply(404, "");
  if (request.starts_with("POST")) return complete();
  return LocalServer::reply(204, "");
}

std::size_t count_of(const std::vector<SeenRequest>& seen, const std::string& start) {
  return static_cast<std::size_t>(std::count_if(
      seen.begin(), seen.end(), [&](const SeenRequest& r) { return r.starts_with(start); }));
}

TEST_F(S3Stand, A200MayCarryAnError) {
  std::atomic<int> completions = 0;
  LocalServer server([&](const SeenRequest& request) {
    return multipart_reply(request, [&] {
      if (++completions == 1) return error_reply(200, "InternalError");
      return LocalServer::reply(200, "<CompleteMultipartUploadResult/>");
    });
  });
  const auto stored = put(*store(server, "&tags=a%3Db"), pattern(20u << 20));
  ASSERT_TRUE(stored) << describe(stored.error());
  EXPECT_EQ(stored.value(), 20u << 20);
  EXPECT_EQ(completions, 2);
  const auto seen = server.seen();
  EXPECT_EQ(count_of(seen, "PUT /bucket/k?partNumber="), 3u);
  EXPECT_EQ(count_of(seen, "DELETE"), 0u);
  EXPECT_EQ(header_of(seen[0], "x-amz-tagging"), "a=b");
  EXPECT_EQ(header_of(seen[0], "x-amz-checksum-algorithm"), "CRC32C");
  EXPECT_EQ(header_of(seen.back(), "if-none-match"), "*");
}

TEST_F(S3Stand, AnUploadThatIsRefusedIsAborted) {
  LocalServer server([&](const SeenRequest& request) {
    return multipart_reply(request, [] { return error_reply(200, "AccessDenied"); });
  });
  EXPECT_EQ(put(*store(server), pattern(9u << 20)).error().code, Code::permission_denied);
  EXPECT_EQ(count_of(server.seen(), "DELETE /bucket/k?uploadId=u"), 1u);
}

TEST_F(S3Stand, A200WithoutItsDocumentIsNoCompletion) {
  LocalServer server([&](const SeenRequest& request) {
    return multipart_reply(request, [] { return LocalServer::reply(200, "   "); });
  });
  EXPECT_EQ(put(*store(server), pattern(9u << 20)).error().code, Code::unavailable);
  EXPECT_EQ(count_of(server.seen(), "DELETE /bucket/k?uploadId=u"), 1u);
}

TEST_F(S3Stand, MoreThanTheRangeIsRefused) {
  LocalServer server([](const SeenRequest&) {
    return LocalServer::reply(206, std::string(1000, 'x'), "Content-Range: bytes 0-999/1000\r\n");
  });
  EXPECT_EQ(store(server)->get("k", ByteRange{0, 100}, soon()).error().code, Code::unsupported);
}

TEST_F(S3Stand, AMissingObjectIsMissingAlsoToThoseWhoMayNotAskForTheBucket) {
  LocalServer server([](const SeenRequest& request) {
    return LocalServer::reply(request.starts_with("HEAD /bucket/k") ? 404 : 403, "");
  });
  EXPECT_EQ(store(server)->head("k", soon()).error().code, Code::not_found);
}

TEST_F(S3Stand, KnowsItsOwnUploadAfterALostAnswer) {
  SharedText put_id;
  std::atomic<int> completions = 0;
  LocalServer server([&](const SeenRequest& request) -> std::string {
    if (request.has("?uploads=")) put_id = header_of(request, "x-amz-meta-spillway-put");
    if (request.starts_with("HEAD") && completions > 0) {
      return LocalServer::reply(200, "", "x-amz-meta-spillway-put: " + put_id.get() + "\r\n");
    }
    return multipart_reply(request, [&]() -> std::string {
      return ++completions == 1 ? "" : error_reply(404, "NoSuchUpload");
    });
  });
  const auto stored = put(*store(server), pattern(9u << 20));
  EXPECT_TRUE(stored) << describe(stored.error());
  EXPECT_EQ(completions, 2);
}

TEST_F(S3Stand, AnUploadThatSomebodyElseEndedIsAConflict) {
  LocalServer server([&](const SeenRequest& request) {
    return multipart_reply(request, [] { return error_reply(404, "NoSuchUpload"); });
  });
  EXPECT_EQ(put(*store(server), pattern(9u << 20)).error().code, Code::conflict);
}

TEST_F(S3Stand, RemovesWithAResultForEachKey) {
  LocalServer server([](const SeenRequest&) {
    return LocalServer::reply(200,
                              "<DeleteResult><Error><Key>b</Key><Code>AccessDenied</Code></Error>"
                              "<Error><Key>c</Key><Code>NoSuchKey</Code></Error></DeleteResult>");
  });
  const auto results = store(server)->remove({"a", "b", "c", ""}, soon());
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().code, Code::permission_denied);
  EXPECT_EQ(results[1].error().subject, "b");
  EXPECT_TRUE(results[2]);
  EXPECT_EQ(results[3].error().code, Code::invalid_argument);
  EXPECT_NE(header_of(server.seen().at(0), "content-md5"), "");
  EXPECT_THAT(server.seen()[0].body, Not(HasSubstr("<Key></Key>")));
}

TEST_F(S3Stand, RefusesMoreThanAThousandRemovalsByItself) {
  LocalServer server([](const SeenRequest&) { return LocalServer::reply(204, ""); });
  const auto results = store(server)->remove(std::vector<ObjectKey>(1'001, "k"), soon());
  ASSERT_EQ(results.size(), 1'001u);
  EXPECT_EQ(results[1'000].error().code, Code::invalid_argument);
  EXPECT_TRUE(server.seen().empty());
}

TEST_F(S3Stand, AsksForAListOfUtf8Alone) {
  LocalServer server([](const SeenRequest&) {
    return LocalServer::reply(200,
                              "<ListBucketResult><Contents><Key>a%C3%A9</Key></Contents><Contents>"
                              "<Key>a%E6%97%A5</Key></Contents></ListBucketResult>");
  });
  const ObjectList list = store(server)->list("a\xe6", "a\xc3\xa9", soon()).value();
  ASSERT_EQ(list.objects.size(), 1u);
  EXPECT_EQ(list.objects[0].key, "a日");
  EXPECT_TRUE(server.seen().at(0).has("&prefix=a&start-after=a%C3%A9 HTTP"));
}

TEST_F(S3Stand, RefusesARangeThatEndsBeyondTheObjectAtOnce) {
  const std::string bytes = pattern(1000);
  LocalServer server([&](const SeenRequest& request) { return ranged_reply(request, bytes); });
  const auto opened = store(server)->get("k", ByteRange{10, 991}, soon());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::invalid_argument);
  EXPECT_TRUE(store(server)->get("k", ByteRange{10, 990}, soon()));
}

TEST_F(S3Stand, AnArchivedObjectIsItsOwnErrorAndCanBeBroughtBack) {
  std::atomic<bool> restoring = false;
  LocalServer server([&](const SeenRequest& request) {
    const std::string state = std::string("x-amz-storage-class: GLACIER\r\n") +
                              (restoring ? "x-amz-restore: ongoing-request=\"true\"\r\n" : "");
    if (request.starts_with("HEAD")) return LocalServer::reply(200, "", state);
    if (request.starts_with("GET")) return error_reply(403, "InvalidObjectState");
    return restoring.exchange(true) ? error_reply(409, "RestoreAlreadyInProgress")
                                    : LocalServer::reply(202, "");
  });
  const Error error = get(*store(server)).error();
  EXPECT_EQ(error.code, Code::archived);
  EXPECT_THAT(error.detail, HasSubstr("spillway restore"));
  const auto bucket = Bucket::open("s3://bucket?endpoint=" + server.url()).value();
  EXPECT_EQ(bucket->archive_state("k", soon()).value(), Bucket::Archive::archived);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(bucket->restore("k", 3, Bucket::RestoreTier::bulk, soon()));
  }
  EXPECT_THAT(server.seen().at(2).body, HasSubstr("<Days>3</Days>"));
  EXPECT_THAT(server.seen().at(2).body, HasSubstr("<Tier>Bulk</Tier>"));
  EXPECT_EQ(bucket->archive_state("k", soon()).value(), Bucket::Archive::restoring);
}

TEST_F(S3Stand, NamesTheRegionOfABucketThatLiesElsewhere) {
  LocalServer server([](const SeenRequest&) {
    return LocalServer::reply(301, "", "x-amz-bucket-region: ap-south-1\r\n");
  });
  const auto bucket = Bucket::open("s3://bucket?endpoint=" + server.url()).value();
  const auto checked = bucket->check(soon());
  EXPECT_EQ(checked.error().code, Code::invalid_argument);
  EXPECT_THAT(checked.error().detail, HasSubstr("region=ap-south-1"));
}

TEST_F(S3Stand, MeasuresTheClockAlsoOfAServerThatRefuses) {
  LocalServer server([](const SeenRequest&) {
    return LocalServer::reply(403, "", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  });
  const auto bucket = Bucket::open("s3://bucket?endpoint=" + server.url()).value();
  EXPECT_GT(bucket->clock_skew(soon()).value(), std::chrono::hours(24 * 365 * 30));
}

TEST_F(S3Stand, AServerThatDoesNotAnswerEndsWithTheDeadline) {
  std::atomic<bool> over = false;
  LocalServer server([&](const SeenRequest&) -> std::string {
    while (!over) std::this_thread::yield();
    return "";
  });
  const auto objects = store(server);
  const auto began = std::chrono::steady_clock::now();
  StringSource source("x");
  const auto stored =
      objects->put("k", source, {}, Deadline::after(std::chrono::milliseconds(300)));
  const auto took = std::chrono::steady_clock::now() - began;
  over = true;
  EXPECT_EQ(stored.error().code, Code::timeout);
  EXPECT_EQ(stored.error().effect, Effect::unknown);
  EXPECT_LT(took, std::chrono::milliseconds(900));
  EXPECT_THAT(describe(stored.error()), Not(HasSubstr("canary")));
}

TEST_F(S3Stand, AWholeAnswerWithoutItsLengthIsNoEmptyObject) {
  LocalServer server([&](const SeenRequest& request) {
    return request.has("Range: ")
               ? error_reply(416, "InvalidRange")
               : std::string(
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
                     "0\r\n\r\n");
  });
  const auto got = get(*store(server));
  ASSERT_TRUE(got.has_error());
  EXPECT_EQ(got.error().code, Code::unavailable);
}

TEST_F(S3Stand, AFailedRemovalOfAnUnknownKeyIsOfAnyOfThem) {
  LocalServer server([&](const SeenRequest&) {
    return LocalServer::reply(200,
                              "<DeleteResult><Error><Key>k%201</Key><Code>AccessDenied</Code>"
                              "<Message>no</Message></Error></DeleteResult>");
  });
  for (const auto& result : store(server)->remove({"k 1", "k2"}, soon())) {
    ASSERT_TRUE(result.has_error());
    EXPECT_EQ(result.error().code, Code::permission_denied);
  }
}

TEST_F(S3Stand, ANewLifecycleKeepsTheSizeFromWhichObjectsMove) {
  const std::string minimum = "x-amz-transition-default-minimum-object-size";
  LocalServer server([&](const SeenRequest& request) {
    return request.starts_with("GET ")
               ? LocalServer::reply(200, "<LifecycleConfiguration/>",
                                    minimum + ": varies_by_storage_class\r\n")
               : LocalServer::reply(200, "");
  });
  const auto bucket =
      Bucket::open("s3://bucket/p?region=eu-west-3&endpoint=" + server.url()).value();
  LifecycleRule rule;
  rule.id = "one";
  rule.abort_multipart_days = 7;
  ASSERT_TRUE(bucket->set_lifecycle({rule}, soon()));
  const SeenRequest put = server.seen().back();
  ASSERT_TRUE(put.starts_with("PUT "));
  EXPECT_EQ(header_of(put, minimum), "varies_by_storage_class");
}

}  // namespace
}  // namespace spillway
