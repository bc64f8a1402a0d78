// What the embedded store promises beyond the contract: it survives, it notices damage, it says
// what to do.
#include <sys/mount.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "unit/item/embedded_fixture.h"

namespace spillway {
namespace {

using testing::HasSubstr;

TEST_F(EmbeddedStoreTest, KeepsEverythingAcrossAReopen) {
  open_new();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(put(item(std::to_string(i))));
  const TableDescription other{"other", {{"n", KeyType::number}, std::nullopt}, {}};
  ASSERT_TRUE(store_->administer(CreateTable{other}, soon()));
  open();
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(get(std::to_string(i)).value().item, item(std::to_string(i)));
  const auto described = store_->administer(DescribeTable{"other"}, soon()).value();
  EXPECT_EQ(described[0].keys.partition.type, KeyType::number);
  EXPECT_FALSE(described[0].keys.sort);
}

TEST_F(EmbeddedStoreTest, IsOneDatabaseFileWhenClosed) {
  open_new();
  ASSERT_TRUE(put(item("a")));
  close();
  EXPECT_FALSE(std::filesystem::exists(database() + "-wal"));
}

TEST_F(EmbeddedStoreTest, ASecondOpenerIsRefusedAndToldWhy) {
  open_new();
  const auto second = open_item_store("embedded://" + directory_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_THAT(second.error().detail, HasSubstr("stop it first"));
  close();
  EXPECT_TRUE(open_item_store("embedded://" + directory_));
}

TEST_F(EmbeddedStoreTest, RefusesOtherUrlsAndOtherPeoplesDatabases) {
  EXPECT_EQ(open_item_store("file:///tmp").error().code, Code::invalid_argument);
  EXPECT_EQ(open_item_store("embedded://").error().code, Code::invalid_argument);
  std::filesystem::create_directory(directory_);
  sql("CREATE TABLE theirs (x)");
  const auto contents = [this] {
    std::ifstream file(database(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string before = contents();
  EXPECT_EQ(open_item_store("embedded://" + directory_).error().code, Code::invalid_argument);
  EXPECT_TRUE(contents() == before) << "a database that is refused is left as it was";
}

TEST_F(EmbeddedStoreTest, RefusesAStoreOfANewerFormat) {
  open_new();
  close();
  sql("PRAGMA user_version = 2");
  EXPECT_EQ(open_item_store("embedded://" + directory_).error().code, Code::unsupported);
}

TEST_F(EmbeddedStoreTest, RefusesSecondaryIndexes) {
  open_new();
  TableDescription table{"indexed", {{"pk", KeyType::string}, std::nullopt}, {}};
  table.indexes.emplace_back().name = "by-v";
  EXPECT_EQ(store_->administer(CreateTable{table}, soon()).error().code, Code::unsupported);
}

TEST_F(EmbeddedStoreTest, AFlippedByteIsReportedWithItsKeyAndHurtsNoOther) {
  open_new();
  for (const char* sort : {"a", "b", "c"}) ASSERT_TRUE(put(item(sort)));
  close();
  sql("UPDATE items SET value = replace(value, CAST('x' AS BLOB), CAST('y' AS BLOB))"
      " WHERE sk = CAST('b' AS BLOB)");
  open();
  const auto damaged = get("b");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, Code::corrupt);
  EXPECT_THAT(damaged.error().subject, HasSubstr("items"));
  EXPECT_THAT(damaged.error().subject, HasSubstr("\"b\""));
  EXPECT_EQ(get("a").value().item, item("a"));
  EXPECT_EQ(get("c").value().item, item("c"));
  EXPECT_EQ(put(item("b", "new")).error().code, Code::corrupt) << "its prior item is not known";
}

TEST_F(EmbeddedStoreTest, AQueryEndsBeforeADamagedRowAndCanStepOverIt) {
  open_new();
  for (const char* sort : {"a", "b", "c"}) ASSERT_TRUE(put(item(sort)));
  close();
  sql("UPDATE items SET crc = crc + 1 WHERE sk = CAST('b' AS BLOB)");
  open();
  QueryRequest request;
  request.table = "items";
  request.key_condition = "pk = :p";
  request.values = {{":p", "p"}};
  const QueryPage first = store_->query(request, soon()).value();
  EXPECT_THAT(first.items, testing::ElementsAre(item("a")));
  request.start_after = first.last_key;
  EXPECT_EQ(store_->query(request, soon()).error().code, Code::corrupt);
  request.start_after = Item{{"pk", "p"}, {"sk", "b"}};
  EXPECT_THAT(store_->query(request, soon()).value().items, testing::ElementsAre(item("c")));
}

TEST_F(EmbeddedStoreTest, ADamagedHeaderIsReportedAtOpening) {
  open_new();
  close();
  overwrite(0, std::string(16, 'x'));
  const auto opened = open_item_store("embedded://" + directory_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::corrupt);
  EXPECT_THAT(opened.error().detail, HasSubstr("backup"));
}

TEST_F(EmbeddedStoreTest, DamagedPagesAreReportedNeverReadAsData) {
  open_new();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(put(item(std::to_string(i), std::string(1'000, 'v'))));
  close();
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(database()));
  for (std::streamoff page = size - 10 * 8192; page < size; page += 8192)
    overwrite(page, std::string(8192, '\xa5'));
  open();
  int corrupt = 0;
  for (int i = 0; i < 100; ++i) {
    const auto result = get(std::to_string(i));
    if (!result) {
      EXPECT_EQ(result.error().code, Code::corrupt);
      ++corrupt;
    } else if (result.value().item) {
      EXPECT_EQ(*result.value().item, item(std::to_string(i), std::string(1'000, 'v')));
    }
  }
  EXPECT_GT(corrupt, 0);
}

TEST_F(EmbeddedStoreTest, ATokenIsForgottenWhenItsTimeIsOver) {
  open_new();
  WriteRequest add;
  add.kind = WriteRequest::Kind::update;
  add.table = "items";
  add.item = {{"pk", "p"}, {"sk", "n"}};
  add.update = "ADD n :one";
  add.values = {{":one", number(1)}};
  ASSERT_TRUE(store_->transact({add}, "token", soon()));
  open();
  ASSERT_TRUE(store_->transact({add}, "token", soon()));
  EXPECT_EQ(get("n").value().item->at("n"), number(1)) << "a token outlives a restart";
  close();
  sql("UPDATE tokens SET expires_ms = 1");
  open();
  ASSERT_TRUE(store_->transact({add}, "token", soon()));
  EXPECT_EQ(get("n").value().item->at("n"), number(2));
}

TEST_F(EmbeddedStoreTest, GivesTheSpaceOfADroppedTableBack) {
  open_new();
  for (int round = 0; round < 6; ++round) {
    for (int i = 0; i < 80; ++i)
      ASSERT_TRUE(put(item(std::to_string(i), std::string(100'000, 'v'))));
    ASSERT_TRUE(store_->administer(DeleteTable{"items"}, soon()));
    open_new();
  }
  close();
  EXPECT_LT(std::filesystem::file_size(database()), 3 * 80 * 100'000u);
}

TEST_F(EmbeddedStoreTest, SaysStorageFullAndGoesOnWhenSpaceIsBack) {
  std::filesystem::create_directory(directory_);
  if (::mount("spillway-test", directory_.c_str(), "tmpfs", 0, "size=6m") != 0)
    GTEST_SKIP() << "mounting a small disk needs root";
  open_new();
  const std::string ballast = directory_ + "/ballast";
  std::ofstream(ballast) << std::string(3'500'000, 'b');
  int stored = 0;
  Result<WriteResult> last = put(item("0", std::string(300'000, 'x')));
  while (last && stored < 100)
    last = put(item(std::to_string(++stored), std::string(300'000, 'x')));
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, Code::storage_full) << describe(last.error());
  for (int i = 0; i < stored; ++i) EXPECT_TRUE(get(std::to_string(i)).value().item);
  EXPECT_FALSE(get(std::to_string(stored)).value().item);
  std::filesystem::remove(ballast);
  const auto again = put(item("again", std::string(300'000, 'x')));
  EXPECT_TRUE(again) << describe(again.error());
  open();
  for (int i = 0; i < stored; ++i) EXPECT_TRUE(get(std::to_string(i)).value().item);
  EXPECT_TRUE(get("again").value().item);
  close();
  ::umount2(directory_.c_str(), MNT_DETACH);
}

TEST_F(EmbeddedStoreTest, ABackupUnderWritesIsConsistentAndOpens) {
  open_new();
  // Two items change together in each transaction: a consistent copy never sees them differ.
  const auto put_pair = [this](int n) {
    return store_->transact(
        {putting(item("left", std::to_string(n))), putting(item("right", std::to_string(n)))}, "",
        soon());
  };
  ASSERT_TRUE(put_pair(0));
  for (int i = 0; i < 200; ++i)
    ASSERT_TRUE(put(item("fill" + std::to_string(i), std::string(20'000, 'f'))));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int n = 1; !stop; ++n) EXPECT_TRUE(put_pair(n));
  });
  std::vector<std::string> copies;
  for (int i = 0; i < 3; ++i) {
    copies.push_back(folder_.path() + "/copy" + std::to_string(i) + ".db");
    const auto backup = backup_item_store(*store_, copies.back());
    EXPECT_TRUE(backup) << describe(backup.error());
  }
  stop = true;
  writer.join();
  EXPECT_EQ(backup_item_store(*store_, copies[0]).error().code, Code::conflict);
  for (const std::string& copy : copies) {
    directory_ = copy + ".store";
    std::filesystem::create_directory(directory_);
    std::filesystem::rename(copy, database());
    open();
    EXPECT_EQ(get("left").value().item->at("v"), get("right").value().item->at("v"));
    EXPECT_TRUE(get("fill199").value().item);
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    EXPECT_NE(entry.path().extension(), ".tmp");
}

}  // namespace
}  // namespace spillway
