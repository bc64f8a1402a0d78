// What Items promises when manifests are damaged, newer or forged: an error that says so and names
// the item, and never the loss of an object.
#include <gmock/gmock.h>

#include "unit/hybrid/stores.h"

namespace spillway {
namespace {

using Hostile = ItemsTest;

Item large(const std::string& sk, std::uint32_t seed = 1) {
  return Item{{"pk", "p"}, {"sk", sk}, {"text", noise(500'000, seed)}};
}

TEST_F(Hostile, ObjectsOfANewerManifestAreNeverSwept) {
  write(put(large("1")));
  Item newer = *raw_items_->get(get(key()), soon()).value().item;
  Map& manifest = *newer["_spillway"].as<Map>();
  manifest["v"] = number(2);
  manifest["paths"] = manifest["p"];
  manifest.erase("p");
  ASSERT_TRUE(raw_items_->write(put(newer), soon()).value().applied);
  EXPECT_EQ(sweep_all().objects_removed, 0u);
  EXPECT_EQ(object_count(), 1u);
}

TEST_F(Hostile, ObjectOfADamagedEntryIsNeverSwept) {
  write(put(large("1")));
  Item damaged = *raw_items_->get(get(key()), soon()).value().item;
  Map& paths = *(*damaged["_spillway"].as<Map>())["p"].as<Map>();
  (*(*paths["text"].as<List>())[0].as<Map>())["k"] = number(7);
  ASSERT_TRUE(raw_items_->write(put(damaged), soon()).value().applied);
  EXPECT_EQ(sweep_all().objects_removed, 0u);
}

class ForgedManifest : public Hostile {
 protected:
  /// Item "2" with the manifest of item "1".
  void SetUp() override {
    Hostile::SetUp();
    write(put(large("1")));
    Item forged = *raw_items_->get(get(key("1")), soon()).value().item;
    forged["sk"] = "2";
    ASSERT_TRUE(raw_items_->write(put(forged), soon()).value().applied);
  }
};

TEST_F(ForgedManifest, UpdateSaysCorruptAndNamesTheItem) {
  WriteRequest change = update(key("2"), "SET n = :n", {{":n", number(1)}});
  change.condition = "contains(#t, :n)";
  change.names["#t"] = "text";
  const auto reply = items_->write(change, soon());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::corrupt);
  EXPECT_FALSE(reply.error().transient);
  EXPECT_THAT(reply.error().subject, ::testing::HasSubstr("\"sk\":{\"S\":\"2\"}"));
}

TEST_F(ForgedManifest, PageEndsBeforeItAndThenNamesIt) {
  QueryRequest request;
  request.table = "things";
  request.key_condition = "pk = :p";
  request.values = {{":p", "p"}};
  for (const Hydrate hydrate : {Hydrate::whole, Hydrate::handles}) {
    request.start_after.reset();
    const auto page = items_->query(request, hydrate, soon());
    ASSERT_TRUE(page) << describe(page.error());
    EXPECT_EQ(page.value().items.size(), 1u);
    request.start_after = page.value().last_key;
    const auto next = items_->query(request, hydrate, soon());
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().code, Code::corrupt);
    EXPECT_THAT(next.error().subject, ::testing::HasSubstr("\"sk\":{\"S\":\"2\"}"));
  }
}

TEST_F(Hostile, DamagedPackInTheItemIsCorruptNotAConflict) {
  Item item = key();
  for (int i = 0; i < 1000; ++i) item["n" + std::to_string(i)] = std::string(500, 'a');
  write(put(item));
  Item damaged = *raw_items_->get(get(key()), soon()).value().item;
  Map& pack = *(*(*damaged["_spillway"].as<Map>())["q"].as<List>())[0].as<Map>();
  pack["b"].as<Binary>()->bytes[9] ^= 1;
  ASSERT_TRUE(raw_items_->write(put(damaged), soon()).value().applied);
  const auto handles = items_->get(get(key()), Hydrate::handles, soon());
  ASSERT_TRUE(handles);
  const Item& held = *handles.value().item;
  const auto member = std::find_if(held.begin(), held.end(), [](const auto& entry) {
    return entry.second.template as<Spilled>();
  });
  ASSERT_NE(member, held.end());
  const auto value = items_->hydrate(get(key()), member->second, soon());
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Code::corrupt);
}

}  // namespace
}  // namespace spillway
