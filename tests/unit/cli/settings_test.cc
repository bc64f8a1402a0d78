// Which setting wins, and that mistakes in the file are told.
#include "cli/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/random.h"

namespace spillway {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() : folder_(std::filesystem::temp_directory_path() / ("settings-" + random_id())) {
    std::filesystem::create_directories(folder_);
    for (const char* name : names) ::unsetenv(name);
  }
  ~SettingsTest() override {
    for (const char* name : names) ::unsetenv(name);
    std::filesystem::remove_all(folder_);
  }

  std::string file(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  static constexpr const char* names[] = {"SPILLWAY_DATA",   "SPILLWAY_TO",     "SPILLWAY_TOKEN",
                                          "SPILLWAY_CONFIG", "SPILLWAY_LISTEN", "SPILLWAY_ITEMS",
                                          "SPILLWAY_OBJECTS"};
  std::filesystem::path folder_;
  Flags flags_;
};

TEST_F(SettingsTest, FlagWinsOverEnvironmentOverFileOverDefault) {
  EXPECT_EQ(read_settings(flags_).value().data, "spillway-data");
  flags_.config = file("c.toml", "data = \"from-file\"\n[server]\nlisten = \"127.0.0.1:1\"\n");
  EXPECT_EQ(read_settings(flags_).value().data, "from-file");
  EXPECT_EQ(read_settings(flags_).value().server.at("listen"), "127.0.0.1:1");
  ::setenv("SPILLWAY_DATA", "from-env", 1);
  ::setenv("SPILLWAY_LISTEN", "127.0.0.1:2", 1);
  EXPECT_EQ(read_settings(flags_).value().data, "from-env");
  EXPECT_EQ(read_settings(flags_).value().server.at("listen"), "127.0.0.1:2");
  flags_.data = "from-flag";
  flags_.server["listen"] = "127.0.0.1:3";
  const auto settings = read_settings(flags_).value();
  EXPECT_EQ(settings.data, "from-flag");
  EXPECT_EQ(settings.server.at("listen"), "127.0.0.1:3");
  EXPECT_THAT(settings.stores.items_url, EndsWith("/from-flag/items"));
  EXPECT_THAT(settings.stores.objects_url, EndsWith("/from-flag/objects"));
}

TEST_F(SettingsTest, AServerOnTheCommandLineWinsOverADirectoryElsewhere) {
  ::setenv("SPILLWAY_DATA", "from-env", 1);
  flags_.to = "http://127.0.0.1:8000";
  EXPECT_EQ(read_settings(flags_).value().to, "http://127.0.0.1:8000");
  flags_.data = "both";
  EXPECT_EQ(read_settings(flags_).error().code, Code::invalid_argument);
}

TEST_F(SettingsTest, ReadsATableOfMessagesStrictly) {
  EXPECT_EQ(read_settings(flags_).value().messages.table, "");
  flags_.config = file("c.toml", R"(
[messages]
table = "ChatMessage-abc-dev"
session = "chatSessionId"
index = "byChatSession"
content = "content.text"
[messages.roles]
assistant = "ai"
)");
  const MessageTable messages = read_settings(flags_).value().messages;
  EXPECT_EQ(messages.table, "ChatMessage-abc-dev");
  EXPECT_EQ(messages.index, "byChatSession");
  EXPECT_EQ(messages.id, "id");
  EXPECT_EQ(messages.session, "chatSessionId");
  EXPECT_EQ(messages.created_at, "createdAt");
  EXPECT_EQ(messages.content, "content.text");
  EXPECT_THAT(messages.roles, testing::ElementsAre(testing::Pair("assistant", "ai")));

  const std::pair<const char*, const char*> mistakes[] = {
      {"[messages]\nindex = \"byChatSession\"\n", "messages.table"},
      {"[messages]\ntable = \"t\"\nchat = \"c\"\n", "messages.chat"},
      {"[messages]\ntable = 1\n", "messages.table"},
      {"[messages]\ntable = \"t\"\n[messages.roles]\nbot = \"b\"\n", "messages.roles.bot"}};
  for (const auto& [text, subject] : mistakes) {
    flags_.config = file("c.toml", text);
    const auto settings = read_settings(flags_);
    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error().code, Code::invalid_argument);
    EXPECT_EQ(settings.error().subject, subject);
  }
}

TEST_F(SettingsTest, StoresByFlagWinOverEnvironmentOverFile) {
  flags_.config = file("c.toml", R"(
[stores]
items = "dynamodb://from-file"
objects = "s3://from-file"
)");
  EXPECT_EQ(read_settings(flags_).value().stores.items_url, "dynamodb://from-file");
  ::setenv("SPILLWAY_ITEMS", "dynamodb://from-env", 1);
  ::setenv("SPILLWAY_OBJECTS", "s3://from-env", 1);
  EXPECT_EQ(read_settings(flags_).value().stores.objects_url, "s3://from-env");
  flags_.objects = "s3://from-flag";
  const auto settings = read_settings(flags_).value();
  EXPECT_EQ(settings.stores.items_url, "dynamodb://from-env");
  EXPECT_EQ(settings.stores.objects_url, "s3://from-flag");
  EXPECT_TRUE(is_remote_items(settings.stores));
  EXPECT_TRUE(is_remote_objects(settings.stores));
}

TEST_F(SettingsTest, SupersededObjectsAreKeptForADayInFrontOfDynamoDb) {
  flags_.data = "here";
  EXPECT_EQ(default_retention_millis(read_settings(flags_).value().stores), 3600 * 1000);
  flags_.items = "dynamodb://eu-central-1";
  EXPECT_EQ(default_retention_millis(read_settings(flags_).value().stores), 24 * 3600 * 1000);
}

TEST_F(SettingsTest, OneStoreMayBeInTheDirectory) {
  flags_.data = "here";
  flags_.objects = "s3://bucket";
  const auto settings = read_settings(flags_).value();
  EXPECT_THAT(settings.stores.items_url, EndsWith("/here/items"));
  EXPECT_EQ(settings.stores.objects_url, "s3://bucket");
}

TEST_F(SettingsTest, ADirectoryThatWouldHoldNothingIsRefused) {
  flags_.data = "here";
  flags_.items = "dynamodb://eu-central-1?profile=x";
  flags_.objects = "s3://bucket/prefix";
  const auto refused = read_settings(flags_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid_argument);
  EXPECT_THAT(refused.error().subject, HasSubstr("--data here"));
  EXPECT_THAT(refused.error().detail, HasSubstr("dynamodb://eu-central-1 and s3://bucket/prefix"));
  // Stores in a weaker source do not make it useful either: they would win all the same.
  flags_.items.clear();
  flags_.objects.clear();
  ::setenv("SPILLWAY_ITEMS", "dynamodb://eu-central-1", 1);
  ::setenv("SPILLWAY_OBJECTS", "s3://bucket", 1);
  EXPECT_FALSE(read_settings(flags_));
  // But flags win over a directory that merely stands in the file.
  flags_.data.clear();
  flags_.config = file("c.toml", "data = \"old\"\n");
  EXPECT_TRUE(read_settings(flags_));
}

TEST_F(SettingsTest, AServerAndStoresAreTwoPlaces) {
  flags_.to = "http://127.0.0.1:8000";
  flags_.items = "dynamodb://eu-central-1";
  EXPECT_EQ(read_settings(flags_).error().code, Code::invalid_argument);
  flags_.to.clear();
  ::setenv("SPILLWAY_TO", "http://127.0.0.1:8000", 1);
  EXPECT_TRUE(read_settings(flags_).value().to.empty());
}

TEST_F(SettingsTest, ReadsStoresSpillPolicyAndServerLimits) {
  flags_.config = file("c.toml", R"(
[stores]
items = "embedded:///a"
objects = "file:///b"
[spill]
threshold_bytes = 100000
raw_encoding = true
[server]
uploads_max = 3
)");
  const auto settings = read_settings(flags_).value();
  EXPECT_EQ(settings.stores.items_url, "embedded:///a");
  EXPECT_EQ(settings.stores.objects_url, "file:///b");
  EXPECT_EQ(settings.stores.policy.threshold_bytes, 100'000u);
  EXPECT_TRUE(settings.stores.policy.raw_encoding);
  EXPECT_EQ(settings.server.at("uploads-max"), "3");
}

TEST_F(SettingsTest, APriceIsANumberOrAText) {
  for (const char* price : {"0.021", "\"0.021\""}) {
    flags_.config = file("c.toml", "[server]\nprice_s3_gb_month = " + std::string(price) + "\n");
    auto settings = read_settings(flags_);
    ASSERT_TRUE(settings) << settings.error().detail;
    EXPECT_EQ(settings.value().server.at("price-s3-gb-month"), "0.021");
  }
}

TEST_F(SettingsTest, RefusesMistakesInTheFile) {
  for (const char* text :
       {"dta = \"x\"", "[spill]\nthreshold = 1", "[sever]\nlisten = \"x\"", "data = 7",
        "[spill]\nthreshold_bytes = \"x\"", "spill = 1", "data = ", "[spill]\nthreshold_bytes = -1",
        "data = \"a\"\nto = \"b\"", "[server]\ntokens = \"in the open\""}) {
    flags_.config = file("c.toml", text);
    const auto settings = read_settings(flags_);
    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error().code, Code::invalid_argument) << text;
  }
  flags_.config = file("c.toml", "\n\ndata = = 1\n");
  EXPECT_THAT(read_settings(flags_).error().subject, HasSubstr("c.toml:3"));
  flags_.config = (folder_ / "missing.toml").string();
  EXPECT_EQ(read_settings(flags_).error().code, Code::not_found);
}

TEST_F(SettingsTest, TakesTokensFromFilesAndEnvironment) {
  flags_.token_file = file("token", "secret-of-a-client\n");
  ::setenv("SPILLWAY_TOKEN", "from-env", 1);
  EXPECT_EQ(read_settings(flags_).value().token, "secret-of-a-client");
  flags_.token_file.clear();
  EXPECT_EQ(read_settings(flags_).value().token, "from-env");
  flags_.server["tokens-file"] = file("tokens", "me:0123456789abcdef0123\n");
  EXPECT_EQ(read_settings(flags_).value().server.at("tokens"), "me:0123456789abcdef0123\n");
}

}  // namespace
}  // namespace spillway
