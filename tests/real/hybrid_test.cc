// Items of any size on AWS's DynamoDB Local and a real S3: every expression that is sent passes
// DynamoDB's rules, and several gateways share the two stores.
#include <gtest/gtest.h>

#include <thread>

#include "real/s3_bucket.h"
#include "unit/hybrid/stores.h"

namespace spillway {
namespace {

/// Tables of its own on a server; empty where there is none.
std::string new_items_url(const char* variable) {
  const char* endpoint = std::getenv(variable);
  if (endpoint == nullptr || *endpoint == '\0') return "";
  return std::string("dynamodb://?endpoint=") + uri_encode(endpoint) + "&prefix=" + random_id() +
         "-";
}

class RealHybrid : public ::testing::Test {
 protected:
  void SetUp() override {
    config_.items_url = new_items_url("SPILLWAY_TEST_DYNAMODB");
    if (config_.items_url.empty()) GTEST_SKIP() << "there is no DynamoDB Local";
    if (s3_server().empty()) GTEST_SKIP() << "there is no S3";
    config_.objects_url = new_bucket_url(Style::path, "/a/prefix");
    bucket_ = new_bucket(config_.objects_url);
    items_ = open();
    TableDescription table;
    table.name = "things";
    table.keys.partition = {"pk", KeyType::string};
    table.keys.sort = KeyAttribute{"sk", KeyType::string};
    IndexDescription index;
    index.name = "by_rank";
    index.keys.partition = {"group", KeyType::string};  // a reserved word
    index.keys.sort = KeyAttribute{"rank", KeyType::number};
    table.indexes = {index};
    const auto made = items_->administer(CreateTable{table}, soon());
    ASSERT_TRUE(made) << describe(made.error());
  }

  std::unique_ptr<Items> open() const {
    auto items = Items::open(config_);
    EXPECT_TRUE(items) << describe(items.error());
    return items ? std::move(items).value() : nullptr;
  }
  static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }
  static Item key(const std::string& sk = "1") { return Item{{"pk", "p"}, {"sk", sk}}; }
  static Item large(const std::string& sk, std::uint32_t seed) {
    return Item{{"pk", "p"},
                {"sk", sk},
                {"text", noise(400'000, seed)},
                {"group", "g"},
                {"rank", number(seed)}};
  }
  static WriteRequest request(WriteRequest::Kind kind, Item item, std::string update = "",
                              Values values = {}, Names names = {}) {
    WriteRequest request;
    request.kind = kind;
    request.table = "things";
    request.item = std::move(item);
    request.update = std::move(update);
    request.values = std::move(values);
    request.names = std::move(names);
    return request;
  }
  static WriteRequest put(Item item) { return request(WriteRequest::Kind::put, std::move(item)); }
  static WriteRequest update(const Item& at, std::string expression, Values values,
                             Names names = {}) {
    return request(WriteRequest::Kind::update, at, std::move(expression), std::move(values),
                   std::move(names));
  }
  bool write(const WriteRequest& request) {
    const auto reply = items_->write(request, soon());
    EXPECT_TRUE(reply) << describe(reply.error());
    return reply && reply.value().result.applied;
  }
  std::optional<Item> read(const Item& at) {
    GetRequest get;
    get.table = "things";
    get.key = at;
    const auto got = items_->get(get, Hydrate::whole, soon());
    EXPECT_TRUE(got) << describe(got.error());
    return got ? got.value().item : std::nullopt;
  }
  SweepReport sweep(SweepScope scope) {
    SweepOptions options;
    options.fence_age_millis = 0;
    options.retention_millis = 0;
    options.scope = scope;
    const auto report = items_->sweep(options, soon());
    EXPECT_TRUE(report) << describe(report.error());
    if (!report) return {};
    EXPECT_TRUE(report.value().undecided.empty()) << report.value().undecided.front();
    return report.value();
  }
  /// Writes the hints that wait, and sweeps what they tell of until `objects` are left. The index
  /// is behind its table.
  void sweep_down_to(std::uint64_t objects) {
    items_.reset();
    items_ = open();
    const Deadline deadline = soon();
    FsckReport report;
    do {
      sweep(SweepScope::routine);
      report = items_->fsck({true}, soon()).value();
      EXPECT_TRUE(report.problems.empty()) << report.problems.front();
    } while (report.objects > objects && !deadline.passed());
    EXPECT_EQ(report.objects, objects);
  }

  ItemsConfig config_;
  std::unique_ptr<Bucket> bucket_;
  std::unique_ptr<Items> items_;
};

TEST_F(RealHybrid, GatewaysOpenAtOnce) {
  config_.items_url += "fresh-";
  std::vector<std::unique_ptr<Items>> gateways(4);
  {
    std::vector<std::jthread> threads;
    for (auto& items : gateways) threads.emplace_back([&] { items = open(); });
  }
  for (const auto& items : gateways) {
    ASSERT_NE(items, nullptr);
    const auto ready = items->check_ready(soon());
    EXPECT_TRUE(ready) << describe(ready.error());
  }
}

TEST_F(RealHybrid, ReferencesLeadToTheObject) {
  ASSERT_TRUE(write(put(large("1", 1))));
  auto store = open_item_store(config_.items_url);
  GetRequest get;
  get.table = "things";
  get.key = key();
  const Item stored = *store.value()->get(get, soon()).value().item;
  const std::string& reference = *stored.at("text").as<std::string>();
  EXPECT_NE(reference.find("\"bucket\":\"" + bucket_->name() + "\""), std::string::npos);
  EXPECT_NE(reference.find("\"key\":\"a/prefix/"), std::string::npos);
}

TEST_F(RealHybrid, EveryWayOfWritingPassesItsRules) {
  Item expected = large("1", 1);
  ASSERT_TRUE(write(put(expected)));
  // Natively, past a manifest.
  ASSERT_TRUE(write(update(key(), "SET n = :n", {{":n", number(1)}})));
  ASSERT_TRUE(write(update(key(), "ADD n :n REMOVE gone", {{":n", number(2)}})));
  // The slow way: a condition and a copy of what is spilled; another value; a growing item.
  auto guarded = update(key(), "SET #c = #t, n = :n", {{":n", number(7)}, {":b", "!"}},
                        {{"#c", "copy"}, {"#t", "text"}});
  guarded.condition = "begins_with(#t, :b) OR attribute_exists(#t)";
  ASSERT_TRUE(write(guarded));
  ASSERT_TRUE(
      write(update(key(), "SET #g = :g", {{":g", Binary{noise(200'000, 3)}}}, {{"#g", "grown"}})));
  expected["n"] = number(7);
  expected["copy"] = expected["text"];
  expected["grown"] = Binary{noise(200'000, 3)};
  EXPECT_EQ(read(key()), expected);
  // An item without a manifest is stamped; one that is missing is made.
  ASSERT_TRUE(write(put(Item{{"pk", "p"}, {"sk", "2"}, {"n", number(1)}})));
  ASSERT_TRUE(
      write(update(key("2"), "SET #t = :t", {{":t", noise(400'000, 4)}}, {{"#t", "text"}})));
  ASSERT_TRUE(
      write(update(key("3"), "SET #t = :t", {{":t", noise(400'000, 5)}}, {{"#t", "text"}})));
  EXPECT_EQ(read(key("2"))->at("text"), AttributeValue(noise(400'000, 4)));
  EXPECT_EQ(read(key("3"))->at("text"), AttributeValue(noise(400'000, 5)));
  // Refusals, removal under a condition on what is spilled, a transaction with a token.
  auto refused = update(key("3"), "SET n = :n", {{":n", number(1)}, {":x", "x"}}, {{"#t", "text"}});
  refused.condition = "#t = :x";
  EXPECT_FALSE(write(refused));
  auto removal = request(WriteRequest::Kind::remove, key("3"), "", {{":x", noise(400'000, 5)}},
                         {{"#t", "text"}});
  removal.condition = "#t = :x";
  ASSERT_TRUE(write(removal));
  for (int i = 0; i < 2; ++i) {
    const auto done = items_->transact({put(large("4", 6)), put(large("5", 7))}, "token", soon());
    ASSERT_TRUE(done) << describe(done.error());
    EXPECT_TRUE(done.value().result.applied);
  }
  sweep_down_to(4);
  EXPECT_EQ(read(key()), expected);
}

TEST_F(RealHybrid, RoutineSweepsReclaimWhatIsSuperseded) {
  ASSERT_TRUE(write(put(large("1", 1))));
  ASSERT_TRUE(write(put(large("1", 2))));
  ASSERT_TRUE(write(put(large("2", 3))));
  ASSERT_TRUE(write(request(WriteRequest::Kind::remove, key("2"))));
  sweep_down_to(1);
  EXPECT_EQ(read(key()), large("1", 2));
  EXPECT_EQ(sweep(SweepScope::full).objects_removed, 0u);
}

TEST_F(RealHybrid, QueriesOfTablesAndIndexes) {
  for (std::uint32_t i = 1; i <= 3; ++i) ASSERT_TRUE(write(put(large(std::to_string(i), i))));
  QueryRequest query;
  query.table = "things";
  query.key_condition = "pk = :p";
  query.filter = "attribute_exists(#t) AND contains(#t, :c)";
  query.projection = "sk, #t";
  query.names = {{"#t", "text"}};
  query.values = {{":p", "p"}, {":c", noise(50, 3)}};
  const auto page = items_->query(query, Hydrate::whole, soon());
  ASSERT_TRUE(page) << describe(page.error());
  ASSERT_EQ(page.value().items.size(), 1u);
  EXPECT_EQ(page.value().items[0], (Item{{"sk", "3"}, {"text", noise(400'000, 3)}}));
  query.index = "by_rank";
  query.key_condition = "#g = :p";
  query.names["#g"] = "group";
  query.values[":p"] = "g";
  const Deadline deadline = soon();
  std::vector<Item> items;
  while (items.empty() && !deadline.passed()) {  // the index follows its table
    const auto found = items_->query(query, Hydrate::whole, soon());
    ASSERT_TRUE(found) << describe(found.error());
    items = found.value().items;
  }
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0], (Item{{"sk", "3"}, {"text", noise(400'000, 3)}}));
}

/// On dynalite: DynamoDB Local gives its tables no ids.
TEST(RealIdentity, TableIdsGuardTheObjects) {
  ItemsConfig config;
  config.items_url = new_items_url("SPILLWAY_TEST_DYNALITE");
  if (config.items_url.empty()) GTEST_SKIP() << "there is no dynalite";
  if (s3_server().empty()) GTEST_SKIP() << "there is no S3";
  config.objects_url = new_bucket_url(Style::path, "/a/prefix");
  const auto bucket = new_bucket(config.objects_url);
  const Deadline deadline = Deadline::after(std::chrono::seconds(60));
  auto opened = Items::open(config);
  ASSERT_TRUE(opened) << describe(opened.error());
  Items& items = *opened.value();
  for (const SweepScope scope : {SweepScope::routine, SweepScope::full}) {
    SweepOptions options;
    options.scope = scope;
    const auto report = items.sweep(options, deadline);
    ASSERT_TRUE(report) << describe(report.error());
  }
  auto objects = open_object_store(config.objects_url);
  const ObjectList list = objects.value()->list("a/prefix/", "", deadline).value();
  ASSERT_EQ(list.objects.size(), 1u);
  const ObjectKey identity = list.objects[0].key;
  ASSERT_TRUE(identity.ends_with("/identity"));
  ASSERT_TRUE(remove_object(*objects.value(), identity, deadline));
  StringSource other("another table");
  ASSERT_TRUE(objects.value()->put(identity, other, {}, deadline));
  const auto refused = items.sweep({}, deadline);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::permission_denied);
  const auto adopted = items.adopt_store({}, deadline);
  ASSERT_TRUE(adopted) << describe(adopted.error());
  EXPECT_TRUE(items.sweep({}, deadline));
}

}  // namespace
}  // namespace spillway
