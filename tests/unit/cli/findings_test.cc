// What an operator is told to do about each kind of trouble.
#include "cli/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spillway {
namespace {

using testing::HasSubstr;

constexpr const char* arn = "arn:aws:s3:::b/p/*";

std::string advice(Code code, const std::string& detail) {
  return advice_for(make_error(code, "object.put", "k", detail), "s3:PutObject", arn);
}

TEST(Findings, ARefusalNamesTheExactPermission) {
  EXPECT_THAT(advice(Code::permission_denied, "Access Denied (S3 answered 403 AccessDenied)"),
              HasSubstr("allow s3:PutObject on arn:aws:s3:::b/p/*"));
}

TEST(Findings, WrongKeysExpiredTokensAndClocksAreNotTakenForMissingPermissions) {
  EXPECT_THAT(advice(Code::permission_denied,
                     "S3 does not accept the credentials: check the access key and its secret"),
              HasSubstr("give working credentials"));
  EXPECT_THAT(advice(Code::permission_denied, "the session token has expired: get fresh ones"),
              HasSubstr("give working credentials"));
  EXPECT_THAT(advice(Code::permission_denied, "the clocks of this machine and of S3 differ"),
              HasSubstr("timedatectl"));
  EXPECT_THAT(advice(Code::permission_denied, "the signature's time is refused: set this"),
              HasSubstr("timedatectl"));
}

TEST(Findings, TroubleThatConcernsEverythingIsKnown) {
  EXPECT_TRUE(concerns_all(make_error(Code::unavailable, "", "", "no answer")));
  EXPECT_TRUE(concerns_all(make_error(Code::permission_denied, "", "", "the secret is wrong")));
  EXPECT_FALSE(concerns_all(make_error(Code::permission_denied, "", "", "Access Denied")));
}

TEST(Findings, ArePrintedAsTheyComeAndAsJsonAtTheEnd) {
  testing::internal::CaptureStdout();
  {
    const Console console(false, true);
    Findings findings(console);
    findings.good("bucket", "there");
    findings.fail("s3:PutObject", "Access\nDenied", "allow it");
  }
  EXPECT_EQ(
      testing::internal::GetCapturedStdout(),
      "ok       bucket: there\nfailed   s3:PutObject: Access?Denied\n         do: allow it\n");
  testing::internal::CaptureStdout();
  const Console json(true, true);
  Findings findings(json);
  findings.warn("versioning", "off", "switch it on");
  findings.finish("unused");
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            R"({"findings":[{"state":"warning","name":"versioning","detail":"off",)"
            R"("advice":"switch it on"}],"failed":0,"warnings":1})"
            "\n");
}

}  // namespace
}  // namespace spillway
