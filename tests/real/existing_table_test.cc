// Spillway in front of a table that an application made and goes on using, on a real DynamoDB.
#include <algorithm>
#include <set>

#include "real/tables.h"

namespace spillway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* chat_table = "ChatMessage-abc-dev";

class ExistingTable : public RealTables {
 protected:
  void SetUp() override {
    RealTables::SetUp();
    if (IsSkipped()) return;
    TableDescription table;
    table.name = chat_table;
    table.keys = {{"id", KeyType::string}, std::nullopt};
    IndexDescription index;
    index.name = "byChatSession";
    index.keys = {{"chatSessionId", KeyType::string}, KeyAttribute{"createdAt", KeyType::string}};
    index.projects = projects_;
    table.indexes = {index};
    create(table);
    mapping_.table = chat_table;
    mapping_.index = "byChatSession";
    mapping_.session = "chatSessionId";
    mapping_.content = "content.text";
    mapping_.roles = {{"assistant", "ai"}};
    spillway_ = open(mapping_);
    ASSERT_TRUE(spillway_);
  }

  Sessions& sessions() { return spillway_->sessions(); }

  static std::string time_of(int second) {
    const std::string text = std::to_string(100 + second).substr(1);
    return "2026-11-25T10:00:" + text + ".000Z";
  }

  /// An item as the application writes it.
  static Item chat_item(const std::string& id, const std::string& session, int second) {
    return {{"id", id},
            {"chatSessionId", session},
            {"owner", "user-1"},
            {"role", "ai"},
            {"content", Map{{"text", "text of " + id}}},
            {"createdAt", time_of(second)},
            {"updatedAt", time_of(second)},
            {"__typename", "ChatMessage"},
            {"responseComplete", true},
            {"artifacts", List{R"({"type": "note", "n": 1.50})"}}};
  }

  void write_directly(const Item& item) {
    WriteRequest request;
    request.table = chat_table;
    request.item = item;
    const auto written = direct_->write(request, soon());
    ASSERT_TRUE(written) << describe(written.error());
  }

  std::optional<Item> read_directly(const std::string& id) {
    GetRequest request;
    request.table = chat_table;
    request.key = {{"id", id}};
    auto read = direct_->get(request, soon());
    EXPECT_TRUE(read) << describe(read.error());
    return read ? std::move(read).value().item : std::nullopt;
  }

  /// The artifacts of the item as everybody sees them.
  List artifacts_of(const std::string& id) {
    const auto item = read_directly(id);
    const auto* list = item ? item->at("artifacts").as<List>() : nullptr;
    EXPECT_TRUE(list);
    return list ? *list : List{};
  }

  /// What a reader without Spillway gets who follows the reference.
  std::string follow(const AttributeValue& element) {
    const auto* json = element.as<std::string>();
    EXPECT_TRUE(json);
    if (!json) return "";
    EXPECT_THAT(*json, HasSubstr(R"("type":"s3_reference")"));
    EXPECT_THAT(*json, HasSubstr(R"("encoding":"raw")"));
    constexpr std::string_view before = R"("key":")";
    const std::size_t from = json->find(before) + before.size();
    const std::string key = json->substr(from, json->find('"', from) - from);
    const auto objects = open_object_store(config_.objects_url).value();
    auto source = objects->get(key, std::nullopt, soon());
    EXPECT_TRUE(source) << describe(source.error());
    return source ? read_all(*source.value(), 1ull << 30).value() : "";
  }

  std::string fetch(const std::string& session, const std::string& id,
                    const std::string& artifact) {
    const auto located = sessions().locate(session, id, artifact, soon());
    EXPECT_TRUE(located) << describe(located.error());
    if (!located) return "";
    const auto source = sessions().open_artifact(located.value(), std::nullopt, soon());
    EXPECT_TRUE(source) << describe(source.error());
    return source ? read_all(*source.value(), 1ull << 30).value() : "";
  }

  Result<SavedArtifact> put(const std::string& session, const std::string& id,
                            const std::string& artifact, std::string bytes,
                            const std::string& content_type = "application/json") {
    NewArtifact wanted;
    wanted.id = artifact;
    wanted.content_type = content_type;
    StringSource source(std::move(bytes));
    return sessions().put_artifact(session, id, wanted, source, soon());
  }

  Result<SavedMessage> post(const std::string& session, std::vector<std::string> artifacts,
                            const std::string& key = "") {
    NewMessage message;
    message.role = "assistant";
    message.content = "hello";
    message.artifacts = std::move(artifacts);
    message.idempotency_key = key;
    return sessions().post(session, message, soon());
  }

  static constexpr std::size_t listed_max = 100;  ///< no test has more

  /// Ids of all messages, page by page.
  std::vector<std::string> list(const std::string& session, std::uint32_t limit,
                                bool descending = false) {
    std::vector<std::string> ids;
    MessageQuery query;
    query.limit = limit;
    query.descending = descending;
    do {
      const auto page = sessions().messages(session, query, soon());
      EXPECT_TRUE(page) << describe(page.error());
      if (!page) break;
      EXPECT_LE(page.value().messages.size(), limit);
      for (const Message& message : page.value().messages) ids.push_back(message.id);
      query.cursor = page.value().next_cursor;
    } while (!query.cursor.empty() && ids.size() <= listed_max);
    return ids;
  }

  IndexDescription::Projects projects_ = IndexDescription::Projects::all;
  MessageTable mapping_;
  std::unique_ptr<Spillway> spillway_;
};

/// The same where the index holds keys alone.
class ExistingTableWithALeanIndex : public ExistingTable {
 protected:
  ExistingTableWithALeanIndex() { projects_ = IndexDescription::Projects::keys_only; }
};

std::string large_artifact() {
  return R"({"type":"logPlotViewer","d":)" + dense_json(500'000) + "}";
}

TEST_F(ExistingTable, ServesWhatTheApplicationWrote) {
  write_directly(chat_item("m1", "s1", 1));
  Item odd = chat_item("m2", "s1", 2);
  odd["content"] = "a plain text";
  odd["role"] = "user";
  const auto digits = Number{"12345678901234567890.5"};
  odd["artifacts"] = List{Map{{"type", "plot"}, {"depth", List{digits}}}, "\"two\""};
  write_directly(odd);
  write_directly(chat_item("m3", "s2", 3));

  MessageQuery query;
  query.artifacts = ArtifactsAs::resolved;
  const auto page = sessions().messages("s1", query, soon());
  ASSERT_TRUE(page) << describe(page.error());
  const auto& messages = page.value().messages;
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].id, "m1");
  EXPECT_EQ(messages[0].role, "assistant");
  EXPECT_EQ(messages[0].content, "text of m1");
  EXPECT_EQ(messages[0].created_at, time_of(1));
  EXPECT_EQ(messages[0].artifacts[0].value, R"({"type": "note", "n": 1.50})");
  EXPECT_EQ(messages[1].content, "a plain text");
  EXPECT_EQ(messages[1].artifacts[0].value, R"({"depth":[12345678901234567890.5],"type":"plot"})");
  EXPECT_EQ(fetch("s1", "m2", "0"), R"({"depth":[12345678901234567890.5],"type":"plot"})");
  EXPECT_EQ(fetch("s1", "m2", "a1"), "\"two\"");
  EXPECT_EQ(read_directly("m2"), odd) << "reading changes nothing";
}

TEST_F(ExistingTable, SavesMessagesInTheApplicationsForm) {
  const auto saved = post("s1", {R"({ "a" : 1 })", large_artifact()});
  ASSERT_TRUE(saved) << describe(saved.error());
  const std::string id = saved.value().message.id;
  const auto item = read_directly(id);
  ASSERT_TRUE(item);
  std::set<std::string> names;
  for (const auto& [name, value] : *item) names.insert(name);
  EXPECT_THAT(names, ElementsAre("_spillway", "artifacts", "chatSessionId", "content", "createdAt",
                                 "id", "role", "updatedAt"));
  EXPECT_EQ(item->at("role"), AttributeValue("ai"));
  EXPECT_EQ(item->at("content"), AttributeValue(Map{{"text", "hello"}}));
  EXPECT_EQ(item->at("createdAt"), AttributeValue(saved.value().message.created_at));
}

TEST_F(ExistingTable, ALargeArtifactIsAReferenceThatOthersCanFollow) {
  const std::string large = large_artifact();
  const auto saved = post("s1", {R"({ "a" : 1 })", large});
  ASSERT_TRUE(saved) << describe(saved.error());
  const Message& message = saved.value().message;
  EXPECT_EQ(message.artifacts[0].placement.storage, Storage::in_item);
  EXPECT_EQ(message.artifacts[1].placement.storage, Storage::spilled);

  const List seen = artifacts_of(message.id);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0], AttributeValue(R"({ "a" : 1 })"));
  EXPECT_EQ(follow(seen[1]), large);

  EXPECT_EQ(fetch("s1", message.id, "a1"), large);
  const auto read = sessions().message("s1", message.id, ArtifactsAs::reference, soon());
  ASSERT_TRUE(read) << describe(read.error());
  const ArtifactInfo& info = read.value().artifacts[1];
  EXPECT_EQ(info.type, "logPlotViewer");
  EXPECT_EQ(info.content_type, "application/json");
  EXPECT_EQ(info.size_bytes, large.size());
  EXPECT_EQ(info.sha256, to_hex(sha256(large)));
  const auto whole = sessions().message("s1", message.id, ArtifactsAs::resolved, soon());
  ASSERT_TRUE(whole) << describe(whole.error());
  EXPECT_EQ(whole.value().artifacts[1].value, large);
}

TEST_F(ExistingTable, UnknownAttributesSurviveEveryChange) {
  const Item before = chat_item("m1", "s1", 1);
  write_directly(before);
  const auto others_are_as_they_were = [&] {
    Item now = read_directly("m1").value_or(Item{});
    EXPECT_NE(now["updatedAt"], before.at("updatedAt"));
    for (const char* name : {"artifacts", "updatedAt"}) now[name] = before.at(name);
    now.erase("_spillway");
    EXPECT_EQ(now, before);
  };
  const std::string large = large_artifact();
  const auto added = put("s1", "m1", "a1", large);
  ASSERT_TRUE(added) << describe(added.error());
  EXPECT_TRUE(added.value().created);
  EXPECT_EQ(added.value().info.type, "logPlotViewer");
  others_are_as_they_were();
  EXPECT_EQ(follow(artifacts_of("m1")[1]), large);
  ASSERT_TRUE(put("s1", "m1", "a2", "\"small\""));
  others_are_as_they_were();
  EXPECT_EQ(artifacts_of("m1")[2], AttributeValue("\"small\""));
  const auto replaced = put("s1", "m1", "a0", "\"other\"");
  ASSERT_TRUE(replaced) << describe(replaced.error());
  EXPECT_FALSE(replaced.value().created);
  others_are_as_they_were();
  const auto removed = sessions().remove_artifact("s1", "m1", "a1", soon());
  ASSERT_TRUE(removed) << describe(removed.error());
  others_are_as_they_were();
  EXPECT_EQ(artifacts_of("m1"), (List{"\"other\"", "\"small\""}));
}

TEST_F(ExistingTable, WhatAnItemCannotHoldAnyMoreMovesOutWithASmallAddition) {
  Item full = chat_item("m1", "s1", 1);
  const std::string most = dense_json(390'000);
  full["artifacts"] = List{most};
  write_directly(full);
  const std::string more = dense_json(30'000);
  const auto added = put("s1", "m1", "a1", more);
  ASSERT_TRUE(added) << describe(added.error());
  EXPECT_EQ(follow(artifacts_of("m1")[0]), most);
  EXPECT_EQ(fetch("s1", "m1", "a0"), most);
  EXPECT_EQ(fetch("s1", "m1", "a1"), more);
}

TEST_F(ExistingTable, PartsOfAMapThatMoveOutComeBackInTheirPlace) {
  Item full = chat_item("m1", "s1", 1);
  const std::string text = base64_encode(random_bytes(140'000));
  full["artifacts"] = List{Map{{"type", "plot"}, {"x", text}, {"y", Map{{"z", text}}}}};
  write_directly(full);
  ASSERT_TRUE(put("s1", "m1", "a1", "1"));
  ASSERT_TRUE(put("s1", "m1", "a2", dense_json(50'000)));
  EXPECT_TRUE(read_directly("m1")->contains("_spillway")) << "nothing moved out";
  const std::string json = R"({"type":"plot","x":")" + text + R"(","y":{"z":")" + text + R"("}})";
  EXPECT_EQ(fetch("s1", "m1", "a0"), json);
  const auto read = sessions().message("s1", "m1", ArtifactsAs::reference, soon());
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(read.value().artifacts[0].type, "plot");
  EXPECT_EQ(read.value().artifacts[0].sha256, to_hex(sha256(json)));
}

TEST_F(ExistingTable, ManySmallArtifactsThatLeaveTogetherComeBackOneByOne) {
  std::vector<std::string> artifacts;
  for (int i = 0; i < 60; ++i) artifacts.push_back(dense_json(7'000 + static_cast<unsigned>(i)));
  const auto saved = post("s1", artifacts);
  ASSERT_TRUE(saved) << describe(saved.error());
  const std::string id = saved.value().message.id;
  EXPECT_EQ(saved.value().message.artifacts[59].placement.storage, Storage::spilled);
  for (const std::size_t i : {0u, 31u, 59u}) {
    EXPECT_EQ(fetch("s1", id, std::to_string(i)), artifacts[i]);
  }
  ASSERT_TRUE(put("s1", id, "a60", "\"one more\""));
  EXPECT_EQ(fetch("s1", id, "a60"), "\"one more\"");
  EXPECT_EQ(fetch("s1", id, "a59"), artifacts[59]);
}

TEST_F(ExistingTable, TwoGatewaysThatCountWithIfMatchLoseNothing) {
  Item item = chat_item("m1", "s1", 1);
  item["artifacts"] = List{"0"};
  write_directly(item);
  const auto other = open(mapping_);
  ASSERT_TRUE(other);
  constexpr int rounds = 25;
  const auto count_up = [](Sessions& sessions) {
    for (int done = 0; done < rounds;) {
      const auto read = sessions.message("s1", "m1", ArtifactsAs::reference, soon());
      ASSERT_TRUE(read) << describe(read.error());
      const ArtifactInfo& counter = read.value().artifacts[0];
      NewArtifact wanted;
      wanted.id = "a0";
      wanted.content_type = "application/json";
      wanted.if_match = counter.sha256;
      StringSource source(std::to_string(std::stoi(*counter.value) + 1));
      const auto put = sessions.put_artifact("s1", "m1", wanted, source, soon());
      if (put) ++done;
      ASSERT_TRUE(put || put.error().code == Code::condition_failed ||
                  put.error().code == Code::conflict)
          << describe(put.error());
    }
  };
  std::thread here([&] { count_up(sessions()); });
  count_up(other->sessions());
  here.join();
  EXPECT_EQ(artifacts_of("m1"), List{std::to_string(2 * rounds)});
}

TEST_F(ExistingTable, TakesTextAndRefusesOtherBytes) {
  write_directly(chat_item("m1", "s1", 1));
  const Item before = *read_directly("m1");
  for (const std::size_t size : {10u, 200'000u}) {
    const auto refused = put("s1", "m1", "a1", std::string(size, '\xFF'), "image/png");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unsupported);
  }
  const auto elsewhere = put("s1", "m1", "plot", "1");
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().code, Code::invalid_argument);
  EXPECT_THAT(elsewhere.error().detail, HasSubstr("a1"));
  EXPECT_EQ(*read_directly("m1"), before);
  const std::string text = "Zeile \xC3\xA9\n";
  ASSERT_TRUE(put("s1", "m1", "a1", text, "text/plain"));
  EXPECT_EQ(artifacts_of("m1")[1], AttributeValue(text));
  EXPECT_EQ(fetch("s1", "m1", "a1"), text);
  NewMessage lenient;
  lenient.role = "user";
  lenient.on_failure = OnFailure::placeholder;
  EXPECT_EQ(sessions().post("s1", lenient, soon()).error().code, Code::unsupported);
}

TEST_F(ExistingTable, ARepeatedRequestSavesOneMessage) {
  const auto first = post("s1", {"1"}, "key");
  const auto second = post("s1", {"1"}, "key");
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(second.value().repeated);
  EXPECT_EQ(second.value().message.id, first.value().message.id);
  EXPECT_EQ(list("s1", 10).size(), 1u);
}

TEST_F(ExistingTable, ListsASessionInOrderPageByPage) {
  std::vector<std::string> in_time;
  for (int i = 0; i < 23; ++i) {
    const std::string id = "m" + std::to_string(100 + i);
    write_directly(chat_item(id, "s1", i / 2));  // two at a time
    write_directly(chat_item("other-" + id, "s2", i));
    in_time.push_back(id);
  }
  for (const bool descending : {false, true}) {
    const auto ids = list("s1", 5, descending);
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()),
              std::set<std::string>(in_time.begin(), in_time.end()));
    std::vector<std::string> times;
    for (const std::string& id : ids) {
      times.push_back(*read_directly(id)->at("createdAt").as<std::string>());
    }
    if (descending) std::reverse(times.begin(), times.end());
    EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  }
  EXPECT_EQ(list("s1", 23).size(), 23u);
  MessageQuery query;
  query.cursor = "AAAA";
  EXPECT_EQ(sessions().messages("s1", query, soon()).error().code, Code::invalid_argument);
}

TEST_F(ExistingTableWithALeanIndex, ListsASessionThroughIt) {
  write_directly(chat_item("m1", "s1", 1));
  ASSERT_TRUE(post("s1", {large_artifact()}));
  EXPECT_EQ(list("s1", 1).size(), 2u);
}

TEST_F(ExistingTable, KeepsSessionsApart) {
  write_directly(chat_item("m1", "s1", 1));
  const auto code = [](const auto& result) {
    return result.has_value() ? Code::internal : result.error().code;
  };
  EXPECT_EQ(code(sessions().message("s2", "m1", ArtifactsAs::reference, soon())), Code::not_found);
  EXPECT_EQ(code(sessions().remove_message("s2", "m1", soon())), Code::not_found);
  EXPECT_EQ(code(put("s2", "m1", "a1", "1")), Code::not_found);
  EXPECT_EQ(code(sessions().messages("s2", {}, soon())), Code::not_found);
  EXPECT_TRUE(read_directly("m1"));
}

TEST_F(ExistingTable, RemovesAMessageAndASessionAndNothingElse) {
  for (int i = 0; i < 7; ++i) write_directly(chat_item("m" + std::to_string(i), "s1", i));
  write_directly(chat_item("kept", "s2", 1));
  const auto large = post("s1", {large_artifact()});
  ASSERT_TRUE(large);
  ASSERT_TRUE(sessions().remove_message("s1", "m3", soon()));
  EXPECT_FALSE(read_directly("m3"));
  EXPECT_EQ(sessions().remove_message("s1", "m3", soon()).error().code, Code::not_found);

  const auto removed = sessions().remove_session("s1", soon());
  ASSERT_TRUE(removed) << describe(removed.error());
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(read_directly("m" + std::to_string(i)));
  EXPECT_FALSE(read_directly(large.value().message.id));
  EXPECT_TRUE(read_directly("kept"));
  EXPECT_EQ(sessions().remove_session("s1", soon()).error().code, Code::not_found);
  const auto checked = spillway_->items().fsck({}, soon());
  ASSERT_TRUE(checked) << describe(checked.error());
  EXPECT_THAT(checked.value().problems, testing::IsEmpty());
}

TEST_F(ExistingTable, IsNeverMadeOrAlteredAndMistakesAreTold) {
  const auto described = direct_->administer(DescribeTable{chat_table}, soon()).value();
  const auto refusal = [&](const MessageTable& mapping, const ItemsConfig& config) {
    const auto opened = Spillway::open(config, mapping);
    EXPECT_FALSE(opened);
    return opened ? "" : opened.error().subject;
  };
  MessageTable missing = mapping_, wrong_index = mapping_, wrong_id = mapping_;
  missing.table = "ChatMessage-abc-prod";
  wrong_index.index = "bySession";
  wrong_id.id = "messageId";
  EXPECT_EQ(refusal(missing, config_), "messages.table");
  EXPECT_EQ(refusal(wrong_index, config_), "messages.index");
  EXPECT_EQ(refusal(wrong_id, config_), "messages.id");
  ItemsConfig compressing = config_;
  compressing.policy.raw_encoding = false;
  EXPECT_EQ(refusal(mapping_, compressing), "spill.raw_encoding");

  const auto tables = direct_->administer(ListTables{}, soon()).value();
  std::set<std::string> names;
  for (const TableDescription& table : tables) names.insert(table.name);
  EXPECT_FALSE(names.contains("ChatMessage-abc-prod"));
  EXPECT_FALSE(names.contains("spillway_messages"));
  const auto now = direct_->administer(DescribeTable{chat_table}, soon()).value();
  EXPECT_EQ(now.front().id, described.front().id);
  EXPECT_EQ(now.front().indexes.size(), described.front().indexes.size());
}

}  // namespace
}  // namespace spillway
