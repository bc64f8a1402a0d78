// What counts as JSON, and what an artifact is called.
#include "artifact/json_inspector.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "artifact/ids.h"

namespace spillway {
namespace {

TEST(JsonInspector, AcceptsEveryJsonText) {
  for (const char* text :
       {"1", "null", "\"\"", "[]", "{}", " {\"a\":[1,2,{}]} \n", "1e400",
        "123456789012345678901234567890", "-0.1E-7", "\"\\u00e9\\ud83d\\ude00\""}) {
    EXPECT_TRUE(inspect_json(text)) << text;
  }
}

TEST(JsonInspector, RefusesWhatIsNone) {
  for (const char* text :
       {"", " ", "{", "[1,]", "{\"a\"}", "01", "nul", "\"\xC3\x28\"", "\"\t\"", "1 2", "{} x",
        "'a'", "[1", "\"abc", "+1", "NaN", "/**/1", "\"\\ud800\""}) {
    const auto result = inspect_json(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Code::invalid_argument);
  }
}

TEST(JsonInspector, RefusesNestingThatNobodyNeeds) {
  EXPECT_TRUE(inspect_json(std::string(500, '[') + std::string(500, ']')));
  EXPECT_FALSE(inspect_json(std::string(600, '[') + std::string(600, ']')));
  EXPECT_FALSE(inspect_json(std::string(10'000'000, '[')));
}

TEST(JsonInspector, FindsTypeAndNameAtTheTopOnly) {
  const auto labels = [](const char* text) { return inspect_json(text).value(); };
  EXPECT_EQ(labels(R"({"type":"plot","name":"N","title":"T"})").type, "plot");
  EXPECT_EQ(labels(R"({"title":"T","wellName":"W","name":"N"})").name, "N");
  EXPECT_EQ(labels(R"({"wellName":"W","title":"T"})").name, "T");
  EXPECT_EQ(labels(R"({"wellName":"\u0057-1"})").name, "W-1");
  EXPECT_EQ(labels(R"({"a":{"type":"inner","name":"inner"},"b":1})").type, "");
  EXPECT_EQ(labels(R"({"type":{"type":"x"},"name":["x"]})").type, "");
  EXPECT_EQ(labels(R"({"type":7,"name":null})").type, "");
  EXPECT_EQ(labels(R"([{"type":"x"}])").type, "");
  EXPECT_EQ(labels(R"("type")").type, "");
  EXPECT_EQ(labels(R"({"a":"type","b":"x"})").type, "");
}

TEST(JsonInspector, IgnoresLabelsThatCouldNotBeShown) {
  EXPECT_EQ(inspect_json(R"({"name":"a\u000ab"})").value().name, "");
  EXPECT_EQ(inspect_json("{\"name\":\"" + std::string(5000, 'x') + "\"}").value().name, "");
}

RC_GTEST_PROP(JsonInspector, DoesNotCareHowATextIsCut, (const std::vector<std::uint8_t>& cuts)) {
  const std::string text = R"( {"type":"a\u00e9","n":[1.5e3,-2,true,{"x":null}],"title":"Ω"} )";
  JsonInspector inspector;
  std::size_t at = 0;
  for (const std::uint8_t cut : cuts) {
    const std::size_t n = std::min<std::size_t>(cut % 9, text.size() - at);
    RC_ASSERT(inspector.feed(std::string_view(text).substr(at, n)).has_value());
    at += n;
  }
  RC_ASSERT(inspector.feed(std::string_view(text).substr(at)).has_value());
  RC_ASSERT(inspector.finish().has_value());
  RC_ASSERT(inspector.labels().type == "aé");
  RC_ASSERT(inspector.labels().name == "Ω");
}

RC_GTEST_PROP(Ids, CursorsComeBackAsTheyWere, (const std::string& bytes)) {
  RC_ASSERT(base64url_decode(base64url_encode(bytes)) == bytes);
}

TEST(Ids, CutsBetweenCharacters) {
  EXPECT_EQ(cut_utf8("aéb", 2), "a");
  EXPECT_EQ(cut_utf8("aéb", 3), "aé");
  EXPECT_EQ(cut_utf8("aéb", 9), "aéb");
}

TEST(Ids, TellsUtf8FromOtherBytes) {
  EXPECT_TRUE(is_utf8("aé€😀"));
  for (const char* bytes : {"\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80"}) {
    EXPECT_FALSE(is_utf8(bytes));
  }
}

}  // namespace
}  // namespace spillway
