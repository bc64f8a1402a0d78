// Values that an outage of the object store kept in their items move out by themselves.
#include <gmock/gmock.h>

#include "unit/hybrid/shared_stores.h"

namespace spillway {
namespace {

class Fallback : public GatewaysTest {
 protected:
  static Item item() {
    Item item{{"pk", "p"}, {"sk", "1"}, {"text", noise(300'000)}, {"n", number(1)}};
    item["art"] = List{Map{{"body", Binary{noise(80'000, 2)}}}};
    return item;
  }
  void stop_puts() {
    object_faults_->before = [](const std::string& operation) -> Result<void> {
      if (operation != "object put") return ok();
      return make_error(Code::storage_full, "test", "", "on purpose");
    };
  }
  WriteReply save_without_objects() {
    routine();  // puts the identity, so that the next put is the move's
    stop_puts();
    const Labeller labeller = [](const AttributeValue&, const std::string&) {
      return ValueLabel{"text/x-log", "logPlot", "s1"};
    };
    auto reply = gateway_->write(put(item()), soon(), labeller);
    EXPECT_TRUE(reply) << describe(reply.error());
    return reply.value();
  }
  Item stored() { return *shared_items_->get(get(key()), soon()).value().item; }
};

TEST_F(Fallback, MovesOutOnceObjectsCanBePut) {
  const WriteReply reply = save_without_objects();
  ASSERT_FALSE(reply.placements.empty());
  for (const Placement& placement : reply.placements) EXPECT_TRUE(placement.fallback);
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_TRUE(rows().at(0).fallback);
  EXPECT_NE(rows().at(0).due_millis, 0);
  object_faults_->before = nullptr;
  EXPECT_EQ(routine().fallbacks_moved, reply.placements.size());
  EXPECT_EQ(objects().size(), reply.placements.size());
  const Item in_store = stored();
  const auto* text = in_store.at("text").as<std::string>();
  ASSERT_NE(text, nullptr);
  EXPECT_THAT(*text, ::testing::AllOf(::testing::HasSubstr("s3_reference"),
                                      ::testing::HasSubstr("\"chatSessionId\":\"s1\""),
                                      ::testing::HasSubstr("\"originalType\":\"logPlot\""),
                                      ::testing::HasSubstr("\"contentType\":\"text/x-log\"")));
  EXPECT_EQ(read(key()), item());
  EXPECT_EQ(routine().fallbacks_moved, 0u);
  EXPECT_TRUE(gateway_->fsck({true}, soon()).value().problems.empty());
  const std::vector<LedgerRow> left = rows();
  for (const LedgerRow& row : left) EXPECT_FALSE(row.fallback);
}

TEST_F(Fallback, AStoreThatAnswersNothingLeavesTimeToDoWithoutIt) {
  routine();
  object_faults_->puts_stall = true;
  const auto reply = gateway_->write(put(item()), Deadline::after(std::chrono::seconds(3)));
  ASSERT_TRUE(reply) << describe(reply.error());
  for (const Placement& placement : reply.value().placements) EXPECT_TRUE(placement.fallback);
  object_faults_->puts_stall = false;
  EXPECT_EQ(read(key()), item());
}

TEST_F(Fallback, FullSweepMovesItOut) {
  save_without_objects();
  object_faults_->before = nullptr;
  EXPECT_GT(full().fallbacks_moved, 0u);
  EXPECT_EQ(read(key()), item());
}

TEST_F(Fallback, WaitsWhileObjectsCannotBePut) {
  save_without_objects();
  const SweepReport report = routine();
  EXPECT_EQ(report.fallbacks_moved, 0u);
  EXPECT_EQ(report.undecided.size(), 1u);
  EXPECT_EQ(read(key()), item());
  object_faults_->before = nullptr;
  EXPECT_GT(routine().fallbacks_moved, 0u);
}

TEST_F(Fallback, UpdateDuringTheMoveIsKept) {
  save_without_objects();
  const auto other = gateway();
  object_faults_->before = [&](const std::string& operation) -> Result<void> {
    if (operation != "object put") return ok();
    object_faults_->before = nullptr;
    auto update = request(WriteRequest::Kind::update, key(), "SET n = :n, #t = :t",
                          {{":n", number(2)}, {":t", "short"}});
    update.names = {{"#t", "text"}};
    EXPECT_TRUE(other->write(update, soon()).value().result.applied);
    return ok();
  };
  EXPECT_GT(routine().fallbacks_moved, 0u);
  Item expected = item();
  expected["n"] = number(2);
  expected["text"] = "short";
  EXPECT_EQ(read(key()), expected);
  EXPECT_FALSE(objects().empty());
  routine();
  EXPECT_EQ(gateway_->fsck({true}, soon()).value().orphans, 0u);
}

TEST_F(Fallback, DeletionDuringTheMoveStays) {
  save_without_objects();
  const auto other = gateway();
  object_faults_->before = [&](const std::string& operation) -> Result<void> {
    if (operation != "object put") return ok();
    object_faults_->before = nullptr;
    EXPECT_TRUE(other->write(remove(key()), soon()).value().result.applied);
    return ok();
  };
  EXPECT_EQ(routine().fallbacks_moved, 0u);
  EXPECT_FALSE(read(key()));
  routine();
  EXPECT_TRUE(objects().empty());
  EXPECT_TRUE(rows().empty());
}

TEST_F(Fallback, TellsOfTheItemThatMoved) {
  save_without_objects();
  object_faults_->before = nullptr;
  std::vector<std::pair<Item, Item>> told;
  SweepOptions options = at_once(SweepScope::routine);
  options.moved = [&](const std::string& table, const Item& before, const Item& after) {
    EXPECT_EQ(table, "things");
    told.emplace_back(before, after);
  };
  sweep(options);
  ASSERT_EQ(told.size(), 1u);
  const auto placed = [](const Item& item) {
    return Items::describe(*item.at("text").as<Spilled>());
  };
  EXPECT_TRUE(placed(told[0].first).fallback);
  EXPECT_FALSE(placed(told[0].second).fallback);
  EXPECT_EQ(placed(told[0].second).storage, Storage::spilled);
}

}  // namespace
}  // namespace spillway
