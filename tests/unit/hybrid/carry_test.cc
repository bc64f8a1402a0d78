// What Items promises of values that are elsewhere when items change: copies, packs, growth,
// projections, tokens, staged uploads.
#include <gmock/gmock.h>

#include "unit/hybrid/stores.h"

namespace spillway {
namespace {

using Carry = ItemsTest;

/// Many small attributes: most of them leave as one pack.
Item packed_item(int attributes = 900) {
  Item item{{"pk", "p"}, {"sk", "1"}};
  for (int i = 0; i < attributes; ++i) {
    item["n" + std::to_string(i)] = noise(600, static_cast<std::uint32_t>(i + 1));
  }
  return item;
}

TEST_F(Carry, CopyOfAPackMemberIsWhole) {
  Item item = packed_item();
  write(put(item));
  EXPECT_TRUE(write(update(key(), "SET twin = n500, nest = :m", {{":m", Map{}}})).result.applied);
  EXPECT_TRUE(write(update(key(), "SET nest.deep = n600 REMOVE n700")).result.applied);
  item["twin"] = item["n500"];
  item["nest"] = Map{{"deep", item["n600"]}};
  item.erase("n700");
  EXPECT_TRUE(read(key()) == item);  // too long to be shown
}

TEST_F(Carry, PackThatStaysInTheItemCountsWhenTheItemGrows) {
  Item item = packed_item(530);
  const WriteReply reply = write(put(item));
  ASSERT_EQ(reply.placements.size(), 1u);
  ASSERT_EQ(reply.placements[0].storage, Storage::encoded);
  const AttributeValue growth = noise(200'000, 9);
  EXPECT_TRUE(write(update(key(), "SET growth = :g", {{":g", growth}})).result.applied);
  item["growth"] = growth;
  EXPECT_EQ(read(key()), item);
}

TEST_F(Carry, LogicalSizeCountsAPackOnce) {
  const Item item = packed_item();
  const std::uint64_t given = write(put(item)).logical_bytes;
  WriteRequest change = update(key(), "SET extra = :v", {{":v", "x"}});
  change.condition = "n500 <> :v";
  EXPECT_LT(write(change).logical_bytes, 2 * given);
}

TEST_F(Carry, SmallElementsLeaveAListThatHoldsAReference) {
  Item item = key();
  item["list"] = List{noise(500'000)};
  write(put(item));
  for (std::uint32_t i = 1; i <= 90; ++i) {
    const AttributeValue piece = noise(5'000, i);
    WriteRequest append = update(key(), "SET #l = list_append(#l, :v)", {{":v", List{piece}}});
    append.names["#l"] = "list";
    const auto reply = items_->write(append, soon());
    ASSERT_TRUE(reply) << i << ": " << describe(reply.error());
    item["list"].as<List>()->push_back(piece);
  }
  EXPECT_EQ(read(key()), item);
}

TEST_F(Carry, GuardsNeverTakeAnUpdateOverTheLimitOfOperators) {
  Item item = key();
  item["text"] = noise(500'000);
  write(put(item));
  WriteRequest change = update(key(), "SET a = :v", {{":v", number(1)}});
  change.condition = "a <> :v";  // 297 operators of 300
  for (int i = 1; i < 149; ++i) change.condition += " AND a <> :v";
  EXPECT_TRUE(write(change).result.applied);
  item["a"] = number(1);
  EXPECT_EQ(read(key()), item);
}

TEST_F(Carry, FilterOnWhatTheProjectionLeavesOut) {
  Item item = key();
  item["text"] = noise(500'000);
  item["color"] = "red";
  write(put(item));
  QueryRequest request;
  request.table = "things";
  request.key_condition = "pk = :p";
  request.filter = "color = :c AND size(#t) > :n";
  request.projection = "sk";
  request.names = {{"#t", "text"}};
  request.values = {{":p", "p"}, {":c", "red"}, {":n", number(4)}};
  for (const Hydrate hydrate : {Hydrate::whole, Hydrate::handles}) {
    const QueryPage page = items_->query(request, hydrate, soon()).value();
    ASSERT_EQ(page.items.size(), 1u);
    EXPECT_EQ(page.items[0], (Item{{"sk", "1"}}));
  }
}

TEST_F(Carry, TokenOfAnUpdateWhoseConditionItChangedItself) {
  Item item = key();
  item["n"] = number(1);
  write(put(item));
  WriteRequest change = update(key(), "SET n = :two", {{":one", number(1)}, {":two", number(2)}});
  change.condition = "n = :one";
  EXPECT_TRUE(items_->transact({change}, "token", soon()).value().result.applied);
  EXPECT_TRUE(items_->transact({change}, "token", soon()).value().result.applied);
}

TEST_F(Carry, TokensLiveForADayWhateverTheFenceAge) {
  Item item = key();
  item["n"] = number(1);
  EXPECT_TRUE(items_->transact({put(item)}, "token", soon()).value().result.applied);
  sweep_all();
  write(remove(key()));
  EXPECT_TRUE(items_->transact({put(item)}, "token", soon()).value().result.applied);
  EXPECT_FALSE(read(key()));
}

TEST_F(Carry, UploadStagedForAnotherItemIsRefused) {
  auto staging = items_->stage("things", key("1"));
  StringSource source(noise(300'000));
  Item item = key("2");
  item["body"] =
      items_->upload(staging.value(), source, Items::StageAs::binary, {}, soon()).value();
  const auto reply = items_->write(put(item), soon(), {}, &staging.value());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::invalid_argument);
}

TEST_F(Carry, DeadlineThatPassedIsATimeout) {
  Item item = key();
  item["text"] = noise(500'000);
  WriteRequest request = put(item);
  request.condition = "attribute_not_exists(n)";
  const auto late = Deadline::after(std::chrono::milliseconds(0));
  const auto reply = items_->write(request, late);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::timeout);
  EXPECT_EQ(items_->transact({request}, "", late).error().code, Code::timeout);
}

}  // namespace
}  // namespace spillway
