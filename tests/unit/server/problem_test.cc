// Errors as answers: the right status, and no more than the client may know.
#include "server/problem.h"

#include <gtest/gtest.h>

#include "server/http.h"

namespace spillway {
namespace {

TEST(Problem, EveryCodeHasItsStatus) {
  EXPECT_EQ(status_of(Code::not_found), 404);
  EXPECT_EQ(status_of(Code::condition_failed), 412);
  EXPECT_EQ(status_of(Code::conflict), 409);
  EXPECT_EQ(status_of(Code::invalid_argument), 400);
  EXPECT_EQ(status_of(Code::too_large), 413);
  EXPECT_EQ(status_of(Code::throttled), 429);
  EXPECT_EQ(status_of(Code::unavailable), 503);
  EXPECT_EQ(status_of(Code::storage_full), 507);
  EXPECT_EQ(status_of(Code::timeout), 504);
  EXPECT_EQ(status_of(Code::cancelled), 503);
  EXPECT_EQ(status_of(Code::permission_denied), 403);
  EXPECT_EQ(status_of(Code::corrupt), 502);
  EXPECT_EQ(status_of(Code::unsupported), 501);
  EXPECT_EQ(status_of(Code::internal), 500);
}

TEST(Problem, TellsTheDetailOfWhatTheClientSent) {
  const Response response = problem_response(
      make_error(Code::invalid_argument, "op", "subject", "\"role\" is missing"), "r-1");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body,
            R"({"type":"about:blank","title":"Bad Request","status":400,)"
            R"("detail":"\"role\" is missing","code":"invalid_argument","requestId":"r-1",)"
            R"("retryable":false})");
}

TEST(Problem, KeepsOurOwnTroublesToTheLog) {
  for (const Code code : {Code::unavailable, Code::storage_full, Code::timeout, Code::corrupt,
                          Code::internal, Code::cancelled, Code::throttled}) {
    const Response response = problem_response(
        make_error(code, "object.put", "/srv/data/objects/ab", "cannot open /srv/data"), "r");
    EXPECT_EQ(response.body.find("/srv"), std::string::npos) << to_string(code);
  }
}

TEST(Problem, SaysTryAgainOnlyWhereThatMayHelp) {
  Error error = make_error(Code::unavailable, "object.put", "", "");
  const auto promises = [&] {
    const Response response = problem_response(error, "r");
    const bool header = serialize_head(response, true).find("Retry-After") != std::string::npos;
    const bool text = response.body.find("Try again later") != std::string::npos;
    EXPECT_EQ(header, text);
    return header;
  };
  EXPECT_TRUE(promises());
  error.transient = false;  // a placeholder: its bytes were not kept
  EXPECT_FALSE(promises());
}

TEST(Head, NoValueStartsAFieldOfItsOwn) {
  Response response;
  response.set("X-Name", "a\r\nSet-Cookie: b\x7f");
  const std::string head = serialize_head(response, true);
  EXPECT_NE(head.find("X-Name: aSet-Cookie: b\r\n"), std::string::npos);
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(Head, LengthBelongsToBodies) {
  Response response;
  response.status = 204;
  EXPECT_EQ(serialize_head(response, true).find("Content-Length"), std::string::npos);
  response.status = 200;
  response.stream_bytes = 5;
  EXPECT_NE(serialize_head(response, false).find("Content-Length: 5\r\n"), std::string::npos);
}

}  // namespace
}  // namespace spillway
