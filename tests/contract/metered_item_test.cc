// What the metered item store counts, over an embedded one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/temporary_directory.h"
#include "contract/usage_calls.h"
#include "item/metered.h"

namespace spillway {
namespace {

using Operation = StoreUsage::Operation;

class MeteredItems : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

  void SetUp() override {
    const TableDescription table{"items", {{"pk", KeyType::string}, std::nullopt}, {}};
    ASSERT_TRUE(store_.administer(CreateTable{table}, soon()));
  }
  static WriteRequest put(const std::string& condition = "") {
    WriteRequest request;
    request.table = "items";
    request.item = {{"pk", "a"}, {"v", std::string(1500, 'x')}};
    request.condition = condition;
    return request;
  }

  TemporaryDirectory folder_;
  std::shared_ptr<StoreUsage> usage_ = std::make_shared<StoreUsage>();  // shared with store_
  MeteredItemStore store_{open_item_store("embedded://" + folder_.path() + "/items").value(),
                          usage_};
};

TEST_F(MeteredItems, CountsEveryOperationByItsOutcome) {
  EXPECT_TRUE(store_.write(put(), soon()).value().applied);
  EXPECT_FALSE(store_.write(put("attribute_not_exists(pk)"), soon()).value().applied);
  WriteRequest elsewhere = put();
  elsewhere.table = "nowhere";
  EXPECT_FALSE(store_.write(elsewhere, soon()));
  EXPECT_FALSE(store_.transact({put("attribute_not_exists(pk)")}, "", soon()).value().applied);
  EXPECT_TRUE(store_.get({"items", {{"pk", "a"}}, true, "", {}}, soon()));
  QueryRequest scan;
  scan.table = "items";
  EXPECT_TRUE(store_.query(scan, soon()));
  EXPECT_EQ(calls(*usage_, Operation::item_write), 1u);
  EXPECT_EQ(calls(*usage_, Operation::item_write, Code::condition_failed), 1u);
  EXPECT_EQ(calls(*usage_, Operation::item_write, Code::not_found), 1u);
  EXPECT_EQ(calls(*usage_, Operation::item_transact), 0u);
  EXPECT_EQ(calls(*usage_, Operation::item_transact, Code::condition_failed), 1u);
  EXPECT_EQ(calls(*usage_, Operation::item_get), 1u);
  EXPECT_EQ(calls(*usage_, Operation::item_query), 1u);
  EXPECT_EQ(calls(*usage_, Operation::item_administer), 1u);
}

TEST_F(MeteredItems, SumsCapacityUnits) {
  ASSERT_TRUE(store_.write(put(), soon()));  // 1.5 KB: two units
  ASSERT_TRUE(store_.write(put(), soon()));
  ASSERT_TRUE(store_.get({"items", {{"pk", "a"}}, false, "", {}}, soon()));
  const StoreUsage::Snapshot usage = usage_->snapshot();
  EXPECT_EQ(usage.write_units, 4);
  EXPECT_EQ(usage.read_units, 0.5);
}

TEST_F(MeteredItems, MeasuresTheTimeOfEveryCall) {
  ASSERT_TRUE(store_.write(put(), soon()));
  ASSERT_TRUE(store_.write(put(), soon()));
  const StoreUsage::Snapshot usage = usage_->snapshot();
  const StoreUsage::Latency& writes =
      usage.latency[static_cast<std::size_t>(Operation::item_write)];
  std::uint64_t measured = 0;
  for (const std::uint64_t bucket : writes.buckets) measured += bucket;
  EXPECT_EQ(measured, 2u);
  EXPECT_GT(writes.seconds, 0);
}

TEST(StoreUsage, PutsATimeIntoTheBucketThatBoundsIt) {
  StoreUsage usage;
  usage.count_call(Operation::item_get, std::nullopt, std::chrono::milliseconds(1));
  usage.count_call(Operation::item_get, std::nullopt, std::chrono::microseconds(1001));
  usage.count_call(Operation::item_get, std::nullopt, std::chrono::hours(1));
  const StoreUsage::Snapshot snapshot = usage.snapshot();
  const StoreUsage::Latency& gets = snapshot.latency[0];
  EXPECT_EQ(gets.buckets[1], 1u);  // up to 1 ms, included
  EXPECT_EQ(gets.buckets[2], 1u);
  EXPECT_EQ(gets.buckets.back(), 1u);
}

TEST_F(MeteredItems, AreBackedUpAsTheStoreWithin) {
  ASSERT_TRUE(store_.write(put(), soon()));
  const auto copied = backup_item_store(store_, folder_.path() + "/copy.db");
  EXPECT_TRUE(copied) << describe(copied.error());
}

}  // namespace
}  // namespace spillway
