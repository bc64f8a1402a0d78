// Buckets, links and configurations on a real S3.
#include "real/s3_bucket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "net/http_transport.h"
#include "object/s3/store.h"

namespace spillway {
namespace {

using testing::HasSubstr;

Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

class S3Buckets : public testing::Test {
 protected:
  void SetUp() override {
    if (s3_server().empty()) GTEST_SKIP() << "no S3 server runs here";
    bucket_ = new_bucket(url_);
    store_ = open_s3_object_store(url_).value();
  }
  void put(const ObjectKey& key, const std::string& bytes) {
    ViewSource source(bytes);
    const auto stored = store_->put(key, source, {.content_type = "application/json"}, soon());
    ASSERT_TRUE(stored) << describe(stored.error());
  }
  HttpResponse follow(const std::string& link) {
    HttpRequest request;
    request.url = link;
    return plain_.send(request, 1 << 20, soon()).value();
  }

  std::string url_ = s3_server().empty() ? "" : new_bucket_url(Style::path, "/pre/fix");
  std::unique_ptr<Bucket> bucket_;
  std::unique_ptr<S3ObjectStore> store_;
  HttpTransport plain_;
};

TEST_F(S3Buckets, KnowsItselfAndIsMadeTwice) {
  EXPECT_EQ(bucket_->prefix(), "pre/fix/");
  EXPECT_EQ(bucket_->endpoint(), s3_server());
  EXPECT_EQ(bucket_->region(), "us-east-1");
  EXPECT_TRUE(bucket_->check(soon()));
  EXPECT_TRUE(bucket_->create(soon()));
  const auto skew = bucket_->clock_skew(soon());
  ASSERT_TRUE(skew) << describe(skew.error());
  EXPECT_LT(std::abs(skew.value().count()), 2000);
  EXPECT_EQ(bucket_->versioning(soon()).value(), Versioning::off);
}

TEST_F(S3Buckets, IsMadeAlsoWhereTheServerHasNoSuchRegion) {
  const auto bucket = Bucket::open(new_bucket_url(Style::path, "", "&region=eu-central-1")).value();
  const auto made = bucket->create(soon());
  EXPECT_TRUE(made) << describe(made.error());
  EXPECT_TRUE(bucket->check(soon()));
}

TEST_F(S3Buckets, SaysThatItIsNotThere) {
  const auto missing = Bucket::open(new_bucket_url()).value();
  EXPECT_EQ(missing->check(soon()).error().code, Code::not_found);
  EXPECT_EQ(missing->versioning(soon()).error().code, Code::not_found);
  EXPECT_EQ(missing->lifecycle(soon()).error().code, Code::not_found);
  EXPECT_EQ(missing->cors(soon()).error().code, Code::not_found);
  EXPECT_EQ(missing->set_lifecycle({}, soon()).error().code, Code::not_found);
}

TEST_F(S3Buckets, KeepsForeignLifecycleRules) {
  EXPECT_TRUE(bucket_->lifecycle(soon()).value().empty());
  LifecycleRule foreign;
  foreign.xml =
      "<Rule><ID>theirs</ID><Filter><And><Prefix>logs/</Prefix><Tag><Key>a</Key><Value>b</Value>"
      "</Tag></And></Filter><Status>Enabled</Status><Expiration><Days>7</Days></Expiration></Rule>";
  ASSERT_TRUE(bucket_->set_lifecycle({foreign}, soon()));
  std::vector<LifecycleRule> rules = bucket_->lifecycle(soon()).value();
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules[0].id, "theirs");
  EXPECT_EQ(rules[0].prefix, "logs/");
  LifecycleRule ours;
  ours.id = "spillway";
  ours.prefix = bucket_->prefix();
  ours.abort_multipart_days = 2;
  ours.expire_noncurrent_days = 30;
  rules.push_back(ours);
  const auto set = bucket_->set_lifecycle(rules, soon());
  ASSERT_TRUE(set) << describe(set.error());
  rules = bucket_->lifecycle(soon()).value();
  ASSERT_EQ(rules.size(), 2u);
  std::sort(rules.begin(), rules.end(), [](auto& a, auto& b) { return a.id < b.id; });
  EXPECT_EQ(rules[0].prefix, "pre/fix/");
  EXPECT_TRUE(rules[0].enabled);
  EXPECT_EQ(rules[0].abort_multipart_days, 2u);
  EXPECT_EQ(rules[0].expire_noncurrent_days, 30u);
  EXPECT_THAT(rules[1].xml, HasSubstr("<Tag><Key>a</Key><Value>b</Value></Tag>"));
  EXPECT_THAT(rules[1].xml, HasSubstr("<Days>7</Days>"));
  ASSERT_TRUE(bucket_->set_lifecycle({}, soon()));
  EXPECT_TRUE(bucket_->lifecycle(soon()).value().empty());
}

TEST_F(S3Buckets, KeepsForeignCorsRules) {
  EXPECT_TRUE(bucket_->cors(soon()).value().empty());
  CorsRule foreign;
  foreign.xml =
      "<CORSRule><ID>theirs</ID><AllowedOrigin>https://a.example</AllowedOrigin>"
      "<AllowedMethod>PUT</AllowedMethod><MaxAgeSeconds>77</MaxAgeSeconds></CORSRule>";
  const CorsRule ours{{"https://b.example"}, {"GET", "HEAD"}, {"*"}, {"ETag", "Content-Range"}};
  const auto set = bucket_->set_cors({foreign, ours}, soon());
  ASSERT_TRUE(set) << describe(set.error());
  const auto rules = bucket_->cors(soon()).value();
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_THAT(rules[0].xml, HasSubstr("<MaxAgeSeconds>77</MaxAgeSeconds>"));
  EXPECT_EQ(rules[1].allowed_origins, ours.allowed_origins);
  EXPECT_THAT(rules[1].allowed_methods, testing::UnorderedElementsAre("GET", "HEAD"));
  EXPECT_EQ(rules[1].allowed_headers, ours.allowed_headers);
  EXPECT_THAT(rules[1].expose_headers, testing::UnorderedElementsAre("ETag", "Content-Range"));
  ASSERT_TRUE(bucket_->set_cors(rules, soon()));
  EXPECT_EQ(bucket_->cors(soon()).value().size(), 2u);
  ASSERT_TRUE(bucket_->set_cors({}, soon()));
  EXPECT_TRUE(bucket_->cors(soon()).value().empty());
}

TEST_F(S3Buckets, TriesEveryPermission) {
  const auto permissions = bucket_->check_permissions(soon());
  std::vector<std::string> actions;
  for (const auto& permission : permissions) {
    actions.push_back(permission.action);
    EXPECT_FALSE(permission.failed) << describe(*permission.failed);
  }
  EXPECT_THAT(actions, testing::ElementsAre("s3:PutObject", "s3:GetObject", "s3:ListBucket",
                                            "s3:DeleteObject", "s3:AbortMultipartUpload"));
  EXPECT_TRUE(store_->list("", "", soon()).value().objects.empty());
}

TEST_F(S3Buckets, GivesLinksThatABrowserMayFollow) {
  const ObjectKey key = "pre/fix/a b+c=d:*()@,;!$'%2F/Ω?&#";
  put(key, "{\"a\":1}");
  const LinkHeaders headers{"text/plain; charset=utf-8", "attachment; filename=\"a b.json\"", "",
                            "private, max-age=60"};
  const auto link = bucket_->link(key, headers, std::chrono::seconds(60), soon());
  ASSERT_TRUE(link) << describe(link.error());
  const HttpResponse answer = follow(link.value());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"a\":1}");
  EXPECT_EQ(answer.headers.find("content-type"), headers.content_type);
  EXPECT_EQ(answer.headers.find("content-disposition"), headers.content_disposition);
  EXPECT_EQ(answer.headers.find("cache-control"), headers.cache_control);
  EXPECT_EQ(follow(bucket_->link(key, {}, std::chrono::seconds(60), soon()).value()).status, 200);
  // Another key, another header, a longer life.
  const auto altered = [&](const std::string& from, const std::string& to) {
    std::string text = link.value();
    text.replace(text.find(from), from.size(), to);
    return follow(text).status;
  };
  EXPECT_EQ(altered("a%20b", "a%20c"), 403);
  EXPECT_EQ(altered("text%2Fplain", "text%2Fhtml"), 403);
  EXPECT_EQ(altered("X-Amz-Expires=60", "X-Amz-Expires=90"), 403);
  EXPECT_EQ(bucket_->link(key, {}, std::chrono::seconds(301), soon()).error().code,
            Code::invalid_argument);
}

TEST_F(S3Buckets, LinksExpire) {
  put("o", "x");
  const auto link = bucket_->link("o", {}, std::chrono::seconds(1), soon()).value();
  int status = 200;
  for (const Deadline end = soon(); status == 200 && !end.passed();) status = follow(link).status;
  EXPECT_EQ(status, 403);
}

TEST_F(S3Buckets, AbortsStaleUploadsUnderItsPrefixAlone) {
  const auto begin = [&](const ObjectKey& key) {
    S3Request request = store_->client().request("test", "POST", key, "uploads=");
    ASSERT_TRUE(store_->client().call(request, 1 << 20, soon()));
  };
  begin("pre/fix/a + Ω");
  begin("pre/fix/b");
  begin("other/c");
  EXPECT_EQ(bucket_->abort_stale_uploads(std::chrono::hours(1), soon()).value(), 0u);
  std::uint64_t aborted = 0;  // by the server's clock, which tells whole seconds
  for (const Deadline end = soon(); aborted < 2 && !end.passed();) {
    const auto more = bucket_->abort_stale_uploads(std::chrono::hours(0), soon());
    ASSERT_TRUE(more) << describe(more.error());
    aborted += more.value();
  }
  EXPECT_EQ(aborted, 2u);
  S3Request request = store_->client().request("test", "GET", "", "uploads=");
  const std::string left = store_->client().call(request, 1 << 20, soon()).value().body;
  EXPECT_THAT(left, HasSubstr("<Key>other/c</Key>"));
  EXPECT_THAT(left, testing::Not(HasSubstr("pre/fix")));
}

TEST_F(S3Buckets, KnowsThatAnObjectIsNotArchived) {
  put("o", "x");
  EXPECT_EQ(bucket_->archive_state("o", soon()).value(), Bucket::Archive::none);
  EXPECT_EQ(bucket_->archive_state("p", soon()).error().code, Code::not_found);
}

}  // namespace
}  // namespace spillway
