// Bodies of messages: artifacts byte for byte, everything else strictly.
#include "server/json_in.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

constexpr std::size_t depth_max = 64;

Result<PostBody> parse(std::string body) { return parse_post_body(body, depth_max); }

std::string refusal(std::string body) {
  auto parsed = parse(std::move(body));
  if (parsed.has_value()) return "accepted";
  EXPECT_EQ(parsed.error().code, Code::invalid_argument);
  return parsed.error().detail;
}

std::string with_artifact(const std::string& artifact) {
  return R"({"role":"user","content":"c","artifacts":[)" + artifact + "]}";
}

TEST(PostBody, KeepsArtifactsByteForByte) {
  const std::string body =
      "{ \"role\" : \"tool\" , \"content\" : \"caf\\u00e9\\n\" , \"artifacts\" : [ {\"b\" : 1.0,  "
      "\"a\":1e400} ,\n [1, 2 , 3] , \"x \\u0041\" , -0.50 , true,null , "
      "123456789012345678901234567890 ,{}, [] ] , \"onFailure\":\"placeholder\",\"respond\":true }";
  const PostBody post = parse(body).value();
  EXPECT_EQ(post.message.role, "tool");
  EXPECT_EQ(post.message.content, "caf\xc3\xa9\n");
  EXPECT_EQ(post.message.artifacts,
            (std::vector<std::string>{"{\"b\" : 1.0,  \"a\":1e400}", "[1, 2 , 3]", "\"x \\u0041\"",
                                      "-0.50", "true", "null", "123456789012345678901234567890",
                                      "{}", "[]"}));
  EXPECT_EQ(post.message.on_failure, OnFailure::placeholder);
  EXPECT_TRUE(post.respond);
}

TEST(PostBody, EscapedMemberNamesAreTheSameNames) {
  EXPECT_EQ(parse(R"({"r\u006fle":"user","content":""})").value().message.role, "user");
}

TEST(PostBody, DefaultsAreSafe) {
  const PostBody post = parse(R"({"role":"user","content":""})").value();
  EXPECT_EQ(post.message.on_failure, OnFailure::refuse);
  EXPECT_FALSE(post.respond);
  EXPECT_TRUE(post.message.artifacts.empty());
}

TEST(PostBody, NamesTheMemberThatIsWrong) {
  EXPECT_NE(refusal(R"({"role":5,"content":"c"})").find("role"), std::string::npos);
  EXPECT_NE(refusal(R"({"role":"robot","content":"c"})").find("role"), std::string::npos);
  EXPECT_NE(refusal(R"({"role":"user","content":null})").find("content"), std::string::npos);
  EXPECT_NE(refusal(R"({"role":"user","content":"c","artifacts":{}})").find("artifacts"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"role":"user","content":"c","respond":"yes"})").find("respond"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"role":"user","content":"c","onFailure":"drop"})").find("onFailure"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"role":"user","content":"c","artefacts":[]})").find("artefacts"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"content":"c"})").find("role"), std::string::npos);
  EXPECT_NE(refusal(R"({"role":"user"})").find("content"), std::string::npos);
  EXPECT_NE(refusal(R"({"role":"user","content":"c","role":"user"})").find("twice"),
            std::string::npos);
}

TEST(PostBody, RefusesEveryTruncation) {
  const std::string whole =
      R"({"role":"user","content":"c","artifacts":[{"a":[1,2.5e3,"x\n",true,null]},"s"]})";
  ASSERT_EQ(refusal(whole), "accepted");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    EXPECT_NE(refusal(whole.substr(0, n)), "accepted") << whole.substr(0, n);
  }
}

TEST(PostBody, RefusesMalformedArtifacts) {
  for (const char* artifact : {"01",
                               "1.",
                               ".5",
                               "+1",
                               "1e",
                               "-",
                               "0x1",
                               "tru",
                               "truex",
                               "nul",
                               "NaN",
                               "[1,]",
                               "[1 2]",
                               "{\"a\"}",
                               "{\"a\":}",
                               "{a:1}",
                               "{\"a\":1,}",
                               "[}",
                               "{]",
                               "'a'",
                               "\"\\q\"",
                               "\"\\u12\"",
                               "\"\n\"",
                               "\"\xff\"",
                               "\"\xed\xa0\x80\"",
                               "{\"\xc0\xaf\":1}",
                               ",",
                               "1,",
                               "//",
                               "[1]]"}) {
    EXPECT_NE(refusal(with_artifact(artifact)), "accepted") << artifact;
  }
}

TEST(PostBody, RefusesWhatIsNoObject) {
  for (const char* body : {"", " ", "[]", "1", "null", "\"x\"", "{}{}", "{} x", "\xef\xbb\xbf"}) {
    EXPECT_NE(refusal(body), "accepted") << body;
  }
}

TEST(PostBody, BoundsDepth) {
  const auto nested = [](std::size_t levels) {
    return with_artifact(std::string(levels, '[') + std::string(levels, ']'));
  };
  // Two levels are the body and its list of artifacts.
  EXPECT_EQ(refusal(nested(depth_max - 2)), "accepted");
  EXPECT_NE(refusal(nested(depth_max - 1)).find("64 levels"), std::string::npos);
  EXPECT_NE(refusal(nested(1'000'000)), "accepted");
  EXPECT_NE(refusal(with_artifact(std::string(1'000'000, '['))), "accepted");
}

}  // namespace
}  // namespace spillway
