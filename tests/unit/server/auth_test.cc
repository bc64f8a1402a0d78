// Who may ask.
#include "server/auth.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

const std::string secret = "0123456789abcdef";

Request request_with(NameValues headers, std::string method = "GET") {
  Request request;
  request.method = std::move(method);
  request.headers = std::move(headers);
  return request;
}

TEST(Loopback, Names) {
  for (const char* host :
       {"localhost", "LOCALHOST:80", "127.0.0.1", "127.1.2.3:8000", "[::1]", "[::1]:8000", "::1"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const char* host :
       {"", "0.0.0.0", "127.evil.com", "127.0.0.1.evil.com", "localhost.evil.com", "evil.com",
        "10.0.0.1", "[::2]", "::", "[", "128.0.0.1"}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

TEST(Authenticator, WithoutTokensServesThisMachineOnly) {
  const Authenticator open({});
  EXPECT_EQ(open.admit(request_with({{"host", "localhost:1"}}), false).value(), "local");
  EXPECT_TRUE(open.admit(request_with({{"host", "rebound.example"}}), false).has_error());
  EXPECT_TRUE(open.admit(request_with({}), true).has_error());
}

TEST(Authenticator, WithoutTokensOtherSitesChangeNothing) {
  const Authenticator open({});
  const auto post = [&](const char* origin) {
    return open.admit(request_with({{"host", "localhost:1"}, {"origin", origin}}, "POST"), false);
  };
  EXPECT_TRUE(post("http://localhost:1").has_value());
  for (const char* origin : {"http://evil.example", "null", "http://localhost:2", "",
                             "http://localhost:1.evil.example"}) {
    EXPECT_TRUE(post(origin).has_error()) << origin;
  }
  EXPECT_TRUE(open.admit(request_with({{"host", "localhost:1"}, {"origin", "http://x"}}), false)
                  .has_value());
}

TEST(Authenticator, TokensAreNeededAndNameThePrincipal) {
  const Authenticator closed({{"ci", "a secret of another"}, {"alice", secret}});
  EXPECT_EQ(closed.admit(request_with({{"authorization", "Bearer " + secret}}), false).value(),
            "alice");
  EXPECT_EQ(closed.admit(request_with({{"authorization", "bearer  " + secret}}), false).value(),
            "alice");
  const std::vector<std::string> wrong_ones{
      "", "Bearer", "Bearer " + secret + "x", "Basic " + secret, secret, "Bearer "};
  for (const std::string& wrong : wrong_ones) {
    EXPECT_EQ(closed.admit(request_with({{"authorization", wrong}}), false).error().code,
              Code::permission_denied)
        << wrong;
  }
  EXPECT_TRUE(closed.admit(request_with({}), true).has_value());
}

TEST(Tokens, File) {
  const auto tokens =
      parse_tokens("# comment\n\nalice: 0123456789abcdef \r\n0123456789abcdef0\n").value();
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(tokens[0].name, "alice");
  EXPECT_EQ(tokens[0].secret, secret);
  EXPECT_EQ(tokens[1].name, "token-4");
  EXPECT_TRUE(parse_tokens("alice:short").has_error());
  EXPECT_TRUE(parse_tokens("alice:0123456789 abcdef").has_error());
}

}  // namespace
}  // namespace spillway
