// URLs of S3 stores.
#include "object/s3/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "object/object_store.h"

namespace spillway {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(S3Url, TakesEveryParameter) {
  const auto config = parse_s3_url(
      "s3://my-bucket/a%20b/c/?endpoint=http%3A%2F%2F127.0.0.1%3A7480&region=eu-central-1&"
      "profile=team&style=virtual&sse=aws%3Akms&kms_key=alias%2Fa&storage_class=STANDARD_IA&"
      "tags=team%3Dgeo%26env%3Dprod&ca_file=%2Fetc%2Fca.pem&part_bytes=16777216");
  ASSERT_TRUE(config) << describe(config.error());
  const S3Config& c = config.value();
  EXPECT_EQ(c.bucket, "my-bucket");
  EXPECT_EQ(c.prefix, "a b/c/");
  EXPECT_EQ(c.endpoint.url, "http://127.0.0.1:7480");
  EXPECT_EQ(c.endpoint.region, "eu-central-1");
  EXPECT_EQ(c.profile, "team");
  EXPECT_EQ(c.style, AddressStyle::virtual_host);
  EXPECT_EQ(c.sse, "aws:kms");
  EXPECT_EQ(c.kms_key, "alias/a");
  EXPECT_EQ(c.storage_class, "STANDARD_IA");
  EXPECT_EQ(c.tags, "env=prod&team=geo");
  EXPECT_EQ(c.ca_file, "/etc/ca.pem");
  EXPECT_EQ(c.part_bytes, 16777216u);
}

TEST(S3Url, TakesTheLeastAsWell) {
  for (const char* url : {"s3://bucket", "s3://bucket/", "s3://bucket?"}) {
    const auto config = parse_s3_url(url);
    ASSERT_TRUE(config) << url;
    EXPECT_EQ(config.value().bucket, "bucket");
    EXPECT_EQ(config.value().prefix, "");
    EXPECT_EQ(config.value().style, AddressStyle::automatic);
    EXPECT_EQ(config.value().part_bytes, 8u << 20);
  }
}

std::string refusal(const std::string& url) {
  const auto config = parse_s3_url(url);
  if (config) return "";
  EXPECT_EQ(config.error().code, Code::invalid_argument);
  return describe(config.error());
}

TEST(S3Url, SaysWhatIsKnownWhereItRefuses) {
  EXPECT_THAT(refusal("s3://b-1/p?colour=red"), HasSubstr("known parameters are endpoint"));
  EXPECT_THAT(refusal("s3://b-1?style=round"), HasSubstr("path, virtual"));
  EXPECT_THAT(refusal("s3://b-1?sse=rot13"), HasSubstr("AES256, aws:kms"));
  EXPECT_THAT(refusal("s3://b-1?storage_class=GLACIER"), HasSubstr("GLACIER_IR"));
  EXPECT_THAT(refusal("s3://b-1?kms_key=k"), HasSubstr("sse=aws:kms"));
  EXPECT_THAT(refusal("s3://b-1?part_bytes=1000"), HasSubstr("5242880"));
  EXPECT_THAT(refusal("s3://b-1?part_bytes=8MiB"), HasSubstr("5242880"));
  EXPECT_THAT(refusal("s3://b-1?tags=a%3D1%26a%3D2"), HasSubstr("each name once"));
  EXPECT_THAT(refusal("s3://b-1?region"), HasSubstr("name=value"));
  EXPECT_THAT(refusal("s3://b-1?region=%0d%0aX%3A1"), HasSubstr("percent-encoded"));
  EXPECT_THAT(refusal("s3://b-1/%ff"), HasSubstr("UTF-8"));
  EXPECT_THAT(refusal("s3://b-1//p"), HasSubstr("must not begin"));
  EXPECT_THAT(refusal("s3://b-1/" + std::string(300, 'p')), HasSubstr("256"));
  EXPECT_THAT(refusal("s3://"), HasSubstr("name of a bucket"));
  EXPECT_THAT(refusal("s3://x--use1-az4--x-s3"), HasSubstr("directory buckets"));
  EXPECT_THAT(refusal("file:///x"), HasSubstr("s3://"));
}

TEST(S3Url, CarriesNoCredentialsAndDoesNotRepeatThem) {
  const std::string text = refusal("s3://AKIA:canary@bucket/p");
  EXPECT_THAT(text, HasSubstr("AWS_ACCESS_KEY_ID"));
  EXPECT_THAT(text, Not(HasSubstr("canary")));
  EXPECT_THAT(refusal("s3://bucket?secret=canary"), Not(HasSubstr("canary")));
}

TEST(ObjectLocationOf, UrlsOfEveryKind) {
  EXPECT_EQ(object_location("file:///var/lib/x").bucket, "embedded");
  EXPECT_EQ(object_location("file:///var/lib/x").prefix, "");
  EXPECT_EQ(object_location("s3://bucket/a/b?style=path").bucket, "bucket");
  EXPECT_EQ(object_location("s3://bucket/a/b?style=path").prefix, "a/b/");
  EXPECT_EQ(object_location("ftp://x").bucket, "");
}

}  // namespace
}  // namespace spillway
