// An embedded store in a folder of its own, and the means to damage it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <memory>
#include <string>

#include "contract/temporary_directory.h"
#include "item/item_store.h"

namespace spillway {

class EmbeddedStoreTest : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

  /// Opens the store, again if it is open.
  void open() {
    store_.reset();
    auto opened = open_item_store("embedded://" + directory_);
    ASSERT_TRUE(opened) << describe(opened.error());
    store_ = std::move(opened).value();
  }
  /// Opens a new store with a table "items" (pk, sk: strings).
  void open_new() {
    open();
    const TableDescription table{"items", {{"pk", KeyType::string}, KeyAttribute{"sk"}}, {}};
    ASSERT_TRUE(store_->administer(CreateTable{table}, soon()));
  }
  void close() { store_.reset(); }

  static Item item(const std::string& sort, std::string value = "x") {
    return {{"pk", "p"}, {"sk", sort}, {"v", std::move(value)}};
  }
  static WriteRequest putting(Item item) {
    WriteRequest request;
    request.table = "items";
    request.item = std::move(item);
    return request;
  }
  Result<WriteResult> put(Item item) { return store_->write(putting(std::move(item)), soon()); }
  Result<GetResult> get(const std::string& sort) {
    return store_->get({"items", {{"pk", "p"}, {"sk", sort}}, true, "", {}}, soon());
  }

  std::string database() const { return directory_ + "/items.db"; }
  /// Runs SQL behind the store's back; the store must be closed.
  void sql(const std::string& text) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(database().c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }
  /// Overwrites bytes of the database file; the store must be closed.
  void overwrite(std::streamoff offset, const std::string& bytes) {
    std::fstream file(database(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file << bytes;
    ASSERT_TRUE(file.good());
  }

  TemporaryDirectory folder_;
  std::string directory_ = folder_.path() + "/store";
  std::unique_ptr<ItemStore> store_;
};

}  // namespace spillway
