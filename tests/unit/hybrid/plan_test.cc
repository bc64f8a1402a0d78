// What the planner promises: an item within the threshold is untouched, a larger one is brought
// below DynamoDB's limit by moving its largest values, keys never move, and what cannot be done is
// named.
#include "hybrid/plan.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "dynamo/item_size.h"

namespace spillway {
namespace {

TableDescription messages() {
  TableDescription table;
  table.name = "messages";
  table.keys.partition = {"pk", KeyType::string};
  table.keys.sort = KeyAttribute{"sk", KeyType::string};
  return table;
}

Item keyed() { return Item{{"pk", "session"}, {"sk", "message"}}; }

std::string text(std::size_t bytes) { return std::string(bytes, 'x'); }

/// The item with what the plan moves replaced by what a reference costs.
std::uint64_t rest_after(Item item, const SpillPlan& plan) {
  std::uint64_t references = 0;
  for (const Path& path : plan.values) {
    *find(item, path) = Null{};
    references += reference_bytes;
  }
  for (const std::string& name : plan.packed) item.erase(name);
  return item_size(item) + references;
}

TEST(Plan, ItemWithinTheThresholdIsUntouched) {
  Item item = keyed();
  item["a"] = text(300 * 1024 - item_size(item) - 1);
  ASSERT_EQ(item_size(item), SpillPolicy{}.threshold_bytes);
  EXPECT_TRUE(plan_spill(item, messages(), {}).value().empty());
  item["a"] = text(300 * 1024);
  EXPECT_FALSE(plan_spill(item, messages(), {}).value().empty());
}

TEST(Plan, LargestLeaveFirstUntilTheLowWaterMark) {
  Item item = keyed();
  item["small"] = text(10'000);
  item["middle"] = text(50'000);
  item["large"] = text(350'000);
  const SpillPlan plan = plan_spill(item, messages(), {}).value();
  EXPECT_EQ(plan.values, std::vector<Path>{Path{"large"}});
}

TEST(Plan, ArtifactsLeaveOneByOne) {
  Item item = keyed();
  List artifacts;
  for (int i = 0; i < 40; ++i) {
    artifacts.push_back(Map{{"id", "a" + std::to_string(i)}, {"body", text(20'000)}});
  }
  item["artifacts"] = artifacts;
  const SpillPlan plan = plan_spill(item, messages(), {}).value();
  EXPECT_GE(plan.values.size(), 36u);
  for (const Path& path : plan.values) {
    ASSERT_EQ(path.size(), 3u);
    EXPECT_EQ(path[2], PathStep("body"));
  }
  EXPECT_LE(rest_after(item, plan), SpillPolicy{}.low_water_bytes + 1024);
}

TEST(Plan, ListOfManySmallThingsLeavesWhole) {
  Item item = keyed();
  List points;
  for (int i = 0; i < 20'000; ++i) points.push_back(text(20));
  item["points"] = points;
  const SpillPlan plan = plan_spill(item, messages(), {}).value();
  EXPECT_EQ(plan.values, std::vector<Path>{Path{"points"}});
}

TEST(Plan, SetLeavesWhole) {
  Item item = keyed();
  StringSet set;
  for (int i = 0; i < 50; ++i) set.elements.push_back(text(10'000) + std::to_string(100 + i));
  item["set"] = set;
  EXPECT_EQ(plan_spill(item, messages(), {}).value().values, std::vector<Path>{Path{"set"}});
}

TEST(Plan, ManySmallAttributesLeaveAsOnePack) {
  Item item = keyed();
  for (int i = 0; i < 1000; ++i) item["attribute" + std::to_string(1000 + i)] = text(500);
  const SpillPlan plan = plan_spill(item, messages(), {}).value();
  EXPECT_TRUE(plan.values.empty());
  EXPECT_GT(plan.packed.size(), 500u);
  EXPECT_LT(rest_after(item, plan), SpillPolicy{}.low_water_bytes);
}

TEST(Plan, IndexKeysAndIncludedAttributesNeverMove) {
  TableDescription table = messages();
  IndexDescription index;
  index.name = "by_author";
  index.keys.partition = {"author", KeyType::string};
  index.projects = IndexDescription::Projects::include;
  index.included = {"summary"};
  table.indexes.push_back(index);
  Item item = keyed();
  item["author"] = text(2'000);
  item["summary"] = text(100'000);
  item["body"] = text(250'000);
  const SpillPlan plan = plan_spill(item, table, {}).value();
  EXPECT_EQ(plan.values, std::vector<Path>{Path{"body"}});
}

TEST(Plan, WhatCannotMoveIsNamed) {
  TableDescription table = messages();
  IndexDescription index;
  index.name = "by_summary";
  index.keys.partition = {"author", KeyType::string};
  index.projects = IndexDescription::Projects::include;
  index.included = {"summary"};
  table.indexes.push_back(index);
  Item item = keyed();
  item["summary"] = text(409'000);
  item["body"] = text(250'000);
  const auto plan = plan_spill(item, table, {});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Code::too_large);
  EXPECT_NE(plan.error().detail.find("summary (409000 bytes)"), std::string::npos)
      << plan.error().detail;
}

TEST(Plan, LocalIndexEntriesCountTowardsTheLimit) {
  TableDescription table = messages();
  IndexDescription index;
  index.name = "by_time";
  index.local = true;
  index.keys.partition = table.keys.partition;
  index.keys.sort = KeyAttribute{"time", KeyType::string};
  table.indexes.push_back(index);
  Item item = keyed();
  item["time"] = "2026";
  item["body"] = text(200'000);
  EXPECT_FALSE(plan_spill(item, table, {}).value().empty());
  item.erase("time");
  EXPECT_TRUE(plan_spill(item, table, {}).value().empty());
}

TEST(Plan, ReferenceMapsNeverPassTheNestingLimit) {
  Item item = keyed();
  AttributeValue value = List{Binary{text(400'000)}};
  for (int i = 0; i < 31; ++i) value = Map{{"m", std::move(value)}};
  ASSERT_EQ(nesting_depth(value), 32);
  item["deep"] = std::move(value);
  const SpillPlan plan = plan_spill(item, messages(), {}).value();
  ASSERT_EQ(plan.values.size(), 1u);
  EXPECT_LE(plan.values[0].size(), 32u);
}

// ---- properties ---------------------------------------------------------------------------------

/// A value of about `bytes`, of a random shape.
AttributeValue arbitrary_value(std::size_t bytes, int depth) {
  const int shape = *rc::gen::inRange(0, depth > 0 ? 5 : 3);
  if (shape == 0) return text(bytes);
  if (shape == 1) return Binary{text(bytes)};
  if (shape == 2) {
    NumberSet set;
    for (std::size_t i = 0; i <= bytes / 8; ++i)
      set.elements.push_back(std::to_string(1000000 + i));
    return set;
  }
  const std::size_t children = *rc::gen::inRange<std::size_t>(1, 12);
  if (shape == 3) {
    List list;
    for (std::size_t i = 0; i < children; ++i) {
      list.push_back(arbitrary_value(bytes / children, depth - 1));
    }
    return list;
  }
  Map map;
  for (std::size_t i = 0; i < children; ++i) {
    map["k" + std::to_string(i)] = arbitrary_value(bytes / children, depth - 1);
  }
  return map;
}

RC_GTEST_PROP(PlanProperty, EveryItemIsBroughtBelowTheLimit, ()) {
  Item item = keyed();
  const int attributes = *rc::gen::inRange(1, 40);
  for (int i = 0; i < attributes; ++i) {
    const auto bytes = *rc::gen::element<std::size_t>(10, 700, 3'000, 20'000, 90'000, 600'000);
    item["a" + std::to_string(i)] = arbitrary_value(bytes, 3);
  }
  const Item before = item;
  const auto plan = plan_spill(item, messages(), {});
  RC_ASSERT(plan);
  RC_ASSERT(item == before);
  RC_ASSERT(plan.value().empty() == (item_size(item) <= SpillPolicy{}.threshold_bytes));
  RC_ASSERT(rest_after(item, plan.value()) <= item_bytes_max - margin_bytes);
  for (const Path& path : plan.value().values) {
    const auto* value = find(std::as_const(item), path);
    RC_ASSERT(value != nullptr);
    RC_ASSERT(value_size(*value) > SpillPolicy{}.value_bytes_min);
    const auto root = std::get<std::string>(path.front());
    RC_ASSERT(root != "pk" && root != "sk");
    // Nothing leaves twice: no chosen path lies within another, nor within a pack.
    RC_ASSERT(std::ranges::count(plan.value().packed, root) == 0);
    for (const Path& other : plan.value().values) {
      if (&other == &path) continue;
      const bool within =
          other.size() <= path.size() && std::equal(other.begin(), other.end(), path.begin());
      RC_ASSERT(!within);
    }
  }
}

}  // namespace
}  // namespace spillway
