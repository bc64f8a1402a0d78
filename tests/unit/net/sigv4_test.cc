// Signatures against AWS's published vectors, and what verification refuses.
#include "net/sigv4.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "net/url.h"

namespace spillway {
namespace {

constexpr std::int64_t suite_millis = 1'440'938'160'000;  // 20150830T123600Z
constexpr std::int64_t s3_millis = 1'369'353'600'000;     // 20130524T000000Z
const SigningScope suite_scope{"us-east-1", "service"};
const SigningScope s3_scope{"us-east-1", "s3"};
const std::string empty_hash = to_hex(sha256(""));

Credentials suite_keys() {
  return {"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")};
}
Credentials s3_keys() {
  return {"AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")};
}

std::string signature_of(const std::string& authorization) {
  return authorization.substr(authorization.find("Signature=") + 10);
}

std::string canonical_signature(const CanonicalInput& input, const SigningScope& scope,
                                std::int64_t millis, const Credentials& keys) {
  return signature_v4(keys.secret_access_key, amz_date(millis), scope,
                      canonical_request(input, scope).value());
}

struct Vector {
  const char* name;
  const char* method;
  const char* path;
  const char* query;
  HttpHeaders headers;  ///< beside host and x-amz-date
  const char* body;
  const char* signature;
};

// AWS, "Signature Version 4 test suite" (aws-sig-v4-test-suite, and aws-c-auth's newer edition).
std::vector<Vector> suite_of_lines() {
  return {
      {"get-vanilla",
       "GET",
       "/",
       "",
       {},
       "",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"post-vanilla",
       "POST",
       "/",
       "",
       {},
       "",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"get-vanilla-empty-query-key",
       "GET",
       "/",
       "Param1=value1",
       {},
       "",
       "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
      {"get-vanilla-query-order-key-case",
       "GET",
       "/",
       "Param2=value2&Param1=value1",
       {},
       "",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-query-order-encoded",
       "GET",
       "/",
       "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
       {},
       "",
       "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
      {"get-vanilla-utf8-query",
       "GET",
       "/",
       "\u1234=bar",
       {},
       "",
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-vanilla-query-unreserved",
       "GET",
       "/",
       "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz="
       "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
       {},
       "",
       "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
  };
}

// The same suite: paths, headers and bodies.
std::vector<Vector> suite_of_paths_and_headers() {
  return {
      {"get-utf8",
       "GET",
       "/\u1234",
       "",
       {},
       "",
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-space",
       "GET",
       "/example space/",
       "",
       {},
       "",
       "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
      {"get-relative",
       "GET",
       "/example/..",
       "",
       {},
       "",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-header-value-trim",
       "GET",
       "/",
       "",
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
       "",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"get-header-key-duplicate",
       "GET",
       "/",
       "",
       {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
       "",
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-vanilla-with-session-token",
       "GET",
       "/",
       "",
       {{"X-Amz-Security-Token",
         "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"}},
       "",
       "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
      {"post-x-www-form-urlencoded",
       "POST",
       "/",
       "",
       {{"Content-Type", "application/x-www-form-urlencoded"}},
       "Param1=value1",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
  };
}

TEST(SigV4, MatchesThePublishedTestSuite) {
  std::vector<Vector> suite = suite_of_lines();
  for (Vector& vector : suite_of_paths_and_headers()) suite.push_back(std::move(vector));
  for (const Vector& vector : suite) {
    HttpHeaders headers = vector.headers;
    headers.add("Host", "example.amazonaws.com");
    headers.add("X-Amz-Date", "20150830T123600Z");
    std::vector<std::string> names;
    for (const auto& field : headers.fields()) names.push_back(ascii_lower(field.first));
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    EXPECT_EQ(canonical_signature({vector.method, vector.path, vector.query, headers, names,
                                   to_hex(sha256(vector.body))},
                                  suite_scope, suite_millis, suite_keys()),
              vector.signature)
        << vector.name;
  }
}

// AWS, "Signature Calculations for the Authorization Header" (S3), its four examples.
TEST(SigV4, MatchesTheExamplesOfTheS3Documentation) {
  const auto signed_by_us = [](HttpRequest request, const std::string& hash) {
    EXPECT_TRUE(sign(request, s3_keys(), s3_scope, hash, s3_millis).has_value());
    return signature_of(*request.headers.find("authorization"));
  };
  const std::string host = "https://examplebucket.s3.amazonaws.com";
  HttpRequest get;
  get.url = host + "/test.txt";
  get.headers.add("Range", "bytes=0-9");
  EXPECT_EQ(signed_by_us(get, empty_hash),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  HttpRequest put;
  put.method = "PUT";
  put.url = host + "/test%24file.text";
  put.headers.add("Date", "Fri, 24 May 2013 00:00:00 GMT");
  put.headers.add("x-amz-storage-class", "REDUCED_REDUNDANCY");
  EXPECT_EQ(signed_by_us(put, to_hex(sha256("Welcome to Amazon S3."))),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  HttpRequest lifecycle;
  lifecycle.url = host + "/?lifecycle";
  EXPECT_EQ(signed_by_us(lifecycle, empty_hash),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  HttpRequest list;
  list.url = host + "/?max-keys=2&prefix=J";
  EXPECT_EQ(signed_by_us(list, empty_hash),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

// AWS, "Authenticating Requests: Using Query Parameters" (S3), its example.
TEST(SigV4, MatchesThePresignedExampleOfTheS3Documentation) {
  using std::chrono::seconds;
  const auto url = presign_get("https://examplebucket.s3.amazonaws.com/test.txt", s3_keys(),
                               s3_scope, seconds(86'400), s3_millis, seconds(86'400));
  EXPECT_EQ(url.value(),
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&"
            "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&"
            "X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&"
            "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SigV4, PresignsForFiveMinutesAtMost) {
  const auto for_seconds = [](int n) {
    return presign_get("https://b.example/k", s3_keys(), s3_scope, std::chrono::seconds(n),
                       s3_millis);
  };
  EXPECT_TRUE(for_seconds(300).has_value());
  EXPECT_EQ(for_seconds(301).error().code, Code::invalid_argument);
  EXPECT_EQ(for_seconds(0).error().code, Code::invalid_argument);
}

std::optional<Credentials> look_up(std::string_view id) {
  if (id == "AKIDEXAMPLE") return suite_keys();
  return std::nullopt;
}

const SigningScope dynamo_scope{"us-east-1", "dynamodb"};

ReceivedRequest received(const HttpRequest& request) {
  const Url url = parse_url(request.url).value();
  return {request.method, url.path + (url.query.empty() ? "" : "?" + url.query), request.headers,
          sha256(request.body)};
}

HttpRequest signed_post() {
  HttpRequest request;
  request.method = "POST";
  request.url = "http://localhost:8000/";
  request.body = "{}";
  request.headers.add("X-Amz-Target", "DynamoDB_20120810.GetItem");
  EXPECT_TRUE(
      sign(request, suite_keys(), dynamo_scope, to_hex(sha256("{}")), suite_millis).has_value());
  return request;
}

Result<std::string> verified(const ReceivedRequest& request, std::int64_t at = suite_millis) {
  return verify(request, dynamo_scope, look_up, at);
}

TEST(Verify, KnowsWhoSigned) {
  EXPECT_EQ(verified(received(signed_post())).value(), "AKIDEXAMPLE");
}

TEST(Verify, AllowsFiveMinutesOfSkewEitherWay) {
  const ReceivedRequest request = received(signed_post());
  EXPECT_TRUE(verified(request, suite_millis + 300'000).has_value());
  EXPECT_TRUE(verified(request, suite_millis - 300'000).has_value());
  EXPECT_TRUE(verified(request, suite_millis + 300'001).has_error());
  EXPECT_TRUE(verified(request, suite_millis - 300'001).has_error());
}

TEST(Verify, RefusesWhateverWasChangedAfterSigning) {
  const ReceivedRequest good = received(signed_post());
  const auto refused = [](ReceivedRequest request) {
    const auto result = verified(request);
    return result.has_error() && result.error().code == Code::permission_denied;
  };
  ReceivedRequest bad = good;
  bad.body_digest = sha256("{ }");
  EXPECT_TRUE(refused(bad)) << "another body";
  bad = good;
  bad.method = "PUT";
  EXPECT_TRUE(refused(bad)) << "another method";
  bad = good;
  bad.target = "/?a=b";
  EXPECT_TRUE(refused(bad)) << "another query";
  bad = good;
  bad.headers.set("X-Amz-Target", "DynamoDB_20120810.DeleteItem");
  EXPECT_TRUE(refused(bad)) << "another target";
  bad = good;
  bad.headers.add("X-Amz-Extra", "1");
  EXPECT_TRUE(refused(bad)) << "an x-amz- header that is not signed";
  bad = good;
  bad.headers.set("Host", "elsewhere");
  EXPECT_TRUE(refused(bad)) << "another host";
  bad = good;
  bad.headers.remove("Authorization");
  EXPECT_TRUE(refused(bad)) << "no signature";
}

TEST(Verify, RefusesZerosOtherScopesAndUnknownKeys) {
  HttpRequest request = signed_post();
  const std::string authorization = *request.headers.find("authorization");
  request.headers.set("Authorization",
                      authorization.substr(0, authorization.size() - 64) + std::string(64, '0'));
  EXPECT_TRUE(verified(received(request)).has_error());
  const ReceivedRequest good = received(signed_post());
  EXPECT_TRUE(verify(good, {"eu-west-1", "dynamodb"}, look_up, suite_millis).has_error());
  EXPECT_TRUE(verify(good, {"us-east-1", "s3"}, look_up, suite_millis).has_error());
  const auto nobody = [](std::string_view) { return std::optional<Credentials>(); };
  EXPECT_TRUE(verify(good, dynamo_scope, nobody, suite_millis).has_error());
}

TEST(Verify, RefusesOtherPayloadModes) {
  for (const char* mode : {"UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                           "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}) {
    HttpRequest request;
    request.method = "POST";
    request.url = "http://localhost/";
    request.headers.set("X-Amz-Content-Sha256", mode);
    ASSERT_TRUE(sign(request, suite_keys(), dynamo_scope, mode, suite_millis).has_value());
    EXPECT_TRUE(verified(received(request)).has_error()) << mode;
  }
}

TEST(Verify, TakesPresignedGetsWhileTheyLive) {
  HttpRequest request;
  request.url = presign_get("http://localhost:8000/a%20b?x=1", suite_keys(), dynamo_scope,
                            std::chrono::seconds(60), suite_millis)
                    .value();
  request.headers.set("Host", "localhost:8000");
  EXPECT_EQ(verified(received(request)).value(), "AKIDEXAMPLE");
  EXPECT_TRUE(verified(received(request), suite_millis + 60'000).has_value());
  EXPECT_TRUE(verified(received(request), suite_millis + 60'001).has_error());
  HttpRequest post = request;
  post.method = "POST";
  EXPECT_TRUE(verified(received(post)).has_error());
  HttpRequest twice = request;
  twice.headers.add("Authorization", *signed_post().headers.find("authorization"));
  EXPECT_TRUE(verified(received(twice)).has_error()) << "header and query together";
  HttpRequest other = request;
  other.url.replace(other.url.find("x=1"), 3, "x=2");
  EXPECT_TRUE(verified(received(other)).has_error());
}

RC_GTEST_PROP(SigV4, WhatIsSignedVerifiesForAnyKey, (const std::string& key)) {
  HttpRequest request;
  request.url = "http://localhost/" + uri_encode(key, true) + "?prefix=" + uri_encode(key);
  RC_ASSERT(sign(request, suite_keys(), s3_scope, empty_hash, suite_millis).has_value());
  RC_ASSERT(verify(received(request), s3_scope, look_up, suite_millis).has_value());
}

TEST(Secret, NeverReachesAnErrorOrAStream) {
  std::ostringstream out;
  out << Secret("canary");
  EXPECT_EQ(out.str(), "***");
  HttpRequest request = signed_post();
  request.headers.set("Authorization", *request.headers.find("authorization") + "x");
  const Error error = verified(received(request)).error();
  const std::string text = describe(error);
  EXPECT_EQ(text.find("Signature="), std::string::npos);
  EXPECT_EQ(text.find(suite_keys().secret_access_key.reveal()), std::string::npos);
}

}  // namespace
}  // namespace spillway
