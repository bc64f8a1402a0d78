// The table of routes, and requests on their way to it.
#include "server/router.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

Router sample() {
  Router router;
  router.add({.method = "GET", .pattern = "/", .handler = {}});
  router.add({.method = "GET", .pattern = "/v1/{a}/x/{b}", .handler = {}});
  router.add({.method = "PUT", .pattern = "/v1/{a}/x/{b}", .handler = {}});
  router.add({.method = "GET", .pattern = "/assets/{path*}", .handler = {}});
  return router;
}

TEST(Router, FindsRoutesAndTheirParameters) {
  const Router router = sample();
  const auto answer = router.find("PUT", {"v1", "one/two", "x", "3"});
  const auto& match = std::get<Router::Match>(answer);
  EXPECT_EQ(match.route->method, "PUT");
  EXPECT_EQ(match.parameters, (NameValues{{"a", "one/two"}, {"b", "3"}}));
}

TEST(Router, HeadIsGet) {
  const Router router = sample();
  EXPECT_TRUE(std::holds_alternative<Router::Match>(router.find("HEAD", {""})));
}

TEST(Router, TakesTheRestOfAPath) {
  const Router router = sample();
  const auto answer = router.find("GET", {"assets", "..", "a.js"});
  EXPECT_EQ(std::get<Router::Match>(answer).parameters, (NameValues{{"path", "../a.js"}}));
}

TEST(Router, SaysWhichMethodsThereAre) {
  const Router router = sample();
  const auto answer = router.find("POST", {"v1", "a", "x", "b"});
  EXPECT_EQ(std::get<Router::WrongMethod>(answer).allow, "GET, HEAD, PUT");
}

TEST(Router, KnowsNothingElse) {
  const Router router = sample();
  for (const std::vector<std::string>& path : std::vector<std::vector<std::string>>{
           {"v1"}, {"v1", "a", "x"}, {"v1", "a", "x", "b", ""}, {"V1", "a", "x", "b"}, {}}) {
    EXPECT_TRUE(std::holds_alternative<Router::NotFound>(router.find("GET", path)));
  }
}

}  // namespace
}  // namespace spillway
