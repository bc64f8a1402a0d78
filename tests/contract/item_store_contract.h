// The fixture of the ItemStore contract. A backend or a decorator joins by adding its factory to
// one of the definitions of item_store_factories(): here those without a server, in tests/real the
// others.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "item/item_store.h"

namespace spillway {

/// A way to get an empty store. `make` is called once a test and keeps whatever the store needs (a
/// folder, a server) until the returned handle dies.
struct ItemStoreHandle {
  std::shared_ptr<void> world;  // shared because its type is each factory's own affair
  std::unique_ptr<ItemStore> store;
  std::string skip = {};  ///< why there is no store
};
struct ItemStoreFactory {
  std::string name;
  std::function<ItemStoreHandle()> make;
  /// Tests that this store cannot pass, and why.
  std::map<std::string, std::string> skips = {};
};
/// What a test is named by in reports.
inline std::ostream& operator<<(std::ostream& out, const ItemStoreFactory& factory) {
  return out << factory.name;
}

/// Those of the binary.
std::vector<ItemStoreFactory> item_store_factories();

class ItemStoreContract : public testing::TestWithParam<ItemStoreFactory> {
 protected:
  using Kind = WriteRequest::Kind;

  void SetUp() override {
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    const auto skipped = GetParam().skips.find(test.substr(0, test.find('/')));
    if (skipped != GetParam().skips.end()) GTEST_SKIP() << skipped->second;
    handle_ = GetParam().make();
    if (!handle_.store) GTEST_SKIP() << handle_.skip;
  }

  static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }
  ItemStore& store() { return *handle_.store; }

  /// A table whose partition key is "pk" and, unless nullopt, whose sort key is "sk".
  void make_table(const std::string& name, KeyType partition = KeyType::string,
                  std::optional<KeyType> sort = std::nullopt) {
    TableDescription table{name, {{"pk", partition}, std::nullopt}, {}};
    if (sort) table.keys.sort = KeyAttribute{"sk", *sort};
    const auto made = store().administer(CreateTable{table}, soon());
    ASSERT_TRUE(made) << describe(made.error());
  }

  static WriteRequest request(Kind kind, const std::string& table, Item item,
                              const std::string& condition = "", Values values = {}) {
    WriteRequest write;
    write.kind = kind;
    write.table = table;
    write.item = std::move(item);
    write.condition = condition;
    write.values = std::move(values);
    return write;
  }
  static WriteRequest update(const std::string& table, Item key, const std::string& expression,
                             Values values = {}, const std::string& condition = "") {
    WriteRequest write = request(Kind::update, table, std::move(key), condition, std::move(values));
    write.update = expression;
    return write;
  }

  Result<WriteResult> write(const WriteRequest& request) { return store().write(request, soon()); }
  Result<WriteResult> put(const std::string& table, Item item) {
    return write(request(Kind::put, table, std::move(item)));
  }
  Result<TransactResult> transact(const std::vector<WriteRequest>& actions,
                                  const std::string& token = "") {
    return store().transact(actions, token, soon());
  }
  /// The item under `key`; fails the test when it cannot be read.
  std::optional<Item> get(const std::string& table, Item key) {
    GetRequest request;
    request.table = table;
    request.key = std::move(key);
    auto result = store().get(request, soon());
    EXPECT_TRUE(result) << describe(result.error());
    return result ? std::move(result).value().item : std::nullopt;
  }

 private:
  ItemStoreHandle handle_;
};

inline std::string item_store_name(const testing::TestParamInfo<ItemStoreFactory>& info) {
  return info.param.name;
}

}  // namespace spillway
