// What DynamoDB alone does, on AWS's own DynamoDB Local; the contract is in item_stores.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <set>
#include <thread>

#include "base/random.h"
#include "dynamo/json.h"
#include "dynamo/number.h"
#include "item/item_store.h"
#include "net/url.h"

namespace spillway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = WriteRequest::Kind;

class RealDynamo : public testing::Test {
 protected:
  void SetUp() override {
    const char* endpoint = getenv("SPILLWAY_TEST_DYNAMODB");
    if (endpoint == nullptr || *endpoint == '\0')
      GTEST_SKIP() << "no server: SPILLWAY_TEST_DYNAMODB is empty";
    store_ = open_item_store(url(random_id() + "-")).value();
    const TableDescription table{"items", {{"pk", KeyType::string}, std::nullopt}, {}};
    const auto made = store_->administer(CreateTable{table}, soon());
    ASSERT_TRUE(made) << describe(made.error());
  }

  static std::string url(const std::string& prefix) {
    return "dynamodb://us-east-1?endpoint=" + uri_encode(getenv("SPILLWAY_TEST_DYNAMODB")) +
           "&prefix=" + prefix;
  }
  static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

  static WriteRequest write_of(Kind kind, Item item, const std::string& condition = "",
                               Values values = {}) {
    WriteRequest request;
    request.kind = kind;
    request.table = "items";
    request.item = std::move(item);
    request.condition = condition;
    request.values = std::move(values);
    return request;
  }
  static WriteRequest add_one(const std::string& key) {
    WriteRequest request = write_of(Kind::update, {{"pk", key}});
    request.update = "ADD n :one";
    request.values = {{":one", number(1)}};
    return request;
  }
  Result<WriteResult> put(Item item) {
    return store_->write(write_of(Kind::put, std::move(item)), soon());
  }
  std::optional<Item> get(const std::string& key, const std::string& table = "items") {
    auto result = store_->get({table, {{"pk", key}}, true, "", {}}, soon());
    EXPECT_TRUE(result) << describe(result.error());
    return result ? result.value().item : std::nullopt;
  }

  std::unique_ptr<ItemStore> store_;
};

TEST_F(RealDynamo, NumbersPassExactly) {
  const Item item{{"pk", "a"},
                  {"long", parse_number("12345678901234567890123456789012345678").value()},
                  {"small", parse_number("-1.2345678901234567890123456789012345678E-100").value()},
                  {"set", NumberSet{{"-0.5", parse_number("1E+100").value().text}}}};
  ASSERT_TRUE(put(item));
  EXPECT_EQ(to_json(get("a").value()), to_json(item));
}

TEST_F(RealDynamo, TextAndBytesPassExactly) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  std::string text;
  for (char c = 0; c < 127; ++c) text += c;
  const Item item{{"pk", "a"},
                  {"b", Binary{bytes}},
                  {"s", text + "\xc3\xa9\xf0\x9f\x98\x80\xe2\x80\xa8"},
                  {"\"name\\ \n", "v"}};
  const auto written = put(item);
  ASSERT_TRUE(written) << describe(written.error());
  EXPECT_EQ(get("a"), item);
}

TEST_F(RealDynamo, SubstitutionsThatNothingUsesAreNotSent) {
  WriteRequest request = write_of(Kind::put, {{"pk", "a"}}, "#v = :v OR attribute_not_exists(#v)",
                                  {{":v", number(1)}, {":unused", number(2)}});
  request.names = {{"#v", "v"}, {"#unused", "w"}};
  const auto written = store_->write(request, soon());
  ASSERT_TRUE(written) << describe(written.error());
  EXPECT_TRUE(written.value().applied);
}

TEST_F(RealDynamo, CancellationReasonsTellOfEveryAction) {
  ASSERT_TRUE(put({{"pk", "a"}, {"v", number(1)}}));
  const Values two{{":two", number(2)}};
  const auto result = store_
                          ->transact({write_of(Kind::put, {{"pk", "b"}}),
                                      write_of(Kind::check, {{"pk", "a"}}, "v = :two", two),
                                      write_of(Kind::remove, {{"pk", "c"}}, "v = :two", two)},
                                     "", soon())
                          .value();
  EXPECT_FALSE(result.applied);
  ASSERT_EQ(result.actions.size(), 3u);
  EXPECT_TRUE(result.actions[0].condition_held);
  EXPECT_FALSE(result.actions[1].condition_held);
  EXPECT_EQ(result.actions[1].prior, (Item{{"pk", "a"}, {"v", number(1)}}));
  EXPECT_FALSE(result.actions[2].condition_held);
  EXPECT_FALSE(result.actions[2].prior);
}

TEST_F(RealDynamo, AnActionThatIsTooLargeIsNamed) {
  ASSERT_TRUE(put({{"pk", "b"}, {"v", std::string(300'000, 'x')}}));
  WriteRequest grow = write_of(Kind::update, {{"pk", "b"}});
  grow.update = "SET w = :v";
  grow.values = {{":v", std::string(200'000, 'y')}};
  const auto result = store_->transact({write_of(Kind::put, {{"pk", "a"}}), grow}, "", soon());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::too_large) << describe(result.error());
  EXPECT_THAT(result.error().detail, HasSubstr("action 1"));
  EXPECT_EQ(result.error().effect, Effect::none);
  EXPECT_FALSE(get("a"));
}

TEST_F(RealDynamo, ConcurrentTransactionsOnTheSameItemsLoseNothing) {
  constexpr int threads = 6, rounds = 10;
  std::atomic<int> applied{0};
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      for (int i = 0; i < rounds; ++i) {
        const auto result = store_->transact({add_one("a"), add_one("b")}, "", soon());
        if (result) {
          applied += result.value().applied ? 1 : 0;
        } else {
          EXPECT_EQ(result.error().code, Code::conflict) << describe(result.error());
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_GT(applied, 0);
  EXPECT_EQ(get("a")->at("n"), number(applied));
  EXPECT_EQ(get("b")->at("n"), number(applied));
}

TEST_F(RealDynamo, LongTokensApplyOnceToo) {
  const std::string token(80, 't');
  EXPECT_TRUE(store_->transact({add_one("a")}, token, soon()).value().applied);
  EXPECT_TRUE(store_->transact({add_one("a")}, token, soon()).value().applied);
  EXPECT_TRUE(store_->transact({add_one("a")}, "", soon()).value().applied);
  EXPECT_TRUE(store_->transact({add_one("a")}, "", soon()).value().applied);
  EXPECT_EQ(get("a")->at("n"), number(3));
}

TEST_F(RealDynamo, TransactionsBillTwice) {
  const Item item{{"pk", "a"}, {"v", std::string(1500, 'x')}};
  EXPECT_EQ(put(item).value().capacity.write_units, 2);
  EXPECT_EQ(store_->transact({write_of(Kind::put, item)}, "", soon()).value().capacity.write_units,
            4);
  QueryRequest scan;
  scan.table = "items";
  EXPECT_EQ(store_->query(scan, soon()).value().capacity.read_units, 1);
}

TEST_F(RealDynamo, TablesHaveIndexesThatAreDescribedAndQueried) {
  TableDescription table{
      "indexed", {{"pk", KeyType::string}, KeyAttribute{"sk", KeyType::number}}, {}};
  table.indexes.push_back({"by-date",
                           {{"pk", KeyType::string}, KeyAttribute{"date", KeyType::string}},
                           true,
                           IndexDescription::Projects::keys_only,
                           {}});
  table.indexes.push_back({"by-owner",
                           {{"owner", KeyType::string}, std::nullopt},
                           false,
                           IndexDescription::Projects::include,
                           {"title"}});
  const auto made = store_->administer(CreateTable{table}, soon());
  ASSERT_TRUE(made) << describe(made.error());
  const auto described = store_->administer(DescribeTable{"indexed"}, soon()).value();
  ASSERT_EQ(described[0].indexes.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(described[0].indexes[i].name, table.indexes[i].name);
    EXPECT_EQ(described[0].indexes[i].local, table.indexes[i].local);
    EXPECT_EQ(described[0].indexes[i].projects, table.indexes[i].projects);
    EXPECT_EQ(described[0].indexes[i].included, table.indexes[i].included);
    EXPECT_EQ(described[0].indexes[i].keys.partition.name, table.indexes[i].keys.partition.name);
  }
  WriteRequest write =
      write_of(Kind::put,
               {{"pk", "a"}, {"sk", number(1)}, {"owner", "me"}, {"title", "t"}, {"body", "long"}});
  write.table = "indexed";
  ASSERT_TRUE(store_->write(write, soon()));
  QueryRequest query;
  query.table = "indexed";
  query.index = "by-owner";
  query.key_condition = "#o = :o";
  query.names = {{"#o", "owner"}};
  query.values = {{":o", "me"}};
  EXPECT_EQ(store_->query(query, soon()).error().code, Code::invalid_argument)
      << "a global index is never read consistently";
  query.consistent = false;
  EXPECT_THAT(store_->query(query, soon()).value().items,
              ElementsAre(Item{{"pk", "a"}, {"sk", number(1)}, {"owner", "me"}, {"title", "t"}}));
}

TEST_F(RealDynamo, DeploymentsWithOtherPrefixesDoNotSeeEachOther) {
  const auto other = open_item_store(url(random_id() + "-")).value();
  EXPECT_EQ(other->administer(DescribeTable{"items"}, soon()).error().code, Code::not_found);
  const TableDescription table{"items", {{"pk", KeyType::string}, std::nullopt}, {}};
  ASSERT_TRUE(other->administer(CreateTable{table}, soon()));
  ASSERT_TRUE(put({{"pk", "a"}}));
  EXPECT_FALSE(other->get({"items", {{"pk", "a"}}, true, "", {}}, soon()).value().item);
  EXPECT_EQ(other->administer(ListTables{}, soon()).value().size(), 1u);
  EXPECT_TRUE(other->transact({add_one("a")}, "one token", soon()).value().applied);
  EXPECT_TRUE(store_->transact({add_one("a")}, "one token", soon()).value().applied);
}

TEST_F(RealDynamo, WrongKeysAreDeniedWithoutTellingThem) {
  const std::string good = getenv("AWS_ACCESS_KEY_ID");
  setenv("AWS_ACCESS_KEY_ID", "canary-key", 1);  // letters and digits only, says DynamoDB Local
  const auto denied = open_item_store(url("p-")).value()->administer(ListTables{}, soon());
  setenv("AWS_ACCESS_KEY_ID", good.c_str(), 1);
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, Code::permission_denied) << describe(denied.error());
  EXPECT_THAT(describe(denied.error()), testing::Not(HasSubstr("canary")));
}

TEST_F(RealDynamo, ExpressionsBeyondTheirLimitsAreRefused) {
  std::string condition = "attribute_not_exists(v0)";
  for (int i = 1; i < 400; ++i)
    condition += " AND attribute_not_exists(v" + std::to_string(i) + ")";
  EXPECT_EQ(store_->write(write_of(Kind::put, {{"pk", "a"}}, condition), soon()).error().code,
            Code::invalid_argument);
}

}  // namespace
}  // namespace spillway
