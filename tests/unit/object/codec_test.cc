// Headers and XML of objects.
#include "object/s3/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "object/s3/bucket_codec.h"
#include "object/s3/upload.h"

namespace spillway {
namespace {

TEST(S3Metadata, PlainValuesStandAsTheyAre) {
  for (const char* value : {"", "plain", "a b", "100%", "a=b;c"}) {
    EXPECT_EQ(encode_metadata(value), value);
  }
}

TEST(S3Metadata, OthersAreExtendedValues) {
  EXPECT_EQ(encode_metadata("Größe"), "UTF-8''Gr%C3%B6%C3%9Fe");
  EXPECT_EQ(encode_metadata(" a"), "UTF-8''%20a");
  EXPECT_EQ(encode_metadata("a  b"), "UTF-8''a%20%20b");
  EXPECT_EQ(encode_metadata("=?UTF-8?B?eA==?="), "UTF-8''%3D%3FUTF-8%3FB%3FeA%3D%3D%3F%3D");
  EXPECT_EQ(decode_metadata("UTF-8''%zz"), "UTF-8''%zz");  // somebody else's
}

RC_GTEST_PROP(S3Metadata, ComesBackExactly, (const std::string& value)) {
  const std::string text = encode_metadata(value);
  RC_ASSERT(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; }));
  RC_ASSERT(!text.starts_with(' ') && !text.ends_with(' '));
  RC_ASSERT(decode_metadata(text) == value);
}

TEST(S3Headers, OfAPut) {
  S3Config config;
  config.sse = "aws:kms";
  config.kms_key = "k";
  config.storage_class = "STANDARD_IA";
  config.tags = "a=b";
  const HttpHeaders headers =
      put_headers({"text/plain", "zstd", {{"session", "Ω"}}}, config, "id").value();
  EXPECT_EQ(headers.find("content-type"), "text/plain");
  EXPECT_EQ(headers.find("content-encoding"), "zstd");
  EXPECT_EQ(headers.find("x-amz-meta-session"), "UTF-8''%CE%A9");
  EXPECT_EQ(headers.find("x-amz-meta-spillway-put"), "id");
  EXPECT_EQ(headers.find("x-amz-server-side-encryption"), "aws:kms");
  EXPECT_EQ(headers.find("x-amz-server-side-encryption-aws-kms-key-id"), "k");
  EXPECT_EQ(headers.find("x-amz-storage-class"), "STANDARD_IA");
  EXPECT_EQ(headers.find("x-amz-tagging"), "a=b");
}

TEST(S3Headers, RefusesWhatS3WouldAlter) {
  const auto refused = [](const ObjectAttributes& attributes) {
    return put_headers(attributes, {}, "id").has_error();
  };
  EXPECT_TRUE(refused({.metadata = {{"Upper", ""}}}));
  EXPECT_TRUE(refused({.metadata = {{"under_score", ""}}}));
  EXPECT_TRUE(refused({.metadata = {{"", ""}}}));
  EXPECT_TRUE(refused({.metadata = {{"a:b", ""}}}));
  EXPECT_TRUE(refused({.metadata = {{"spillway-put", ""}}}));
  EXPECT_TRUE(refused({.metadata = {{"a", std::string(2'048, 'a')}}}));
  EXPECT_TRUE(refused({.content_type = "text/plain\r\nX: 1"}));
  EXPECT_FALSE(refused({.metadata = {{"a-1.b", std::string(1'900, 'a')}}}));
}

TEST(S3Headers, OfAHead) {
  const ObjectInfo info = read_head("k", {{"Content-Length", "12345678901"},
                                          {"Last-Modified", "Wed, 25 Nov 2026 15:09:08 GMT"},
                                          {"Content-Type", "a/b"},
                                          {"x-amz-meta-Session", "UTF-8''%CE%A9"},
                                          {"x-amz-meta-spillway-put", "id"}});
  EXPECT_EQ(info.size_bytes, 12'345'678'901u);
  EXPECT_EQ(info.modified_millis, 1'795'619'348'000);
  EXPECT_EQ(info.attributes.content_type, "a/b");
  EXPECT_EQ(info.attributes.metadata, (std::map<std::string, std::string>{{"session", "Ω"}}));
}

TEST(S3Headers, Checksums) {
  EXPECT_EQ(crc32c_text("123456789"), "4waSgw==");  // RFC 3720, B.4: e3069283
  EXPECT_EQ(md5_text(""), "1B2M2Y8AsgTpgAmY7PhCfg==");
}

TEST(S3Headers, Ranges) {
  EXPECT_EQ(range_text(0, 1), "bytes=0-0");
  const auto range = parse_content_range({{"Content-Range", "bytes 5-9/1234"}});
  ASSERT_TRUE(range);
  EXPECT_EQ(range->begin, 5u);
  EXPECT_EQ(range->end, 10u);
  EXPECT_EQ(range->size_bytes, 1234u);
  for (const char* bad : {"", "bytes */10", "bytes 9-5/10", "bytes 5-10/10", "bytes 1-2/*",
                          "bytes 1-2/10x", "items 1-2/10"}) {
    EXPECT_FALSE(parse_content_range({{"Content-Range", bad}})) << bad;
  }
}

TEST(S3Xml, Listing) {
  const auto page = parse_list(
      "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<IsTruncated>true</IsTruncated>"
      "<Contents><Key>a+b%2B%01</Key><LastModified>2026-11-25T15:09:08.000Z</LastModified>"
      "<Size>7</Size></Contents><Contents><Key>b</Key><Size>0</Size></Contents>"
      "</ListBucketResult>");
  ASSERT_TRUE(page) << describe(page.error());
  EXPECT_TRUE(page.value().more);
  ASSERT_EQ(page.value().objects.size(), 2u);
  EXPECT_EQ(page.value().objects[0].key, "a b+\x01");
  EXPECT_EQ(page.value().objects[0].size_bytes, 7u);
  EXPECT_EQ(page.value().objects[0].modified_millis, 1'795'619'348'000);
}

TEST(S3Xml, WhatIsNoListingFailsRatherThanEndsTheList) {
  for (const char* bad :
       {"", "<html/>", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>b</Key></Contents><Contents><Key>a</Key></Contents>"
        "</ListBucketResult>",
        "<ListBucketResult><Contents><Key>b</Key>"}) {
    const auto page = parse_list(bad);
    ASSERT_FALSE(page) << bad;
    EXPECT_EQ(page.error().code, Code::corrupt);
  }
}

TEST(S3Xml, Removal) {
  EXPECT_THAT(delete_xml({"a&<b"}), testing::HasSubstr("<Object><Key>a&amp;&lt;b</Key></Object>"));
  EXPECT_THAT(delete_xml({"a"}), testing::HasSubstr("<Quiet>true</Quiet>"));
  const auto errors = parse_delete_result(
      "<DeleteResult><Error><Key> </Key><Code>AccessDenied</Code><Message>no</Message></Error>"
      "</DeleteResult>");
  ASSERT_EQ(errors.value().size(), 1u);
  EXPECT_EQ(errors.value()[0].key, " ");
  EXPECT_EQ(errors.value()[0].code, "AccessDenied");
  EXPECT_FALSE(parse_delete_result("<html/>"));
  EXPECT_FALSE(fits_xml("a\x01"));
  EXPECT_FALSE(fits_xml("a\rb"));
  EXPECT_FALSE(fits_xml("\xef\xbf\xbf"));
  EXPECT_TRUE(fits_xml("a &<>\"'Ω"));
}

TEST(S3Xml, Multipart) {
  EXPECT_EQ(parse_upload_id("<InitiateMultipartUploadResult><UploadId>u/1+</UploadId>"
                            "</InitiateMultipartUploadResult>")
                .value(),
            "u/1+");
  EXPECT_FALSE(parse_upload_id("<InitiateMultipartUploadResult/>"));
  EXPECT_THAT(complete_xml({{1, "\"e1\"", "AA=="}, {2, "\"e2\"", "BB=="}}),
              testing::HasSubstr("<Part><ETag>\"e2\"</ETag><ChecksumCRC32C>BB==</ChecksumCRC32C>"
                                 "<PartNumber>2</PartNumber></Part>"));
}

TEST(S3Multipart, TenThousandPartsReachFiveTebibytes) {
  constexpr std::uint64_t mib = 1ull << 20;
  std::uint64_t sum = 0, most = 0;
  for (int number = 1; number <= parts_max; ++number) {
    most = bytes_of_part(number, 8 * mib);
    sum += most;
  }
  EXPECT_GE(sum, 5ull << 40);
  EXPECT_LE(most, 5ull << 30);  // the largest part that S3 takes
  EXPECT_EQ(bytes_of_part(1'000, 8 * mib), 8 * mib);
  EXPECT_EQ(bytes_of_part(1'001, 8 * mib), 16 * mib);
}

TEST(S3Archive, States) {
  using Archive = Bucket::Archive;
  EXPECT_EQ(parse_archive({}), Archive::none);
  EXPECT_EQ(parse_archive({{"x-amz-storage-class", "STANDARD_IA"}}), Archive::none);
  EXPECT_EQ(parse_archive({{"x-amz-storage-class", "GLACIER"}}), Archive::archived);
  EXPECT_EQ(parse_archive({{"x-amz-archive-status", "ARCHIVE_ACCESS"}}), Archive::archived);
  EXPECT_EQ(parse_archive({{"x-amz-storage-class", "GLACIER"},
                           {"x-amz-restore", "ongoing-request=\"true\""}}),
            Archive::restoring);
  EXPECT_EQ(parse_archive({{"x-amz-storage-class", "DEEP_ARCHIVE"},
                           {"x-amz-restore", "ongoing-request=\"false\", expiry-date=\"x\""}}),
            Archive::restored);
}

TEST(S3Lifecycle, ReadsOldAndNewFormsOfRules) {
  const auto rules = parse_lifecycle(
      "<LifecycleConfiguration><Rule><ID>old</ID><Prefix>a/</Prefix><Status>Disabled</Status>"
      "</Rule><Rule><Filter><And><Prefix>b/</Prefix></And></Filter><Status>Enabled</Status>"
      "<Transition><Days>30</Days><StorageClass>GLACIER_IR</StorageClass></Transition></Rule>"
      "</LifecycleConfiguration>");
  ASSERT_EQ(rules.value().size(), 2u);
  EXPECT_EQ(rules.value()[0].prefix, "a/");
  EXPECT_FALSE(rules.value()[0].enabled);
  EXPECT_EQ(rules.value()[1].prefix, "b/");
  const std::vector<LifecycleRule::Transition> transitions = {{30, "GLACIER_IR"}};
  EXPECT_EQ(rules.value()[1].transitions, transitions);
  LifecycleRule bad;
  bad.xml = "<Rule><ID>";
  EXPECT_EQ(lifecycle_xml({bad}).error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace spillway
