// Messages in a table of other programs: items written, read and changed in their form.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "artifact/ids.h"
#include "artifact/json_inspector.h"
#include "artifact/message_item.h"
#include "artifact/plain_json.h"
#include "dynamo/json.h"
#include "unit/artifact/artifact_test.h"

namespace spillway {
namespace {

using testing::HasSubstr;

MessageTable chat_table() {
  MessageTable table;
  table.table = "ChatMessage-abc-dev";
  table.index = "byChatSession";
  table.session = "chatSessionId";
  table.content = "content.text";
  table.roles = {{"assistant", "ai"}};
  return table;
}

/// The table that chat_table() describes.
TableDescription chat_description() {
  TableDescription table;
  table.name = "ChatMessage-abc-dev";
  table.keys = {{"id", KeyType::string}, std::nullopt};
  IndexDescription index;
  index.name = "byChatSession";
  index.keys = {{"chatSessionId", KeyType::string}, KeyAttribute{"createdAt", KeyType::string}};
  table.indexes = {index};
  return table;
}

class Mapped : public ArtifactTest {
 protected:
  LoadedMessage load(const std::string& json) {
    auto loaded = load_message(items(), layout_, item_from_json(json).value(), soon());
    EXPECT_TRUE(loaded) << describe(loaded.error());
    return loaded ? std::move(loaded).value() : LoadedMessage{};
  }

  static Message message() {
    Message message;
    message.id = "m1";
    message.session = "s1";
    message.role = "assistant";
    message.content = "hello";
    message.created_at = "2026-11-25T10:00:00.000Z";
    message.artifacts.resize(2);
    return message;
  }

  MessageLayout layout_{chat_table()};
};

constexpr const char* stored_message = R"({
  "id": {"S": "m1"}, "chatSessionId": {"S": "s1"}, "role": {"S": "ai"},
  "content": {"M": {"text": {"S": "hello"}}},
  "createdAt": {"S": "2026-11-25T10:00:00.000Z"}, "updatedAt": {"S": "2026-11-25T10:00:00.000Z"},
  "artifacts": {"L": [{"S": "{\"type\": \"note\",\"n\":1.50}"}, {"S": "[1, 2]"}]}})";

TEST_F(Mapped, WritesAMessageInTheApplicationsOwnForm) {
  const Item item =
      message_item(layout_, message(), {{R"({"type": "note","n":1.50})"}, {"[1, 2]"}});
  EXPECT_EQ(to_json(item), to_json(item_from_json(stored_message).value()));
}

TEST_F(Mapped, ReadsAMessageBackByteForByte) {
  const LoadedMessage loaded = load(stored_message);
  EXPECT_EQ(loaded.message.id, "m1");
  EXPECT_EQ(loaded.message.session, "s1");
  EXPECT_EQ(loaded.message.role, "assistant");
  EXPECT_EQ(loaded.message.content, "hello");
  EXPECT_EQ(loaded.message.created_at, "2026-11-25T10:00:00.000Z");
  ASSERT_EQ(loaded.message.artifacts.size(), 2u);
  const ArtifactInfo& note = loaded.message.artifacts[0];
  const std::string text = R"({"type": "note","n":1.50})";
  EXPECT_EQ(note.id, "a0");
  EXPECT_EQ(note.type, "note");
  EXPECT_EQ(note.content_type, "application/json");
  EXPECT_EQ(note.value, text);
  EXPECT_EQ(note.size_bytes, text.size());
  EXPECT_EQ(note.sha256, to_hex(sha256(text)));
  EXPECT_EQ(loaded.message.artifacts[1].value, "[1, 2]");
}

TEST_F(Mapped, ReadsWhatOthersWrote) {
  const LoadedMessage loaded = load(R"({
    "id": {"S": "m2"}, "chatSessionId": {"S": "s1"}, "role": {"S": "moderator"},
    "content": {"S": "as it is"}, "owner": {"S": "me"},
    "artifacts": {"L": [
      {"M": {"messageContentType": {"S": "log_plot_viewer"}, "wellName": {"S": "W"},
             "logData": {"M": {"DEPT": {"L": [{"N": "12345678901234567890.5"}, {"NULL": true}]}}}}},
      {"L": [{"BOOL": true}, {"N": "1E+100"}]}, {"S": "not JSON: {"}]}})");
  EXPECT_EQ(loaded.message.role, "moderator");
  EXPECT_EQ(loaded.message.content, "as it is");
  ASSERT_EQ(loaded.message.artifacts.size(), 3u);
  const ArtifactInfo& plot = loaded.message.artifacts[0];
  EXPECT_EQ(plot.value, R"({"logData":{"DEPT":[12345678901234567890.5,null]},)"
                        R"("messageContentType":"log_plot_viewer","wellName":"W"})");
  EXPECT_EQ(plot.size_bytes, plot.value->size());
  EXPECT_EQ(plot.type, "log_plot_viewer");
  EXPECT_EQ(plot.name, "W");
  EXPECT_EQ(loaded.message.artifacts[1].value, "[true,1" + std::string(100, '0') + "]");
  EXPECT_EQ(loaded.message.artifacts[2].value, "not JSON: {");
  EXPECT_EQ(loaded.message.artifacts[2].content_type, "text/plain; charset=utf-8");
}

TEST_F(Mapped, TakesItemsThatHaveLittleOrOddParts) {
  const auto of = [&](const std::string& more) {
    return load(R"({"id":{"S":"m"},"chatSessionId":{"S":"s"})" + more + "}");
  };
  EXPECT_EQ(of("").message.content, "");
  EXPECT_TRUE(of("").message.artifacts.empty());
  EXPECT_EQ(of(R"(,"content":{"NULL":true},"artifacts":{"NULL":true})").message.content, "");
  EXPECT_EQ(of(R"(,"content":{"M":{"parts":{"L":[{"S":"x"}]}}})").message.content,
            R"({"parts":["x"]})");
  const LoadedMessage odd = of(R"(,"artifacts":{"S":"[]"})");
  ASSERT_EQ(odd.message.artifacts.size(), 1u);
  ASSERT_TRUE(odd.message.artifacts[0].error);
  EXPECT_EQ(odd.message.artifacts[0].error->code, Code::corrupt);
}

TEST_F(Mapped, WhatIsWrittenIsRead) {
  const bool held = rc::check([&](const std::vector<std::string>& bytes) {
    Message sent = message();
    std::vector<ArtifactValues> values;
    for (const std::string& one : bytes) values.push_back({base64_encode(one)});
    sent.artifacts.resize(values.size());
    const Item item = message_item(layout_, sent, values);
    const auto read = load_message(items(), layout_, item, soon());
    RC_ASSERT(read.has_value());
    RC_ASSERT(read.value().values.size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      RC_ASSERT(read.value().values[i].body == values[i].body);
    }
    RC_ASSERT(read.value().message.role == sent.role);
    RC_ASSERT(read.value().message.content == sent.content);
  });
  EXPECT_TRUE(held);
}

/// What the item becomes; nullopt when the condition does not hold for it.
std::optional<Item> applied(const WriteRequest& request, Item item) {
  const auto condition = Condition::parse(request.condition, request.names, request.values);
  EXPECT_TRUE(condition) << describe(condition.error());
  if (!condition.value().evaluate(&item).value()) return std::nullopt;
  const auto update = Update::parse(request.update, request.names, request.values);
  EXPECT_TRUE(update) << describe(update.error());
  EXPECT_TRUE(update.value().apply(item));
  return item;
}

TEST_F(Mapped, ChangesArtifactsAndLeavesWhatItDoesNotKnow) {
  Item item = item_from_json(stored_message).value();
  item["__typename"] = "ChatMessage";
  item["_version"] = number(7);
  const auto load_of = [&](const Item& one) { return load(to_json(one)); };
  const MessageVersion version = load_of(item).version;

  const auto added = applied(layout_.set_artifact("s1", "m1", version, 2, "\"third\""), item);
  ASSERT_TRUE(added);
  EXPECT_EQ(*load_of(*added).message.artifacts[2].value, "\"third\"");
  const auto replaced = applied(layout_.set_artifact("s1", "m1", version, 0, "0"), item);
  ASSERT_TRUE(replaced);
  EXPECT_EQ(*load_of(*replaced).message.artifacts[0].value, "0");
  const auto removed = applied(layout_.remove_artifact("s1", "m1", version, 0), item);
  ASSERT_TRUE(removed);
  EXPECT_EQ(*load_of(*removed).message.artifacts[0].value, "[1, 2]");
  for (Item changed : {*added, *replaced, *removed}) {
    EXPECT_NE(changed.at("updatedAt"), item.at("updatedAt"));
    changed["artifacts"] = item.at("artifacts");
    changed["updatedAt"] = item.at("updatedAt");
    EXPECT_EQ(changed, item);
  }
}

TEST_F(Mapped, ChangesNothingOfAMessageThatChangedSince) {
  const Item item = item_from_json(stored_message).value();
  const MessageVersion version = load(stored_message).version;
  Item other_time = item, other_count = item, other_session = item;
  other_time["updatedAt"] = "2026-11-25T11:00:00.000Z";
  other_count["artifacts"] = List{"one"};
  other_session["chatSessionId"] = "s2";
  for (const Item& changed : {other_time, other_count, other_session, Item{{"id", "m1"}}}) {
    EXPECT_FALSE(applied(layout_.set_artifact("s1", "m1", version, 0, "0"), changed));
    EXPECT_FALSE(applied(layout_.remove_artifact("s1", "m1", version, 0), changed));
  }
}

TEST_F(Mapped, GivesAFirstListAndATimeOfChangeToAMessageWithout) {
  for (const char* artifacts : {"", R"(,"artifacts":{"NULL":true})"}) {
    const std::string json =
        R"({"id":{"S":"m1"},"chatSessionId":{"S":"s1"})" + std::string(artifacts) + "}";
    const auto item = item_from_json(json).value();
    const WriteRequest request =
        layout_.set_artifact("s1", "m1", load(json).version, 0, "\"first\"");
    const auto changed = applied(request, item);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->at("artifacts"), AttributeValue(List{"\"first\""}));
    EXPECT_FALSE(applied(request, *changed)) << "it has a time of change now";
  }
}

TEST_F(Mapped, CursorsLeadBehindTheirMessage) {
  const std::string cursor = layout_.cursor_behind(message());
  const auto start = layout_.start_after("s1", cursor);
  ASSERT_TRUE(start);
  EXPECT_EQ(
      *start,
      (Item{{"id", "m1"}, {"chatSessionId", "s1"}, {"createdAt", "2026-11-25T10:00:00.000Z"}}));
  for (const std::string& wrong : {std::string("x"), std::string("%%%"), base64url_encode("m1"),
                                   base64url_encode("\nm1"), base64url_encode("2026\n")}) {
    EXPECT_FALSE(layout_.start_after("s1", wrong)) << wrong;
  }
}

TEST_F(Mapped, TellsOutsideReadersWhatAReferenceIs) {
  const Labeller labels = layout_.labels("s1");
  const List artifacts{R"({"type":"logPlotViewer"})", "plain"};
  EXPECT_EQ(labels(artifacts, "artifacts[0]").original_type, "logPlotViewer");
  EXPECT_EQ(labels(artifacts, "artifacts[0]").content_type, "application/json");
  EXPECT_EQ(labels(artifacts, "artifacts[0]").session, "s1");
  EXPECT_EQ(labels(artifacts, "artifacts[1]").content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(labels(Map{}, "content").session, "s1");
  EXPECT_EQ(labels(Map{}, "content").content_type, "");
}

TEST(Mapping, FitsTheTableThatItDescribes) {
  const auto fits = check_mapping(chat_table(), chat_description());
  EXPECT_TRUE(fits) << describe(fits.error());
}

TEST(Mapping, SaysWhatToSet) {
  const auto complaint = [](MessageTable mapping, TableDescription table) {
    const auto checked = check_mapping(mapping, table);
    EXPECT_FALSE(checked);
    return checked ? "" : checked.error().subject + ": " + checked.error().detail;
  };
  MessageTable mapping = chat_table();
  mapping.id = "messageId";
  EXPECT_THAT(complaint(mapping, chat_description()), HasSubstr("messages.id: the key of"));
  EXPECT_THAT(complaint(mapping, chat_description()), HasSubstr("is id (S); set id"));

  TableDescription table = chat_description();
  table.keys.partition.type = KeyType::number;
  EXPECT_THAT(complaint(chat_table(), table), HasSubstr("is id (N)"));
  table = chat_description();
  table.keys.sort = KeyAttribute{"createdAt", KeyType::string};
  EXPECT_THAT(complaint(chat_table(), table), HasSubstr("is id (S) and createdAt (S)"));

  mapping = chat_table();
  mapping.index = "bySession";
  EXPECT_THAT(complaint(mapping, chat_description()),
              HasSubstr("the table has byChatSession by chatSessionId (S) and createdAt (S)"));
  mapping = chat_table();
  mapping.created_at = "sentAt";
  EXPECT_THAT(complaint(mapping, chat_description()), HasSubstr("messages.index"));
  table = chat_description();
  table.indexes[0].keys.sort->type = KeyType::number;
  EXPECT_THAT(complaint(chat_table(), table), HasSubstr("createdAt (N)"));
  table.indexes.clear();
  EXPECT_THAT(complaint(chat_table(), table), HasSubstr("the table has no index"));

  mapping = chat_table();
  mapping.role = "content";
  EXPECT_THAT(complaint(mapping, chat_description()),
              HasSubstr("messages.content: the attribute content has two"));
  mapping = chat_table();
  mapping.content = "content..text";
  EXPECT_THAT(complaint(mapping, chat_description()), HasSubstr("messages.content"));
  mapping = chat_table();
  mapping.roles = {{"assistant", "user"}};
  EXPECT_THAT(complaint(mapping, chat_description()), HasSubstr("a name of its own"));
}

TEST_F(Mapped, NeedsTheTableAndIsRefusedWhereThereIsNone) {
  const auto opened = Sessions::open(items(), chat_table());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::invalid_argument);
  EXPECT_EQ(opened.error().subject, "messages.table");
  const auto tables = items().administer(ListTables{}, soon()).value();
  for (const TableDescription& table : tables) EXPECT_NE(table.name, "ChatMessage-abc-dev");
}

TEST(PlainJson, SpellsEveryType) {
  const Item item = item_from_json(R"({
    "b": {"B": "AAE="}, "bs": {"BS": ["AAE="]}, "f": {"BOOL": false}, "l": {"L": []},
    "m": {"M": {}}, "n": {"N": "-0.25"}, "ns": {"NS": ["1", "2"]}, "s": {"S": "\"\n"},
    "ss": {"SS": ["a", "b"]}, "z": {"NULL": true}})")
                        .value();
  EXPECT_EQ(plain_json(item),
            R"({"b":"AAE=","bs":["AAE="],"f":false,"l":[],"m":{},"n":-0.25,"ns":[1,2],)"
            R"("s":"\"\n","ss":["a","b"],"z":null})");
}

RC_GTEST_PROP(Utf8Checker, AgreesWithTheWholeTextHoweverItIsCut,
              (std::vector<std::uint8_t> picks, const std::vector<std::uint8_t>& cuts)) {
  constexpr std::array<std::string_view, 8> parts{
      "a",    "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
      "\xC3", "\x80",     "\xF0\x9F",     "\xED\xA0\x80"};
  std::string text;
  // Sound characters mostly: a text with one bad byte says little about the others.
  for (const std::uint8_t pick : picks) text += parts[pick < 240 ? pick % 4 : 4 + pick % 4];
  Utf8Checker checker;
  bool sound = true;
  std::string_view rest = text;
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const std::size_t n =
        std::min<std::size_t>(rest.size(), cuts.empty() ? 1 : 1 + cuts[i % cuts.size()] % 7);
    sound = checker.feed(rest.substr(0, n)) && sound;
    rest.remove_prefix(n);
  }
  RC_ASSERT((sound && checker.finish()) == is_utf8(text));
}

TEST(JsonInspector, TakesTheContentTypeForATypeWhereThereIsNoOther) {
  EXPECT_EQ(inspect_json(R"({"messageContentType":"log_plot_viewer"})").value().type,
            "log_plot_viewer");
  EXPECT_EQ(inspect_json(R"({"messageContentType":"log_plot_viewer","type":"logPlotViewer"})")
                .value()
                .type,
            "logPlotViewer");
}

}  // namespace
}  // namespace spillway
