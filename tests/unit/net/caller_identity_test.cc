// Who the credentials are, as a stand-in of STS says it; and from where they came.
#include "net/caller_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/credentials.h"
#include "unit/net/fake_environment.h"
#include "unit/net/local_server.h"

namespace spillway {
namespace {

using testing::HasSubstr;

Credentials some_keys() { return {"AKIDEXAMPLE", Secret("the-secret")}; }

Deadline soon() { return Deadline::after(std::chrono::seconds(10)); }

TEST(CallerIdentity, IsWhatStsAnswersToASignedRequest) {
  LocalServer server([](const SeenRequest&) {
    return LocalServer::reply(
        200,
        "<GetCallerIdentityResponse><GetCallerIdentityResult>"
        "<Arn>arn:aws:iam::123456789012:user/gateway</Arn><Account>123456789012</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>");
  });
  HttpTransport transport;
  const auto identity = ask_caller_identity(transport, some_keys(),
                                            Endpoint{server.url(), "eu-central-1", true}, soon());
  EXPECT_EQ(identity.value().arn, "arn:aws:iam::123456789012:user/gateway");
  EXPECT_EQ(identity.value().account, "123456789012");
  const SeenRequest seen = server.seen().at(0);
  EXPECT_EQ(seen.body, "Action=GetCallerIdentity&Version=2011-06-15");
  EXPECT_THAT(seen.head, HasSubstr("/eu-central-1/sts/aws4_request"));
  EXPECT_THAT(seen.head, testing::Not(HasSubstr("the-secret")));
}

TEST(CallerIdentity, ARefusalNamesItsCode) {
  LocalServer server([](const SeenRequest&) {
    return LocalServer::reply(403,
                              "<ErrorResponse><Error><Code>InvalidClientTokenId</Code>"
                              "</Error></ErrorResponse>");
  });
  HttpTransport transport;
  const auto identity = ask_caller_identity(transport, some_keys(),
                                            Endpoint{server.url(), "us-east-1", true}, soon());
  EXPECT_EQ(identity.error().code, Code::permission_denied);
  EXPECT_THAT(identity.error().detail, HasSubstr("InvalidClientTokenId"));
}

TEST(CallerIdentity, CredentialsTellWhereTheyWereFound) {
  HttpTransport transport;
  CredentialSettings settings;
  settings.environment =
      environment_of({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}});
  EXPECT_THAT(find_credentials(transport, settings, soon()).value().source,
              HasSubstr("environment"));
}

}  // namespace
}  // namespace spillway
