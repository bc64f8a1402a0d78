// Queries on secondary indexes, whose entries are behind their table and may lack the manifest; and
// errors of the object store, which are not damage.
#include <gmock/gmock.h>

#include "unit/hybrid/shared_stores.h"

namespace spillway {
namespace {

IndexDescription index_of(const std::string& name, IndexDescription::Projects projects,
                          std::vector<std::string> included = {}) {
  IndexDescription index;
  index.name = name;
  index.keys.partition = {"group", KeyType::string};
  index.keys.sort = KeyAttribute{"rank", KeyType::number};
  index.projects = projects;
  index.included = std::move(included);
  return index;
}

class Indexes : public GatewaysTest {
 protected:
  using Projects = IndexDescription::Projects;
  Indexes() {
    indexes_ = {index_of("all", Projects::all), index_of("keys", Projects::keys_only),
                index_of("some", Projects::include, {"title"})};
  }
  static Item item(int rank, std::uint32_t seed = 1) {
    Item item = large(std::to_string(rank), seed);
    item["group"] = "g";
    item["rank"] = number(rank);
    item["title"] = "t" + std::to_string(rank);
    return item;
  }
  static QueryRequest query(const std::string& index) {
    QueryRequest request;
    request.table = "things";
    request.index = index;
    request.key_condition = "#g = :g";
    request.names = {{"#g", "group"}};
    request.values = {{":g", "g"}};
    return request;
  }
  std::vector<Item> all_of(QueryRequest request) {
    std::vector<Item> items;
    do {
      auto page = gateway_->query(request, Hydrate::whole, soon());
      EXPECT_TRUE(page) << describe(page.error());
      if (!page) break;
      std::ranges::move(page.value().items, std::back_inserter(items));
      request.start_after = page.value().last_key;
    } while (request.start_after);
    return items;
  }
};

TEST_F(Indexes, EntriesAreWholeOrWhatTheIndexHas) {
  write(put(item(1)));
  EXPECT_THAT(all_of(query("all")), ::testing::ElementsAre(item(1)));
  Item entry = item(1);
  entry.erase("text");
  EXPECT_THAT(all_of(query("some")), ::testing::ElementsAre(entry));
  entry.erase("title");
  EXPECT_THAT(all_of(query("keys")), ::testing::ElementsAre(entry));
}

TEST_F(Indexes, PagesThatEndEarlyGoOnWhereTheyStopped) {
  for (int rank = 1; rank <= 4; ++rank) write(put(item(rank)));
  hydrated_page_bytes_max_ = 500'000;
  reopen();
  QueryRequest titles = query("all");
  titles.projection = "title, #t";
  titles.names["#t"] = "text";
  const auto first = gateway_->query(titles, Hydrate::whole, soon()).value();
  ASSERT_TRUE(first.last_key);
  EXPECT_TRUE(first.last_key->contains("group") && first.last_key->contains("rank") &&
              first.last_key->contains("pk"));
  const std::vector<Item> all = all_of(titles);
  ASSERT_EQ(all.size(), 4u);
  for (int rank = 1; rank <= 4; ++rank) {
    EXPECT_EQ(all[rank - 1],
              (Item{{"title", "t" + std::to_string(rank)}, {"text", noise(400'000)}}));
  }
}

TEST_F(Indexes, EntryWhoseObjectIsGoneIsReadFromItsTable) {
  write(put(item(1, 1)));
  write(put(item(2, 2)));
  EXPECT_EQ(all_of(query("all")).size(), 2u);
  Item moved = item(2, 4);  // elsewhere in the index
  moved["rank"] = number(9);
  write(put(item(1, 3)));
  write(put(moved));
  full();
  shared_items_->stale_one_in = 1;  // the index has not heard of it
  EXPECT_THAT(all_of(query("all")), ::testing::ElementsAre(item(1, 3)));
}

TEST_F(Indexes, ReferenceInAnIndexWithoutTheManifestIsNotTakenForAValue) {
  write(put(item(1)));
  shared_items_->set_indexes("things", {index_of("late", Projects::include, {"text"})});
  Item entry = item(1);
  entry.erase("title");
  EXPECT_THAT(all_of(query("late")), ::testing::ElementsAre(entry));
}

TEST_F(Indexes, NamesOfTheProjectionAloneAreNotSent) {
  write(put(item(1)));
  QueryRequest request = query("");
  request.key_condition = "pk = :p";
  request.names = {{"#t", "title"}, {"#r", "rank"}};
  request.values = {{":p", "p"}, {":r", number(0)}};
  request.filter = "#r > :r";
  request.projection = "#t";
  EXPECT_THAT(all_of(request), ::testing::ElementsAre(Item{{"title", "t1"}}));
}

TEST_F(Indexes, FailuresOfTheObjectStoreAreNotDamage) {
  write(put(item(1)));
  for (const Code code : {Code::unavailable, Code::permission_denied, Code::archived,
                          Code::invalid_argument, Code::throttled, Code::timeout}) {
    object_faults_->before = [code](const std::string& operation) -> Result<void> {
      if (operation != "object get") return ok();
      return make_error(code, "test", "", "on purpose");
    };
    const auto got = gateway_->get(get(key()), Hydrate::whole, soon());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, code);
    const auto handles = gateway_->get(get(key()), Hydrate::handles, soon());
    const auto* handle = handles.value().item->at("text").as<Spilled>();
    const auto opened = gateway_->open(get(key()), *handle, ByteRange{10, 10}, soon());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, code);
  }
}

TEST_F(Indexes, ShortObjectIsDamageAlsoInARange) {
  write(put(item(1)));
  const ObjectKey object = objects().at(0);
  ASSERT_TRUE(remove_object(*shared_objects_, object, soon()));
  StringSource shorter("x");
  ASSERT_TRUE(shared_objects_->put(object, shorter, {}, soon()));
  const auto handles = gateway_->get(get(key()), Hydrate::handles, soon());
  const auto* handle = handles.value().item->at("text").as<Spilled>();
  const auto opened = gateway_->open(get(key()), *handle, ByteRange{10, 10}, soon());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::corrupt);
}

}  // namespace
}  // namespace spillway
