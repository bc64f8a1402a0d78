// What S3's errors mean.
#include "object/s3/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spillway {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string error_xml(const std::string& code, const std::string& more = "") {
  return "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>as S3 says</Message>" +
         more + "</Error>";
}

Error meaning(int status, const std::string& body, Repeat repeat = Repeat::safe,
              const HttpHeaders& headers = {}) {
  S3Question question{"object.get", "key", "bucket"};
  question.repeat = repeat;
  return s3_error(read_failure(status, headers, body), question);
}

TEST(S3Errors, GoByCodeNotByStatusAlone) {
  const struct {
    int status;
    const char* s3_code;
    Code code;
    bool transient;
  } cases[] = {
      {404, "NoSuchKey", Code::not_found, false},
      {409, "BucketAlreadyOwnedByYou", Code::conflict, false},
      {409, "RestoreAlreadyInProgress", Code::conflict, false},
      {404, "NoSuchBucket", Code::unavailable, false},
      {412, "PreconditionFailed", Code::condition_failed, false},
      {409, "ConditionalRequestConflict", Code::conflict, true},
      {409, "OperationAborted", Code::conflict, true},
      {409, "BucketAlreadyExists", Code::conflict, false},
      {503, "SlowDown", Code::throttled, true},
      {503, "ServiceUnavailable", Code::unavailable, true},
      {500, "InternalError", Code::unavailable, true},
      {200, "InternalError", Code::unavailable, true},
      {400, "RequestTimeout", Code::unavailable, true},
      {400, "BadDigest", Code::unavailable, true},
      {403, "AccessDenied", Code::permission_denied, false},
      {403, "SignatureDoesNotMatch", Code::permission_denied, false},
      {403, "RequestTimeTooSkewed", Code::permission_denied, false},
      {400, "ExpiredToken", Code::permission_denied, false},
      {403, "InvalidObjectState", Code::archived, false},
      {403, "QuotaExceeded", Code::storage_full, false},
      {507, "XMinioStorageFull", Code::storage_full, false},
      {416, "InvalidRange", Code::invalid_argument, false},
      {400, "InvalidArgument", Code::invalid_argument, false},
      {501, "NotImplemented", Code::unsupported, false},
      {503, "AnythingNew", Code::unavailable, true},
      {429, "AnythingNew", Code::throttled, true},
  };
  for (const auto& c : cases) {
    const Error error = meaning(c.status, error_xml(c.s3_code));
    EXPECT_EQ(error.code, c.code) << c.s3_code;
    EXPECT_EQ(error.transient, c.transient) << c.s3_code;
    EXPECT_EQ(error.op, "object.get");
    EXPECT_EQ(error.subject, "key");
  }
  const Error no_answer_of_s3 = meaning(404, "<html>nothing here</html>");
  EXPECT_EQ(no_answer_of_s3.code, Code::unavailable);
  EXPECT_TRUE(no_answer_of_s3.transient);
  S3Question head;
  head.of_head = true;
  EXPECT_EQ(s3_error(read_failure(404, {}, ""), head).code, Code::not_found);
  EXPECT_EQ(meaning(502, "<html>proxy</html>").code, Code::unavailable);
}

TEST(S3Errors, SayWhatToDo) {
  EXPECT_THAT(meaning(403, error_xml("InvalidObjectState")).detail, HasSubstr("spillway restore"));
  EXPECT_THAT(meaning(403, error_xml("RequestTimeTooSkewed")).detail, HasSubstr("clock"));
  EXPECT_THAT(meaning(403, error_xml("AccessDenied")).detail, HasSubstr("as S3 says"));
  EXPECT_THAT(
      meaning(400, error_xml("AuthorizationHeaderMalformed", "<Region>eu-west-3</Region>")).detail,
      HasSubstr("region=eu-west-3"));
  EXPECT_THAT(meaning(301, "", Repeat::safe, {{"x-amz-bucket-region", "eu-west-3"}}).detail,
              HasSubstr("region=eu-west-3"));
}

TEST(S3Errors, EffectIsUnknownOnlyWhereAWriteMayHaveLanded) {
  EXPECT_EQ(meaning(500, error_xml("InternalError"), Repeat::idempotent).effect, Effect::unknown);
  EXPECT_EQ(meaning(504, "", Repeat::idempotent).effect, Effect::unknown);
  EXPECT_EQ(meaning(500, error_xml("InternalError")).effect, Effect::none);
  EXPECT_EQ(meaning(503, error_xml("SlowDown"), Repeat::idempotent).effect, Effect::none);
  EXPECT_EQ(meaning(403, error_xml("AccessDenied"), Repeat::idempotent).effect, Effect::none);
}

TEST(S3Errors, NeverRepeatWhatWasSigned) {
  const Error error = meaning(
      403,
      error_xml("SignatureDoesNotMatch",
                "<AWSAccessKeyId>AKIACANARY</AWSAccessKeyId><StringToSign>canary</StringToSign>"
                "<CanonicalRequest>canary</CanonicalRequest>"));
  EXPECT_THAT(describe(error), Not(HasSubstr("canary")));
  EXPECT_THAT(describe(error), Not(HasSubstr("CANARY")));
  const Error lines = meaning(400, "<Error><Code>X\nY</Code><Message>a\nb</Message></Error>");
  EXPECT_THAT(describe(lines), Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace spillway
