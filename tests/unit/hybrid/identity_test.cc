// Opening a ledger beside others, and whose objects a sweep may remove.
#include <gmock/gmock.h>

#include <thread>

#include "unit/hybrid/shared_stores.h"

namespace spillway {
namespace {

using Identity = GatewaysTest;

TEST_F(Identity, SweepOfACopyRefusesTheOriginalsObjects) {
  write(put(large()));
  routine();
  write(remove(key()));
  gateway_.reset();
  shared_items_->table_id = "table-2";  // restored into another table
  gateway_ = gateway();
  for (const SweepScope scope : {SweepScope::routine, SweepScope::full}) {
    const auto refused = gateway_->sweep(at_once(scope), soon());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::permission_denied);
    EXPECT_THAT(refused.error().detail, ::testing::HasSubstr("spillway adopt --store"));
  }
  EXPECT_EQ(objects().size(), 1u);
  ASSERT_TRUE(gateway_->adopt_store({}, soon()));
  EXPECT_EQ(full().objects_removed, 1u);
}

TEST_F(Identity, AdoptionNeedsEveryObject) {
  write(put(large()));
  routine();
  gateway_.reset();
  shared_items_->table_id = "table-2";
  gateway_ = gateway();
  ASSERT_TRUE(remove_object(*shared_objects_, objects().at(0), soon()));
  const auto adopted = gateway_->adopt_store({}, soon());
  ASSERT_FALSE(adopted);
  EXPECT_EQ(adopted.error().code, Code::corrupt);
  EXPECT_FALSE(gateway_->sweep(at_once(SweepScope::routine), soon()));
}

TEST_F(Identity, ACopyUploadsNothingThatTheOriginalsSweepWouldRemove) {
  write(put(large()));  // the original is known as the owner from its first upload on
  gateway_.reset();
  shared_items_->table_id = "table-2";
  gateway_ = gateway();
  Item second = large();
  second["sk"] = "2";
  const auto refused = gateway_->write(put(second), soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::permission_denied);
  EXPECT_EQ(refused.error().effect, Effect::none);
  EXPECT_THAT(refused.error().detail, ::testing::HasSubstr("spillway adopt --store"));
  EXPECT_EQ(objects().size(), 1u);
  EXPECT_EQ(read(key()), large()) << "reading a copy is what a drill is for";
  ASSERT_TRUE(gateway_->adopt_store({}, soon()));
  EXPECT_TRUE(gateway_->write(put(second), soon()));
}

TEST_F(Identity, NothingIsUploadedWhereTheOwnerCannotBeAsked) {
  write(put(large()));
  gateway_.reset();
  shared_items_->table_id = "table-2";
  gateway_ = gateway();
  object_faults_->before = [](const std::string& operation) -> Result<void> {
    if (operation != "object get") return ok();
    return make_error(Code::unavailable, "test", "", "on purpose");
  };
  Item second{{"pk", "p"}, {"sk", "2"}, {"text", noise(900'000)}};
  const auto refused = gateway_->write(put(second), soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::unavailable);
  EXPECT_EQ(refused.error().effect, Effect::none);
  second["text"] = noise(390'000);  // has the room to stay
  EXPECT_TRUE(gateway_->write(put(second), soon()).value().placements.at(0).fallback);
  EXPECT_EQ(objects().size(), 1u);
}

TEST_F(Identity, AskingWhoOwnsTheObjectsWritesNothing) {
  write(put(large()));
  const std::size_t before = shared_objects_->list("", "", soon()).value().objects.size();
  EXPECT_TRUE(gateway_->check_owner(soon()));
  EXPECT_EQ(shared_objects_->list("", "", soon()).value().objects.size(), before);
  routine();  // a sweep says whose they are
  EXPECT_TRUE(gateway_->check_owner(soon()));
  gateway_.reset();
  shared_items_->table_id = "table-2";
  gateway_ = gateway();
  EXPECT_EQ(gateway_->check_owner(soon()).error().code, Code::permission_denied);
}

TEST_F(Identity, FsckLooksAtTheTablesThatAreNamedAndThoseOfObjects) {
  write(put(large()));
  const auto report = gateway_->fsck({.tables = {"gone"}}, soon());
  ASSERT_TRUE(report) << describe(report.error());
  EXPECT_EQ(report.value().items, 1u);
  EXPECT_EQ(report.value().orphans, 0u);
  EXPECT_THAT(report.value().problems,
              ::testing::ElementsAre(::testing::HasSubstr("--table-gone gone")));
  const FsckOptions known{.tables = {"gone"}, .tables_gone = {"gone"}};
  EXPECT_THAT(gateway_->fsck(known, soon()).value().problems, ::testing::IsEmpty());
}

TEST_F(Identity, SweepNeedsAnAnswer) {
  write(put(large()));
  write(remove(key()));
  reopen();
  object_faults_->before = [](const std::string& operation) -> Result<void> {
    if (operation != "object get") return ok();
    return make_error(Code::unavailable, "test", "", "on purpose");
  };
  const auto report = gateway_->sweep(at_once(SweepScope::full), soon());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::unavailable);
}

TEST_F(Identity, GatewaysThatOpenAtOnceAgree) {
  TemporaryFolder folder;
  auto opened = open_item_store("embedded://" + folder.path());
  ASSERT_TRUE(opened);
  IndexedItems store(std::move(opened).value());
  std::vector<std::string> ids(8);
  {
    std::vector<std::jthread> gateways;
    for (std::string& id : ids) {
      gateways.emplace_back([&] {
        Ledger ledger(store);
        const auto identity = ledger.open(soon());
        ASSERT_TRUE(identity) << describe(identity.error());
        EXPECT_TRUE(ledger.indexed());
        id = identity.value().store;
      });
    }
  }
  EXPECT_THAT(ids, ::testing::Each(ids[0]));
  EXPECT_EQ(ids[0].size(), 32u);
}

TEST_F(Identity, TableThatAnotherGatewayIsMakingIsWaitedFor) {
  TemporaryFolder folder;
  auto opened = open_item_store("embedded://" + folder.path());
  ASSERT_TRUE(opened);
  const auto faults = std::make_shared<Faults>();
  FaultyItemStore store(std::move(opened).value(), faults);
  Ledger first(store);
  ASSERT_TRUE(first.open(soon()));
  // As DynamoDB answers while it makes a table: it is not there, it cannot be made, it cannot be
  // written.
  std::atomic<int> describes = 0, writes = 0;
  faults->before = [&](const std::string& operation) -> Result<void> {
    if (operation == "administer create") return make_error(Code::conflict, "test", "", "there");
    const bool early = (operation == "administer describe" && describes++ < 3) ||
                       (operation.starts_with("write") && writes++ < 3);
    if (early) return make_error(Code::not_found, "test", "", "not yet");
    return ok();
  };
  Ledger second(store);
  const auto identity = second.open(soon());
  ASSERT_TRUE(identity) << describe(identity.error());
  EXPECT_EQ(writes, 4);
  EXPECT_EQ(identity.value().store, first.open(soon()).value().store);
}

TEST_F(Identity, GatewayLeavesTheAttemptsOfOthersAlone) {
  auto staging = gateway_->stage("things", key());
  StringSource source(noise(300'000));
  Item item = key();
  item["body"] =
      gateway_->upload(staging.value(), source, Items::StageAs::string, {}, soon()).value();
  const auto other = gateway();
  ASSERT_TRUE(gateway_->write(put(item), soon(), {}, &staging.value()).value().result.applied);
}

}  // namespace
}  // namespace spillway
