// What Items promises of any item: it comes back whole, conditions mean what they say, and other
// writers are never lost, whatever is spilled.
#include "spillway/items.h"

#include <gmock/gmock.h>

#include <thread>

#include "dynamo/item_size.h"
#include "unit/hybrid/stores.h"

namespace spillway {
namespace {

using Items_ = ItemsTest;

Item large_item(const std::string& sk = "1") {
  return Item{{"pk", "p"},
              {"sk", sk},
              {"text", noise(500'000)},
              {"bytes", Binary{noise(90'000, 2)}},
              {"map", Map{{"things", List{noise(80'000, 3), number(7), Null{}}}}},
              {"set", StringSet{{"a", "b"}}},
              {"number", Number{"12.5"}}};
}

TEST_F(Items_, SmallItemIsStoredAsItIs) {
  Item item = key();
  item["a"] = "b";
  const WriteReply reply = write(put(item));
  EXPECT_TRUE(reply.placements.empty());
  EXPECT_EQ(reply.item_bytes, item_size(item));
  EXPECT_EQ(raw_items_->get(get(key()), soon()).value().item, item);
  EXPECT_EQ(object_count(), 0u);
}

TEST_F(Items_, ATableThatIsThereNeedsNoRightToMakeIt) {
  item_faults_->before = [](const std::string& operation) -> Result<void> {
    if (operation != "administer create") return ok();
    return make_error(Code::permission_denied, "item.create", "things", "not allowed");
  };
  CreateTable create;
  create.table.name = "things";
  create.table.keys.partition = {"pk", KeyType::string};
  EXPECT_EQ(items_->administer(create, soon()).error().code, Code::conflict);
  create.table.name = "others";
  EXPECT_EQ(items_->administer(create, soon()).error().code, Code::permission_denied);
}

TEST_F(Items_, LargeItemComesBackWhole) {
  const Item item = large_item();
  const WriteReply reply = write(put(item));
  EXPECT_TRUE(reply.result.applied);
  EXPECT_LE(reply.item_bytes, item_bytes_max);
  EXPECT_GE(object_count(), 2u);
  EXPECT_EQ(read(key()), item);
}

TEST_F(Items_, CompressibleItemStaysInTheItemAndNeedsNoObject) {
  Item item = key();
  item["text"] = std::string(2'000'000, 'a');
  const WriteReply reply = write(put(item));
  ASSERT_EQ(reply.placements.size(), 1u);
  EXPECT_EQ(reply.placements[0].storage, Storage::encoded);
  EXPECT_EQ(object_count(), 0u);
  EXPECT_EQ(read(key()), item);
}

TEST_F(Items_, RawEncodingLeavesTheBytesForOtherReaders) {
  SpillPolicy policy;
  policy.raw_encoding = true;
  open(policy);
  Item item = key();
  item["text"] = std::string(500'000, 'a');
  const WriteReply reply = write(put(item));
  ASSERT_EQ(reply.placements.size(), 1u);
  auto source = raw_objects_->get(reply.placements[0].key, std::nullopt, soon());
  ASSERT_TRUE(source);
  EXPECT_EQ(read_all(*source.value(), 1'000'000).value(), std::string(500'000, 'a'));
}

TEST_F(Items_, ManySmallAttributesComeBack) {
  Item item = key();
  for (int i = 0; i < 900; ++i) {
    item["n" + std::to_string(i)] = noise(600, static_cast<std::uint32_t>(i + 1));
  }
  const WriteReply reply = write(put(item));
  EXPECT_LE(reply.item_bytes, item_bytes_max);
  EXPECT_EQ(read(key()), item);
  // One of them changes, one goes, and the others stay.
  item["n5"] = "new";
  item.erase("n6");
  WriteRequest change = update(key(), "SET n5 = :v REMOVE n6", {{":v", "new"}});
  EXPECT_TRUE(write(change).result.applied);
  EXPECT_EQ(read(key()), item);
}

TEST_F(Items_, ReferenceInTheItemIsTheDocumentedOne) {
  write(put(large_item()));
  const Item stored = *raw_items_->get(get(key()), soon()).value().item;
  const auto* json = stored.at("text").as<std::string>();  // a string gives way to a string
  ASSERT_NE(json, nullptr);
  EXPECT_THAT(*json, ::testing::HasSubstr("\"type\":\"s3_reference\""));
  EXPECT_THAT(*json, ::testing::HasSubstr("\"size\":500000"));
  EXPECT_LT(json->size(), 750u);
}

TEST_F(Items_, DataThatLooksLikeAReferenceStaysData) {
  Item item = key();
  item["fake"] = "{\"type\":\"s3_reference\",\"bucket\":\"b\",\"key\":\"x/y/z\",\"size\":3}";
  item["map"] = Map{{"type", "s3_reference"}, {"key", "x"}};
  write(put(item));
  EXPECT_EQ(read(key()), item);
}

TEST_F(Items_, ManifestIsReserved) {
  Item item = key();
  item["_spillway"] = "mine";
  EXPECT_EQ(items_->write(put(item), soon()).error().code, Code::invalid_argument);
  WriteRequest sneaky = update(key(), "SET #x = :v", {{":v", "mine"}});
  sneaky.names["#x"] = "_spillway";
  EXPECT_EQ(items_->write(sneaky, soon()).error().code, Code::invalid_argument);
}

TEST_F(Items_, WriterAroundSpillwayWins) {
  write(put(large_item()));
  WriteRequest around = update(key(), "SET #t = :v", {{":v", "theirs"}});
  around.names["#t"] = "text";
  ASSERT_TRUE(raw_items_->write(around, soon()).value().applied);
  EXPECT_EQ(read(key())->at("text"), AttributeValue("theirs"));
  const FsckReport report = items_->fsck({}, soon()).value();
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_THAT(report.problems[0], ::testing::HasSubstr("text was overwritten"));
}

TEST_F(Items_, ReferenceToAnotherItemsObjectIsNeverFollowed) {
  write(put(large_item("1")));
  Item forged = *raw_items_->get(get(key("1")), soon()).value().item;
  forged["sk"] = "2";
  ASSERT_TRUE(raw_items_->write(put(forged), soon()).value().applied);
  const auto got = items_->get(get(key("2")), Hydrate::whole, soon());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Code::corrupt);
}

TEST_F(Items_, ConditionOnASpilledValueIsEvaluatedOnTheValue) {
  write(put(large_item()));
  WriteRequest change = update(key(), "SET seen = :yes", {{":yes", true}, {":n", number(500'000)}});
  change.condition = "size(#t) = :n";
  change.names["#t"] = "text";
  EXPECT_TRUE(write(change).result.applied);
  change.values[":n"] = number(4);
  const WriteReply refused = write(change);
  EXPECT_FALSE(refused.result.applied);
  ASSERT_TRUE(refused.result.prior);
  EXPECT_TRUE(refused.result.prior->contains("text"));
  EXPECT_FALSE(refused.result.prior->contains("_spillway"));
}

TEST_F(Items_, UpdateOfSomethingElseCarriesSpilledValuesForward) {
  Item item = large_item();
  write(put(item));
  const std::size_t objects = object_count();
  EXPECT_TRUE(write(update(key(), "SET n = :one", {{":one", number(1)}})).result.applied);
  item["n"] = number(1);
  EXPECT_EQ(read(key()), item);
  EXPECT_EQ(object_count(), objects);  // nothing was uploaded again
}

TEST_F(Items_, UpdateInsideASpilledValue) {
  Item item = large_item();
  write(put(item));
  WriteRequest change = update(key(), "SET #m.things[1] = :v", {{":v", number(8)}});
  change.names["#m"] = "map";
  EXPECT_TRUE(write(change).result.applied);
  (*(*item["map"].as<Map>())["things"].as<List>())[1] = number(8);
  EXPECT_EQ(read(key()), item);
}

TEST_F(Items_, CopiesOfASpilledValueAreEachWhole) {
  Item item = large_item();
  write(put(item));
  WriteRequest copy = update(key(), "SET twin = #t");
  copy.names["#t"] = "text";
  EXPECT_TRUE(write(copy).result.applied);
  item["twin"] = item["text"];
  EXPECT_EQ(read(key()), item);
  WriteRequest change = update(key(), "SET #t = :v", {{":v", "new"}});
  change.names["#t"] = "text";
  EXPECT_TRUE(write(change).result.applied);
  sweep_all();
  item["text"] = "new";
  EXPECT_EQ(read(key()), item);  // the object lives on in the copy
}

TEST_F(Items_, ListIndexesMayShiftUnderSpilledElements) {
  Item item = key();
  item["pieces"] = List{noise(150'000, 1), noise(150'000, 2), noise(150'000, 3)};
  write(put(item));
  EXPECT_TRUE(write(update(key(), "REMOVE pieces[0]")).result.applied);
  item["pieces"].as<List>()->erase(item["pieces"].as<List>()->begin());
  EXPECT_EQ(read(key()), item);
}

TEST_F(Items_, ItemGrowsOverTheLimitByAppending) {
  Item item = key();
  item["pieces"] = List{};
  write(put(item));
  for (std::uint32_t i = 1; i <= 12; ++i) {
    const AttributeValue piece = noise(60'000, i);
    WriteRequest append = update(key(), "SET #l = list_append(#l, :v)", {{":v", List{piece}}});
    append.names["#l"] = "pieces";
    ASSERT_TRUE(write(append).result.applied) << i;
    item["pieces"].as<List>()->push_back(piece);
  }
  EXPECT_EQ(read(key()), item);
}

TEST_F(Items_, ConcurrentUpdatesOfALargeItemLoseNothing) {
  write(put(large_item()));
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 10; ++i) {
        // Half of them go the native way, half rewrite a spilled value.
        WriteRequest change = update(key(), "ADD hits :one", {{":one", number(1)}});
        if (t % 2 == 1) {
          change.update += " SET #m.things[1] = :one";
          change.names["#m"] = "map";
        }
        for (;;) {
          auto reply = items_->write(change, soon());
          if (reply && reply.value().result.applied) break;
          ASSERT_EQ(reply.error().code, Code::conflict) << describe(reply.error());
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(read(key())->at("hits"), AttributeValue(number(40)));
}

TEST_F(Items_, ConditionalPutOfALargeItemWinsOnce) {
  WriteRequest request = put(large_item());
  request.condition = "attribute_not_exists(pk)";
  std::atomic<int> won = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] { won += write(request).result.applied ? 1 : 0; });
  }
  threads.clear();
  EXPECT_EQ(won, 1);
  sweep_all();
  EXPECT_EQ(items_->fsck({true}, soon()).value().orphans, 0u);
}

TEST_F(Items_, ABatchNamesWhatIsToBeAskedForAgain) {
  std::vector<WriteRequest> batch;
  for (const char* sk : {"1", "2", "3"}) batch.push_back(put(large_item(sk)));
  std::atomic<int> transactions = 0;
  item_faults_->after = [&](const std::string& operation) -> Result<void> {
    if (!operation.starts_with("transact") || ++transactions != 2) return ok();
    return make_error(Code::throttled, "test", "", "on purpose");
  };
  const auto reply = items_->batch_write(batch, soon());
  ASSERT_TRUE(reply) << describe(reply.error());
  item_faults_->after = nullptr;
  std::vector<WriteRequest> again;
  for (const std::size_t i : reply.value().unprocessed) again.push_back(batch[i]);
  ASSERT_TRUE(items_->batch_write(again, soon()));
  for (const char* sk : {"1", "2", "3"}) {
    const Item item = large_item(sk);
    EXPECT_EQ(read(Item{{"pk", "p"}, {"sk", sk}}), item);
  }
}

TEST_F(Items_, ABatchTakesNothingThatTwiceIsMoreThanOnce) {
  WriteRequest update;
  update.kind = WriteRequest::Kind::update;
  update.table = "things";
  update.item = key();
  update.update = "ADD n :one";
  update.values = {{":one", number(1)}};
  EXPECT_EQ(items_->batch_write({put(key()), update}, soon()).error().code, Code::invalid_argument);
  WriteRequest conditional = put(key());
  conditional.condition = "attribute_not_exists(pk)";
  EXPECT_EQ(items_->batch_write({conditional}, soon()).error().code, Code::invalid_argument);
  EXPECT_FALSE(raw_items_->get(get(key()), soon()).value().item);
}

TEST_F(Items_, ProjectionOfASpilledValueGivesTheValue) {
  write(put(large_item()));
  GetRequest request = get(key());
  request.projection = "#m.things[0], #n";
  request.names = {{"#m", "map"}, {"#n", "number"}};
  const Item expected{{"map", Map{{"things", List{noise(80'000, 3)}}}}, {"number", Number{"12.5"}}};
  EXPECT_EQ(items_->get(request, Hydrate::whole, soon()).value().item, expected);
}

TEST_F(Items_, QueryFiltersOnSpilledValues) {
  for (int i = 0; i < 4; ++i) {
    Item item = key(std::to_string(i));
    item["text"] = noise(400'000 + static_cast<std::size_t>(i), 1);
    write(put(item));
  }
  QueryRequest request;
  request.table = "things";
  request.key_condition = "pk = :p";
  request.filter = "size(#t) > :n";
  request.names = {{"#t", "text"}};
  request.values = {{":p", "p"}, {":n", number(400'001)}};
  const QueryPage page = items_->query(request, Hydrate::whole, soon()).value();
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.items[0].at("sk"), AttributeValue("2"));
  EXPECT_EQ(page.scanned_count, 4u);
}

TEST_F(Items_, PageEndsBeforeAnItemThatCannotBeHydrated) {
  for (const char* sk : {"1", "2", "3"}) write(put(large_item(sk)));
  const WriteReply victim = write(put(large_item("2")));
  for (const Placement& placement : victim.placements) {
    if (placement.key.empty()) continue;
    ASSERT_TRUE(remove_object(*raw_objects_, placement.key, soon()));
  }
  QueryRequest request;
  request.table = "things";
  request.key_condition = "pk = :p";
  request.values = {{":p", "p"}};
  const QueryPage page = items_->query(request, Hydrate::whole, soon()).value();
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.last_key, key("1"));
  request.start_after = page.last_key;
  const auto next = items_->query(request, Hydrate::whole, soon());
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().code, Code::corrupt);
  EXPECT_THAT(next.error().subject, ::testing::HasSubstr("\"sk\":{\"S\":\"2\"}"));
}

TEST_F(Items_, TransactionOverSeveralLargeItemsIsAllOrNothing) {
  std::vector<WriteRequest> actions = {put(large_item("1")), put(large_item("2"))};
  EXPECT_TRUE(items_->transact(actions, "", soon()).value().result.applied);
  EXPECT_EQ(read(key("2")), large_item("2"));
  actions = {put(large_item("3")), put(large_item("1"))};
  actions[1].condition = "attribute_not_exists(pk)";
  const TransactReply refused = items_->transact(actions, "", soon()).value();
  EXPECT_FALSE(refused.result.applied);
  EXPECT_TRUE(refused.result.actions[0].condition_held);
  EXPECT_FALSE(refused.result.actions[1].condition_held);
  EXPECT_FALSE(read(key("3")));
}

TEST_F(Items_, TokenIsAppliedOnce) {
  const std::vector<WriteRequest> actions = {put(large_item())};
  EXPECT_TRUE(items_->transact(actions, "token", soon()).value().result.applied);
  write(remove(key()));
  EXPECT_TRUE(items_->transact(actions, "token", soon()).value().result.applied);
  EXPECT_FALSE(read(key()));  // the repeat did not write again
  const auto other = items_->transact({put(large_item("2"))}, "token", soon());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::invalid_argument);
}

TEST_F(Items_, RemoveGivesThePriorItem) {
  write(put(large_item()));
  const WriteReply reply = write(remove(key()));
  ASSERT_TRUE(reply.result.prior);
  const auto whole = items_->hydrate(get(key()), reply.result.prior->at("text"), soon());
  EXPECT_EQ(whole.value(), AttributeValue(noise(500'000)));
  EXPECT_FALSE(read(key()));
}

TEST_F(Items_, BackupHoldsEverythingAndAFailedOneLeavesNothing) {
  write(put(large_item()));
  items_.reset();
  // A backup is of the embedded store itself, not of a decorator.
  items_ = Items::over(open_item_store("embedded://" + folder_.path() + "/items").value(),
                       std::make_unique<FaultyObjectStore>(
                           open_object_store("file://" + folder_.path() + "/objects").value(),
                           object_faults_),
                       {})
               .value();
  const std::string to = folder_.path() + "/copy";
  object_faults_->before = [](const std::string& operation) -> Result<void> {
    if (operation != "object get") return ok();
    return make_error(Code::unavailable, "test", "", "on purpose");
  };
  EXPECT_FALSE(items_->backup(to, soon()));
  EXPECT_FALSE(std::filesystem::exists(to));
  object_faults_->before = nullptr;
  const auto done = items_->backup(to, soon());
  ASSERT_TRUE(done) << describe(done.error());
  EXPECT_EQ(items_->backup(to, soon()).error().code, Code::conflict);
  ItemsConfig config;
  config.items_url = "embedded://" + to + "/items";
  config.objects_url = "file://" + to + "/objects";
  const auto copy = Items::open(config);
  ASSERT_TRUE(copy) << describe(copy.error());
  EXPECT_EQ(copy.value()->get(get(key()), Hydrate::whole, soon()).value().item, large_item());
}

TEST_F(Items_, FsckReadsAPackOnce) {
  Item item = key();
  for (int i = 0; i < 900; ++i) {
    item["n" + std::to_string(i)] = noise(600, static_cast<std::uint32_t>(i + 1));
  }
  write(put(item));
  std::atomic<int> reads = 0;
  object_faults_->before = [&](const std::string& operation) -> Result<void> {
    reads += operation == "object get" ? 1 : 0;
    return ok();
  };
  EXPECT_TRUE(items_->fsck({true}, soon()).value().problems.empty());
  EXPECT_EQ(reads, 1);
}

}  // namespace
}  // namespace spillway
