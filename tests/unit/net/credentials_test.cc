// Every source of credentials, against stand-ins of the metadata services on the loopback.
#include "net/credentials.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "base/random.h"
#include "unit/net/fake_environment.h"
#include "unit/net/local_server.h"

namespace spillway {
namespace {

constexpr std::int64_t hour_millis = 3'600'000;

std::string iso(std::int64_t millis) { return rfc3339(millis / 1000 * 1000); }

std::string credential_json(const std::string& id, std::int64_t expires_millis) {
  return R"({"AccessKeyId":")" + id + R"(","SecretAccessKey":"canary","Token":"canary-token",)" +
         R"("Expiration":")" + iso(expires_millis) + R"("})";
}

struct CredentialsTest : testing::Test {
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder / name) << text;
    return folder / name;
  }
  Result<Credentials> find(Variables variables, const std::string& profile = "") {
    // No test may ask the network's real metadata service.
    variables.emplace("AWS_EC2_METADATA_DISABLED", "true");
    return find_credentials(transport, {std::nullopt, profile, environment_of(variables)},
                            Deadline::after(std::chrono::seconds(20)));
  }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("spillway-" + random_id());
  HttpTransport transport;
};

TEST_F(CredentialsTest, ExplicitOnesBeatEverything) {
  CredentialSettings settings;
  settings.given = Credentials{"GIVEN", Secret("s")};
  settings.environment =
      environment_of({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}});
  EXPECT_EQ(find_credentials(transport, settings, Deadline::never()).value().access_key_id,
            "GIVEN");
}

TEST_F(CredentialsTest, FromTheEnvironment) {
  const auto found = find({{"AWS_ACCESS_KEY_ID", "ENV"},
                           {"AWS_SECRET_ACCESS_KEY", "secret"},
                           {"AWS_SESSION_TOKEN", "token"}});
  EXPECT_EQ(found.value().access_key_id, "ENV");
  EXPECT_EQ(found.value().secret_access_key.reveal(), "secret");
  EXPECT_EQ(found.value().session_token.reveal(), "token");
  EXPECT_TRUE(find({{"AWS_ACCESS_KEY_ID", "ENV"}}).has_error()) << "half a pair";
}

TEST_F(CredentialsTest, FromAWebIdentityToken) {
  LocalServer sts([](const SeenRequest&) {
    return LocalServer::reply(200,
                              "<R><Credentials><AccessKeyId>WEB</AccessKeyId><SecretAccessKey>s"
                              "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>" +
                                  iso(unix_millis() + hour_millis) +
                                  "</Expiration></Credentials></R>");
  });
  const auto found = find({{"AWS_WEB_IDENTITY_TOKEN_FILE", file("token", "jwt+x")},
                           {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"},
                           {"AWS_ENDPOINT_URL_STS", sts.url()}});
  ASSERT_TRUE(found.has_value()) << describe(found.error());
  EXPECT_EQ(found.value().access_key_id, "WEB");
  EXPECT_EQ(found.value().session_token.reveal(), "t");
  EXPECT_TRUE(found.value().expires_millis.has_value());
  EXPECT_NE(sts.seen()[0].body.find("WebIdentityToken=jwt%2Bx"), std::string::npos);
}

TEST_F(CredentialsTest, FromTheSharedFiles) {
  const Variables files = {
      {"AWS_CONFIG_FILE", file("config",
                               "[profile dev]\naws_access_key_id = C\naws_secret_access_key = c\n"
                               "[profile sso]\nsso_session = x\n")},
      {"AWS_SHARED_CREDENTIALS_FILE",
       file("credentials",
            "[default]\naws_access_key_id=D\naws_secret_access_key=d\n"
            "[dev]\naws_access_key_id=V\naws_secret_access_key=v\naws_session_token=t\n")}};
  EXPECT_EQ(find(files).value().access_key_id, "D");
  EXPECT_EQ(find(files, "dev").value().access_key_id, "V") << "the credentials file wins";
  Variables named = files;
  named["AWS_PROFILE"] = "dev";
  EXPECT_EQ(find(named).value().session_token.reveal(), "t");
  EXPECT_EQ(find(files, "sso").error().code, Code::unsupported);
  EXPECT_EQ(find(files, "nobody").error().code, Code::invalid_argument);
}

TEST_F(CredentialsTest, FromAProcess) {
  const auto with = [&](const std::string& command) {
    return find(
        {{"AWS_CONFIG_FILE", file("config", "[default]\ncredential_process = " + command + "\n")}});
  };
  const std::string json =
      file("json", R"({"Version":1,"AccessKeyId":"P","SecretAccessKey":"s","SessionToken":"t"})");
  EXPECT_EQ(with("cat " + json).value().access_key_id, "P");
  EXPECT_TRUE(with("false").has_error());
  EXPECT_TRUE(with("echo canary").has_error());
  EXPECT_EQ(describe(with("echo canary").error()).find("canary"), std::string::npos);
}

TEST_F(CredentialsTest, FromAContainer) {
  LocalServer server([](const SeenRequest& request) {
    return request.has("Authorization: the-token\r\n")
               ? LocalServer::reply(200, credential_json("ECS", unix_millis() + hour_millis))
               : LocalServer::reply(401, "");
  });
  const Variables good = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/creds?x=1"},
                          {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file("t", "the-token\n")}};
  const auto found = find(good);
  ASSERT_TRUE(found.has_value()) << describe(found.error());
  EXPECT_EQ(found.value().access_key_id, "ECS");
  EXPECT_EQ(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url()}}).error().code,
            Code::permission_denied);
}

TEST_F(CredentialsTest, AContainerMayNotSendUsElsewhere) {
  for (const char* url :
       {"http://192.0.2.1/", "http://127.evil.example/", "http://169.254.170.9/"}) {
    const auto result = find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}});
    EXPECT_EQ(result.error().code, Code::permission_denied) << url;
    EXPECT_NE(result.error().detail.find("loopback"), std::string::npos) << url;
  }
}

TEST_F(CredentialsTest, FromAnInstanceByVersion2Only) {
  LocalServer server([](const SeenRequest& request) {
    if (request.starts_with("PUT /latest/api/token ")) return LocalServer::reply(200, "imds");
    if (!request.has("X-aws-ec2-metadata-token: imds\r\n")) return LocalServer::reply(401, "");
    if (request.starts_with("GET /latest/meta-data/iam/security-credentials/ ")) {
      return LocalServer::reply(200, "my-role\n");
    }
    return LocalServer::reply(200, credential_json("EC2", unix_millis() + hour_millis));
  });
  const auto found = find({{"AWS_EC2_METADATA_DISABLED", "false"},
                           {"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url()}});
  ASSERT_TRUE(found.has_value()) << describe(found.error());
  EXPECT_EQ(found.value().access_key_id, "EC2");
  EXPECT_TRUE(
      server.seen()[2].starts_with("GET /latest/meta-data/iam/security-credentials/my-role "));
}

TEST_F(CredentialsTest, NoneAtAllSaysWhereItLooked) {
  const Error error = find({}).error();
  EXPECT_EQ(error.code, Code::permission_denied);
  EXPECT_NE(error.detail.find("environment"), std::string::npos);
}

struct CacheTest : CredentialsTest {
  CredentialSettings settings(const LocalServer& server) {
    return {std::nullopt, "",
            environment_of({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/"}})};
  }
};

TEST_F(CacheTest, AsksOnceForManyThreadsAndAgainBeforeTheyExpire) {
  std::atomic<std::int64_t> life{hour_millis};
  LocalServer server([&](const SeenRequest&) {
    return LocalServer::reply(200, credential_json("A", unix_millis() + life));
  });
  CredentialCache cache(transport, settings(server));
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { EXPECT_TRUE(cache.get(Deadline::never()).has_value()); });
    }
  }
  EXPECT_EQ(server.seen().size(), 1u);
  cache.forget();
  life = CredentialCache::refresh_before_millis - 10'000;  // what comes is already due again
  EXPECT_TRUE(cache.get(Deadline::never()).has_value());
  EXPECT_TRUE(cache.get(Deadline::never()).has_value());
  EXPECT_EQ(server.seen().size(), 3u);
}

TEST_F(CacheTest, KeepsUsingValidOnesWhileRefreshingFails) {
  std::atomic<bool> works{true};
  LocalServer server([&](const SeenRequest&) {
    return works ? LocalServer::reply(200, credential_json("A", unix_millis() + 60'000))
                 : LocalServer::reply(500, "canary");
  });
  CredentialCache cache(transport, settings(server));
  ASSERT_TRUE(cache.get(Deadline::never()).has_value());
  works = false;
  EXPECT_TRUE(cache.get(Deadline::never()).has_value());
  cache.forget();
  const auto failed = cache.get(Deadline::never());
  EXPECT_EQ(failed.error().code, Code::unavailable);
  EXPECT_EQ(describe(failed.error()).find("canary"), std::string::npos);
}

}  // namespace
}  // namespace spillway
