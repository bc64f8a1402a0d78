// Endpoints, regions, addresses and profiles.
#include "net/endpoint.h"

#include <gtest/gtest.h>

#include "net/clock_skew.h"
#include "net/url.h"
#include "unit/net/fake_environment.h"

namespace spillway {
namespace {

TEST(Endpoint, TheMostSpecificSettingWins) {
  Variables variables = {{"AWS_REGION", "eu-central-1"}};
  ProfileSettings profile;
  const auto url = [&](const EndpointChoice& choice = {}) {
    return resolve_endpoint("s3", choice, profile, environment_of(variables)).value().url;
  };
  EXPECT_EQ(url(), "https://s3.eu-central-1.amazonaws.com");
  profile["endpoint_url"] = "http://profile:1";
  EXPECT_EQ(url(), "http://profile:1");
  variables["AWS_ENDPOINT_URL"] = "http://all:2/";
  EXPECT_EQ(url(), "http://all:2");
  variables["AWS_ENDPOINT_URL_DYNAMODB"] = "http://dynamo:3";
  EXPECT_EQ(url(), "http://all:2");
  variables["AWS_ENDPOINT_URL_S3"] = "http://s3:4";
  EXPECT_EQ(url(), "http://s3:4");
  EXPECT_EQ(url({"http://given:5", ""}), "http://given:5");
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  EXPECT_EQ(url(), "https://s3.eu-central-1.amazonaws.com");
}

TEST(Endpoint, TheMostSpecificRegionWins) {
  Variables variables;
  ProfileSettings profile = {{"region", "eu-west-1"}};
  const auto region = [&](const EndpointChoice& choice = {}) {
    return resolve_endpoint("dynamodb", choice, profile, environment_of(variables)).value().region;
  };
  EXPECT_EQ(region(), "eu-west-1");
  variables["AWS_DEFAULT_REGION"] = "eu-west-2";
  EXPECT_EQ(region(), "eu-west-2");
  variables["AWS_REGION"] = "eu-west-3";
  EXPECT_EQ(region(), "eu-west-3");
  EXPECT_EQ(region({"", "us-east-2"}), "us-east-2");
}

TEST(Endpoint, NoRegionIsAnErrorThatSaysWhatToSet) {
  const auto result = resolve_endpoint("s3", {}, {}, environment_of({}));
  EXPECT_EQ(result.error().code, Code::invalid_argument);
  EXPECT_NE(result.error().detail.find("AWS_REGION"), std::string::npos);
  EXPECT_EQ(
      resolve_endpoint("s3", {"http://127.0.0.1:1", ""}, {}, environment_of({})).value().region,
      "us-east-1");
  EXPECT_TRUE(resolve_endpoint("s3", {"", "x.evil.example/"}, {}, environment_of({})).has_error());
}

TEST(ObjectUrl, IsVirtualHostedAtAwsAndPathStyleElsewhere) {
  const Endpoint aws{"https://s3.eu-central-1.amazonaws.com", "eu-central-1", false};
  const Endpoint local{"http://127.0.0.1:8000", "us-east-1", true};
  const auto style = AddressStyle::automatic;
  EXPECT_EQ(object_url(aws, style, "b", "a/k +=&"),
            "https://b.s3.eu-central-1.amazonaws.com/a/k%20%2B%3D%26");
  EXPECT_EQ(object_url(aws, style, "b.c", "k"), "https://s3.eu-central-1.amazonaws.com/b.c/k");
  EXPECT_EQ(object_url(local, style, "b", "k"), "http://127.0.0.1:8000/b/k");
  EXPECT_EQ(object_url(local, style, "b", ""), "http://127.0.0.1:8000/b");
  EXPECT_EQ(object_url(local, AddressStyle::virtual_host, "b", "k"), "http://b.127.0.0.1:8000/k");
}

TEST(Profiles, AreReadAsTheSdksReadThem) {
  const auto profiles = parse_profiles(
      "# comment\n[default]\nregion = eu-west-1 # here\n[profile dev]\nREGION=us-west-2\n"
      "s3 =\n  addressing_style = path\noutput = json\n[sso-session x]\nregion = no\n",
      true);
  EXPECT_EQ(profiles.at("default").at("region"), "eu-west-1");
  EXPECT_EQ(profiles.at("dev").at("region"), "us-west-2");
  EXPECT_EQ(profiles.at("dev").at("s3.addressing_style"), "path");
  EXPECT_EQ(profiles.at("dev").at("output"), "json");
  EXPECT_EQ(profiles.size(), 2u);
  EXPECT_EQ(load_profile("nobody", environment_of({})).error().code, Code::invalid_argument);
}

TEST(Url, RefusesWhatCouldMislead) {
  for (const char* text : {"ftp://h/", "http://user:pw@h/", "http://h/a b", "http:///", "h/k",
                           "http://h/#f", "http://h\\@x/", "file:///etc/passwd"}) {
    EXPECT_TRUE(parse_url(text).has_error()) << text;
  }
  EXPECT_EQ(parse_url("HTTPS://Host:443?x").value().text(), "https://host/?x");
  EXPECT_EQ(parse_url("http://[::1]:80/").value().host(), "::1");
  EXPECT_FALSE(is_loopback("127.evil.example"));
  EXPECT_TRUE(is_loopback("127.0.0.9"));
}

TEST(SigningClock, TakesTheServersDateOnce) {
  SigningClock clock;
  const HttpHeaders headers{{"Date", "Fri, 24 May 2013 00:00:00 GMT"}};
  EXPECT_TRUE(clock.learn(headers));
  EXPECT_NEAR(static_cast<double>(clock.now_millis()), 1'369'353'600'000.0, 60'000.0);
  EXPECT_FALSE(clock.learn(headers)) << "nothing new: signing again would not help";
  EXPECT_FALSE(clock.learn({{"Date", "yesterday, perhaps"}}));
}

}  // namespace
}  // namespace spillway
