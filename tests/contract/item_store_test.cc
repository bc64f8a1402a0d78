// What every ItemStore promises of single items, transactions and tables. Queries are in
// item_store_query_test.cc; what only the embedded store promises is in tests/unit/item.
#include <atomic>
#include <thread>

#include "contract/item_store_contract.h"

namespace spillway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

INSTANTIATE_TEST_SUITE_P(Stores, ItemStoreContract, testing::ValuesIn(item_store_factories()),
                         item_store_name);

/// An item under "pk" whose DynamoDB size is `bytes`.
Item item_of_size(const std::string& key, std::size_t bytes) {
  const std::size_t rest = bytes - 2 - key.size() - 1;  // the names "pk" and "v", and the key
  return {{"pk", key}, {"v", std::string(rest, 'x')}};
}

Item everything() {
  return {{"pk", "all"},
          {"bool", true},
          {"null", Null{}},
          {"number", Number{"-1.5"}},
          {"binary", Binary{std::string("\0\xff\x01", 3)}},
          {"empty", std::string()},
          {"list", List{Null{}, false, List{}, Map{}}},
          {"map", Map{{"a", Map{{"b", "c"}}}}},
          {"ss", StringSet{{"a", "b"}}},
          {"ns", NumberSet{{"1", "2"}}},
          {"bs", BinarySet{{"\x01", "\xfe"}}}};
}

TEST_P(ItemStoreContract, GivesBackWhatWasPutOfEveryType) {
  make_table("types");
  EXPECT_FALSE(get("types", {{"pk", "all"}}));
  const auto put_result = put("types", everything());
  ASSERT_TRUE(put_result) << describe(put_result.error());
  EXPECT_TRUE(put_result.value().applied);
  EXPECT_FALSE(put_result.value().prior);
  EXPECT_EQ(get("types", {{"pk", "all"}}), everything());
}

TEST_P(ItemStoreContract, AnswersAPutWithThePriorItem) {
  make_table("items");
  ASSERT_TRUE(put("items", {{"pk", "a"}, {"v", number(1)}}));
  const auto second = put("items", {{"pk", "a"}, {"w", number(2)}});
  EXPECT_EQ(second.value().prior, (Item{{"pk", "a"}, {"v", number(1)}}));
  EXPECT_EQ(get("items", {{"pk", "a"}}), (Item{{"pk", "a"}, {"w", number(2)}}));
}

TEST_P(ItemStoreContract, RemovesAndSaysWhatWasThere) {
  make_table("items");
  ASSERT_TRUE(put("items", {{"pk", "a"}, {"v", number(1)}}));
  const auto removed = write(request(Kind::remove, "items", {{"pk", "a"}}));
  EXPECT_TRUE(removed.value().applied);
  EXPECT_EQ(removed.value().prior, (Item{{"pk", "a"}, {"v", number(1)}}));
  EXPECT_FALSE(get("items", {{"pk", "a"}}));
  const auto again = write(request(Kind::remove, "items", {{"pk", "a"}}));
  EXPECT_TRUE(again.value().applied);
  EXPECT_FALSE(again.value().prior);
}

TEST_P(ItemStoreContract, RefusedConditionsWriteNothingAndShowTheItem) {
  make_table("items");
  const Item stored{{"pk", "a"}, {"v", number(1)}};
  ASSERT_TRUE(put("items", stored));
  const Values two{{":v", number(2)}};
  const std::vector<WriteRequest> refused = {
      request(Kind::put, "items", {{"pk", "a"}, {"w", "new"}}, "attribute_not_exists(pk)"),
      request(Kind::put, "items", {{"pk", "a"}}, "v = :v", two),
      request(Kind::remove, "items", {{"pk", "a"}}, "v = :v", two),
      update("items", {{"pk", "a"}}, "SET w = :v", two, "v = :v"),
      request(Kind::check, "items", {{"pk", "a"}}, "v = :v", two),
  };
  for (const WriteRequest& write_request : refused) {
    const auto result = write(write_request);
    ASSERT_TRUE(result) << describe(result.error());
    EXPECT_FALSE(result.value().applied) << write_request.condition;
    EXPECT_EQ(result.value().prior, stored);
    EXPECT_EQ(get("items", {{"pk", "a"}}), stored);
  }
}

TEST_P(ItemStoreContract, ConditionsThatHoldLetTheWriteThrough) {
  make_table("items");
  const Values one{{":v", number(1)}};
  const auto first =
      request(Kind::put, "items", {{"pk", "a"}, {"v", number(1)}}, "attribute_not_exists(pk)");
  EXPECT_TRUE(write(first).value().applied);
  EXPECT_TRUE(write(request(Kind::check, "items", {{"pk", "a"}}, "v = :v", one)).value().applied);
  EXPECT_TRUE(write(request(Kind::remove, "items", {{"pk", "a"}}, "v = :v", one)).value().applied);
  EXPECT_FALSE(get("items", {{"pk", "a"}}));
  const auto on_missing = write(request(Kind::remove, "items", {{"pk", "a"}}, "v = :v", one));
  EXPECT_FALSE(on_missing.value().applied);
  EXPECT_FALSE(on_missing.value().prior);
}

TEST_P(ItemStoreContract, UpdatesChangeWhatTheyNameAndCreateWhatIsMissing) {
  make_table("items");
  const Values one{{":one", number(1)}};
  const auto created = write(update("items", {{"pk", "a"}}, "ADD n :one", one));
  ASSERT_TRUE(created) << describe(created.error());
  EXPECT_FALSE(created.value().prior);
  ASSERT_TRUE(write(update("items", {{"pk", "a"}}, "SET m = n + :one", one)));
  EXPECT_EQ(get("items", {{"pk", "a"}}), (Item{{"pk", "a"}, {"n", number(1)}, {"m", number(2)}}));
  ASSERT_TRUE(write(update("items", {{"pk", "a"}}, "REMOVE m, n")));
  EXPECT_EQ(get("items", {{"pk", "a"}}), (Item{{"pk", "a"}}));
}

// Source: AWS itself, as scylladb/scylladb issue 5862 tells; DynamoDB Local differs.
TEST_P(ItemStoreContract, AnUpdateThatOnlyRemovesCreatesNothing) {
  make_table("items");
  const auto result = write(update("items", {{"pk", "a"}}, "REMOVE v"));
  EXPECT_TRUE(result.value().applied);
  EXPECT_FALSE(get("items", {{"pk", "a"}}));
}

TEST_P(ItemStoreContract, UpdatesMayNotChangeKeys) {
  make_table("items");
  const auto result = write(update("items", {{"pk", "a"}}, "SET pk = :v", {{":v", "b"}}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::invalid_argument);
  EXPECT_THAT(result.error().detail, HasSubstr("part of the key"));
}

TEST_P(ItemStoreContract, AnUpdateThatFailsLeavesTheItemAlone) {
  make_table("items");
  ASSERT_TRUE(put("items", {{"pk", "a"}, {"s", "text"}}));
  const auto result =
      write(update("items", {{"pk", "a"}}, "SET t = :one, s = s + :one", {{":one", number(1)}}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::invalid_argument);
  EXPECT_EQ(get("items", {{"pk", "a"}}), (Item{{"pk", "a"}, {"s", "text"}}));
}

TEST_P(ItemStoreContract, HoldsTheSizeLimitToTheByte) {
  make_table("items");
  EXPECT_TRUE(put("items", item_of_size("fits", 409'600)));
  EXPECT_EQ(get("items", {{"pk", "fits"}}), item_of_size("fits", 409'600));
  const auto refused = put("items", item_of_size("over", 409'601));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::too_large);
  EXPECT_FALSE(get("items", {{"pk", "over"}}));
  const auto grown =
      write(update("items", {{"pk", "fits"}}, "SET w = :v", {{":v", std::string()}}));
  ASSERT_FALSE(grown);  // the name alone is one byte too many
  EXPECT_EQ(grown.error().code, Code::too_large);
}

TEST_P(ItemStoreContract, RefusesKeysThatDoNotFitTheSchema) {
  make_table("items", KeyType::string, KeyType::number);
  const std::vector<Item> bad_items = {
      {{"pk", "a"}},                                        // no sort key
      {{"sk", number(1)}},                                  // no partition key
      {{"pk", number(1)}, {"sk", number(1)}},               // wrong type
      {{"pk", "a"}, {"sk", "1"}},                           // wrong type
      {{"pk", ""}, {"sk", number(1)}},                      // empty
      {{"pk", std::string(2049, 'k')}, {"sk", number(1)}},  // too long
      {{"pk", "a"}, {"sk", Null{}}},                        // no key type at all
  };
  for (const Item& item : bad_items) {
    const auto result = put("items", item);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::invalid_argument);
  }
  EXPECT_TRUE(put("items", {{"pk", std::string(2048, 'k')}, {"sk", number(1)}}));
  GetRequest with_more{"items", {{"pk", "a"}, {"sk", number(1)}, {"v", "x"}}, true, "", {}};
  EXPECT_EQ(store().get(with_more, soon()).error().code, Code::invalid_argument);
}

TEST_P(ItemStoreContract, SortKeysHaveABoundOfTheirOwn) {
  make_table("items", KeyType::string, KeyType::string);
  EXPECT_TRUE(put("items", {{"pk", "a"}, {"sk", std::string(1024, 's')}}));
  EXPECT_EQ(put("items", {{"pk", "a"}, {"sk", std::string(1025, 's')}}).error().code,
            Code::invalid_argument);
}

TEST_P(ItemStoreContract, EqualNumbersAreOneKey) {
  make_table("items", KeyType::number);
  ASSERT_TRUE(put("items", {{"pk", Number{"5.0"}}, {"v", "first"}}));
  const auto second = put("items", {{"pk", Number{"0.5e1"}}, {"v", "second"}});
  EXPECT_EQ(second.value().prior, (Item{{"pk", number(5)}, {"v", "first"}}));
  EXPECT_EQ(get("items", {{"pk", Number{"5"}}}), (Item{{"pk", number(5)}, {"v", "second"}}));
}

TEST_P(ItemStoreContract, BinaryKeysAreAnyBytes) {
  make_table("items", KeyType::binary);
  for (const std::string& bytes : {std::string(1, '\0'), std::string(2, '\0'),
                                   std::string("\xff\0\xfe", 3), std::string("'; --")}) {
    const Item item{{"pk", Binary{bytes}}, {"v", Binary{bytes}}};
    ASSERT_TRUE(put("items", item));
    EXPECT_EQ(get("items", {{"pk", Binary{bytes}}}), item);
  }
}

TEST_P(ItemStoreContract, RefusesEmptySets) {
  make_table("items");
  EXPECT_EQ(put("items", {{"pk", "a"}, {"v", StringSet{}}}).error().code, Code::invalid_argument);
}

// The attribute itself is the first of 32 levels. Source: DynamoDB Local 3.3.1, and captures of AWS
// that dynoxide's tests/nesting_depth.rs tells of: 31 wraps are taken, 32 are not.
TEST_P(ItemStoreContract, RefusesDeepNesting) {
  make_table("items");
  AttributeValue nested = "core";
  for (int i = 0; i < 31; ++i) nested = List{nested};
  EXPECT_TRUE(put("items", {{"pk", "a"}, {"v", nested}}));
  EXPECT_EQ(put("items", {{"pk", "a"}, {"v", List{nested}}}).error().code, Code::invalid_argument);
}

TEST_P(ItemStoreContract, ProjectsWhatIsAskedFor) {
  make_table("items");
  ASSERT_TRUE(put("items", {{"pk", "a"}, {"m", Map{{"x", "1"}, {"y", "2"}}}, {"v", "3"}}));
  GetRequest request{"items", {{"pk", "a"}}, true, "m.x, #v", {{"#v", "v"}}};
  EXPECT_EQ(store().get(request, soon()).value().item, (Item{{"m", Map{{"x", "1"}}}, {"v", "3"}}));
}

TEST_P(ItemStoreContract, BillsByDynamoDbsRule) {
  make_table("items");
  EXPECT_EQ(put("items", item_of_size("a", 1024)).value().capacity.write_units, 1);
  EXPECT_EQ(put("items", item_of_size("a", 4097)).value().capacity.write_units, 5);
  EXPECT_EQ(put("items", item_of_size("a", 4097)).value().capacity.write_units, 5);
  GetRequest request{"items", {{"pk", "a"}}, true, "", {}};
  EXPECT_EQ(store().get(request, soon()).value().capacity.read_units, 2);
  request.consistent = false;
  EXPECT_EQ(store().get(request, soon()).value().capacity.read_units, 1);
}

TEST_P(ItemStoreContract, TransactionsApplyAllOrNothing) {
  make_table("items");
  make_table("others");
  ASSERT_TRUE(put("items", {{"pk", "b"}, {"v", number(1)}}));
  ASSERT_TRUE(put("items", {{"pk", "c"}, {"v", number(1)}}));
  std::vector<WriteRequest> actions = {
      request(Kind::put, "others", {{"pk", "a"}}, "attribute_not_exists(pk)"),
      update("items", {{"pk", "b"}}, "ADD v :one", {{":one", number(1)}}),
      request(Kind::check, "items", {{"pk", "c"}}, "v = :two", {{":two", number(2)}}),
      request(Kind::remove, "items", {{"pk", "d"}}),
  };
  const auto refused = transact(actions);
  ASSERT_TRUE(refused) << describe(refused.error());
  EXPECT_FALSE(refused.value().applied);
  ASSERT_EQ(refused.value().actions.size(), 4u);
  EXPECT_TRUE(refused.value().actions[0].condition_held);
  EXPECT_TRUE(refused.value().actions[1].condition_held);
  EXPECT_FALSE(refused.value().actions[2].condition_held);
  EXPECT_EQ(refused.value().actions[2].prior, (Item{{"pk", "c"}, {"v", number(1)}}));
  EXPECT_FALSE(get("others", {{"pk", "a"}}));
  EXPECT_EQ(get("items", {{"pk", "b"}}), (Item{{"pk", "b"}, {"v", number(1)}}));

  ASSERT_TRUE(put("items", {{"pk", "c"}, {"v", number(2)}}));
  EXPECT_TRUE(transact(actions).value().applied);
  EXPECT_TRUE(get("others", {{"pk", "a"}}));
  EXPECT_EQ(get("items", {{"pk", "b"}}), (Item{{"pk", "b"}, {"v", number(2)}}));
}

TEST_P(ItemStoreContract, ATransactionThatFailsAppliesNothing) {
  make_table("items");
  const std::vector<WriteRequest> actions = {
      request(Kind::put, "items", {{"pk", "a"}}),
      update("items", {{"pk", "b"}}, "SET v = absent + :one", {{":one", number(1)}}),
  };
  const auto result = transact(actions);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::invalid_argument);
  EXPECT_FALSE(get("items", {{"pk", "a"}}));
}

TEST_P(ItemStoreContract, TransactionsHaveBounds) {
  make_table("items");
  std::vector<WriteRequest> actions;
  EXPECT_EQ(transact(actions).error().code, Code::invalid_argument);
  for (int i = 0; i < 100; ++i)
    actions.push_back(request(Kind::put, "items", {{"pk", "k" + std::to_string(i)}}));
  EXPECT_TRUE(transact(actions).value().applied);
  actions.push_back(request(Kind::put, "items", {{"pk", "one more"}}));
  EXPECT_EQ(transact(actions).error().code, Code::invalid_argument);
  const auto twice = request(Kind::remove, "items", {{"pk", "a"}});
  EXPECT_EQ(transact({twice, twice}).error().code, Code::invalid_argument);
  std::vector<WriteRequest> large;
  for (int i = 0; i < 11; ++i)
    large.push_back(request(Kind::put, "items", item_of_size("l" + std::to_string(i), 400'000)));
  EXPECT_EQ(transact(large).error().code, Code::invalid_argument);
  EXPECT_FALSE(get("items", {{"pk", "l0"}}));
}

TEST_P(ItemStoreContract, ATokenAppliesATransactionOnce) {
  make_table("items");
  const auto add = [](int n) {
    return update("items", {{"pk", "a"}}, "ADD n :n", {{":n", number(n)}});
  };
  EXPECT_TRUE(transact({add(1)}, "token-1").value().applied);
  EXPECT_TRUE(transact({add(1)}, "token-1").value().applied);
  EXPECT_EQ(get("items", {{"pk", "a"}}), (Item{{"pk", "a"}, {"n", number(1)}}));
  const auto other = transact({add(2)}, "token-1");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::invalid_argument);
  EXPECT_THAT(other.error().detail, HasSubstr("IdempotentParameterMismatch"));
  EXPECT_TRUE(transact({add(1)}, "token-2").value().applied);
  EXPECT_EQ(get("items", {{"pk", "a"}}), (Item{{"pk", "a"}, {"n", number(2)}}));
}

TEST_P(ItemStoreContract, TablesAreMadeDescribedListedAndDropped) {
  make_table("beta", KeyType::number, KeyType::binary);
  make_table("alpha");
  make_table("gamma");
  const TableDescription taken{"beta", {{"pk", KeyType::string}, std::nullopt}, {}};
  EXPECT_EQ(store().administer(CreateTable{taken}, soon()).error().code, Code::conflict);
  const auto described = store().administer(DescribeTable{"beta"}, soon()).value();
  EXPECT_EQ(described[0].keys.partition.type, KeyType::number);
  EXPECT_EQ(described[0].keys.sort->name, "sk");
  EXPECT_EQ(described[0].keys.sort->type, KeyType::binary);
  const auto names = [&](const ListTables& list) {
    std::vector<std::string> found;
    const TableReply reply = store().administer(list, soon()).value();
    for (const TableDescription& table : reply) found.push_back(table.name);
    return found;
  };
  EXPECT_THAT(names({}), ElementsAre("alpha", "beta", "gamma"));
  EXPECT_THAT(names({"alpha", 1}), ElementsAre("beta"));
  ASSERT_TRUE(put("alpha", {{"pk", "a"}}));
  EXPECT_EQ(store().administer(DeleteTable{"alpha"}, soon()).value()[0].name, "alpha");
  EXPECT_EQ(put("alpha", {{"pk", "a"}}).error().code, Code::not_found);
  EXPECT_EQ(store().administer(DeleteTable{"alpha"}, soon()).error().code, Code::not_found);
  make_table("alpha");
  EXPECT_FALSE(get("alpha", {{"pk", "a"}})) << "a table of the same name starts empty";
}

TEST_P(ItemStoreContract, ConcurrentConditionalIncrementsLoseNothing) {
  make_table("items");
  constexpr int threads = 8, increments = 25;
  ASSERT_TRUE(put("items", {{"pk", "a"}, {"n", number(0)}}));
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      for (int done = 0; done < increments;) {
        const auto before = get("items", {{"pk", "a"}});
        const std::int64_t n = std::stoll(before->at("n").as<Number>()->text);
        const auto result = write(update("items", {{"pk", "a"}}, "SET n = :next",
                                         {{":next", number(n + 1)}, {":n", number(n)}}, "n = :n"));
        if (result.value().applied) ++done;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(get("items", {{"pk", "a"}})->at("n"), number(threads * increments));
}

TEST_P(ItemStoreContract, OfManyRacingForOneKeyOneWins) {
  make_table("items");
  for (int round = 0; round < 20; ++round) {
    const std::string key = "k" + std::to_string(round);
    std::atomic<int> winners = 0, winner = -1;
    std::vector<std::thread> racers;
    for (int t = 0; t < 16; ++t) {
      racers.emplace_back([&, t] {
        const auto result = write(request(Kind::put, "items", {{"pk", key}, {"by", number(t)}},
                                          "attribute_not_exists(pk)"));
        if (!result.value().applied) return;
        ++winners;
        winner = t;
      });
    }
    for (std::thread& racer : racers) racer.join();
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(get("items", {{"pk", key}})->at("by"), number(winner));
  }
}

TEST_P(ItemStoreContract, ADeadlineThatPassedWritesNothingOrSaysThatItMay) {
  make_table("items");
  const auto late = store().write(request(Kind::put, "items", {{"pk", "late"}}),
                                  Deadline::after(std::chrono::milliseconds(-1)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::timeout);
  const bool written = get("items", {{"pk", "late"}}).has_value();
  EXPECT_TRUE(late.error().effect == Effect::unknown || !written);
}

}  // namespace
}  // namespace spillway
