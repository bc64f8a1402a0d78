// What people see: nothing that a stranger's text could do to their terminal.
#include "cli/console.h"

#include <gtest/gtest.h>

#include "cli/remote_json.h"

namespace spillway {
namespace {

TEST(Console, ShowsNoControlCharacters) {
  EXPECT_EQ(printable("a\x1b[31mb\n\x7f"), "a?[31mb??");
  EXPECT_EQ(printable("é\xC2\x9B"
                      "1m€"),
            "é?1m€");
}

TEST(Console, SpellsSizesForPeople) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(563'000), "563.0 KB");
  EXPECT_EQ(human_bytes(1ull << 30), "1.1 GB");
}

TEST(Console, EveryKindOfErrorHasItsExitCode) {
  const auto exit = [](Code code) { return exit_of(make_error(code, "", "", "")); };
  EXPECT_EQ(exit(Code::not_found), Exit::not_found);
  EXPECT_EQ(exit(Code::invalid_argument), Exit::usage);
  EXPECT_EQ(exit(Code::unavailable), Exit::unavailable);
  EXPECT_EQ(exit(Code::corrupt), Exit::damaged);
  EXPECT_EQ(exit(Code::internal), Exit::failed);
}

TEST(RemoteErrors, AreTheServersOwnOrTellTheStatus) {
  const Error told = error_from_reply(
      {404, {}, R"({"code":"not_found","detail":"no such thing","requestId":"r1"})"});
  EXPECT_EQ(told.code, Code::not_found);
  EXPECT_EQ(told.detail, "no such thing [request r1]");
  EXPECT_EQ(error_from_reply({503, {}, "<html>"}).code, Code::unavailable);
  EXPECT_EQ(error_from_reply({401, {}, "{}"}).code, Code::permission_denied);
  EXPECT_EQ(error_from_reply({500, {}, ""}).code, Code::internal);
}

}  // namespace
}  // namespace spillway
