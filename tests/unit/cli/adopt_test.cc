// References of applications: found wherever they stand, and taken over exactly or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/digest.h"
#include "base/random.h"
#include "cli/commands.h"
#include "cli/foreign_reference.h"
#include "object/object_store.h"
#include "spillway/spillway.h"

namespace spillway {
namespace {

using testing::HasSubstr;

Map reference(const std::string& key, std::int64_t bytes) {
  return Map{{"type", "s3_reference"},
             {"bucket", "embedded"},
             {"key", key},
             {"size", number(bytes)},
             {"contentType", "text/plain"}};
}

TEST(ForeignReferences, AreFoundInMapsListsAndStrings) {
  const std::string text =
      R"({"type":"s3_reference","bucket":"b","key":"k","size":7,"originalType":"plot"})";
  Item item{{"id", "1"},
            {"a.b", Map{{"list", List{"x", reference("k1", 5)}}}},
            {"text", text},
            {"no key", Map{{"type", "s3_reference"}, {"bucket", "b"}}},
            {"a word", "s3_reference"}};
  std::vector<ForeignReference> found;
  for (const auto& [name, value] : item) {
    for (ForeignReference& one : find_references(name, value)) found.push_back(std::move(one));
  }
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].path, "a.b.list[1]");
  EXPECT_EQ(found[0].place, "#p0.#p1[1]");
  EXPECT_EQ(found[0].names, (Names{{"#p0", "a.b"}, {"#p1", "list"}}));
  EXPECT_EQ(found[0].size_bytes, 5u);
  EXPECT_FALSE(found[0].is_string);
  EXPECT_EQ(found[1].path, "text");
  EXPECT_TRUE(found[1].is_string);
  EXPECT_EQ(found[1].old, AttributeValue(text));
  EXPECT_EQ(found[1].original_type, "plot");
}

TEST(PlainJson, KeepsEveryDigitOrRefuses) {
  const auto value = value_from_plain_json(
      R"({"n": 12345678901234567890123456789012345678, "x": 2.50, "t": [true, null, "\u00e9"]})");
  EXPECT_EQ(value.value(),
            AttributeValue(Map{{"n", Number{"12345678901234567890123456789012345678"}},
                               {"x", Number{"2.5"}},
                               {"t", List{true, Null{}, "é"}}}));
  for (const char* bad : {"[123456789012345678901234567890123456789]", "[1e999]",
                          R"({"a":1,"a":2})", "{} {}", "{", "[1.2.3]", "[\"\xff\"]"}) {
    EXPECT_FALSE(value_from_plain_json(bad)) << bad;
  }
  EXPECT_FALSE(value_from_plain_json(std::string(40, '[') + std::string(40, ']')));
}

class Adopt : public testing::Test {
 protected:
  Adopt() : folder_(std::filesystem::temp_directory_path() / ("adopt-" + random_id())) {
    settings_.data = folder_.string();
    settings_.stores = embedded_config(settings_.data);
    std::filesystem::create_directories(folder_);
    CreateTable create;
    create.table.name = "orders";
    create.table.keys.partition = {"id", KeyType::string};
    EXPECT_TRUE(stores()->items().administer(create, never_));
  }
  ~Adopt() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Spillway> stores() { return Spillway::open(settings_.stores).value(); }

  void object(const std::string& key, const std::string& bytes) {
    StringSource source(bytes);
    const auto objects = open_object_store(settings_.stores.objects_url).value();
    ASSERT_TRUE(objects->put(key, source, {}, never_));
  }

  void put(const std::string& id, AttributeValue body) {
    WriteRequest request;
    request.table = "orders";
    request.item = {{"id", id}, {"body", std::move(body)}};
    ASSERT_TRUE(stores()->items().write(request, never_).value().result.applied);
  }

  AttributeValue body(const std::string& id) {
    GetRequest request;
    request.table = "orders";
    request.key = {{"id", id}};
    return stores()->items().get(request, Hydrate::whole, never_).value().item->at("body");
  }

  Exit run(bool dry_run = false) {
    testing::internal::CaptureStdout();
    const Exit exit = run_adopt(
        Console(false, true), settings_,
        {.tables = {"orders"}, .attributes = {"body"}, .key_prefix = "app/", .dry_run = dry_run});
    output_ = testing::internal::GetCapturedStdout();
    return exit;
  }

  std::filesystem::path folder_;
  Settings settings_;
  std::string output_;
  const Deadline never_ = Deadline::never();
};

TEST_F(Adopt, TakesOverStringsAndMapsOfAnySize) {
  const std::string text = base64_encode(random_bytes(700'000));
  const std::string json = R"({"values":[)" + std::string(30, '7') + "]}";
  object("app/text", text);
  object("app/json", json);
  put("long", R"({"type":"s3_reference","bucket":"embedded","key":"app/text","size":)" +
                  std::to_string(text.size()) + "}");
  put("map", reference("app/json", static_cast<std::int64_t>(json.size())));
  EXPECT_EQ(run(true), Exit::ok) << output_;
  EXPECT_THAT(output_, HasSubstr("would adopt 2"));
  EXPECT_EQ(body("map"), AttributeValue(reference("app/json", static_cast<int>(json.size()))));
  EXPECT_EQ(run(), Exit::ok) << output_;
  EXPECT_EQ(body("long"), AttributeValue(text));
  EXPECT_EQ(body("map"), value_from_plain_json(json).value());
  EXPECT_EQ(run(), Exit::ok);
  EXPECT_THAT(output_, HasSubstr("0 references"));
}

TEST_F(Adopt, LeavesAloneWhatItCannotTakeOverExactly) {
  object("app/number", "[1234567890123456789012345678901234567890]");
  object("app/latin1", "caf\xe9 " + std::string(400'000, 'x'));
  const AttributeValue number_reference = reference("app/number", 42);
  put("number", number_reference);
  put("latin1", R"({"type":"s3_reference","bucket":"embedded","key":"app/latin1"})");
  put("size", reference("app/number", 41));
  put("missing", reference("app/none", 1));
  EXPECT_EQ(run(), Exit::partly);
  EXPECT_THAT(output_, HasSubstr("not one that DynamoDB holds exactly"));
  EXPECT_THAT(output_, HasSubstr("not UTF-8"));
  EXPECT_THAT(output_, HasSubstr("says 41 bytes, the object has 42"));
  EXPECT_THAT(output_, HasSubstr("app/none is missing"));
  EXPECT_EQ(body("number"), number_reference);
}

}  // namespace
}  // namespace spillway
