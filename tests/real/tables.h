// Tables of one test's own on the real DynamoDB that with_servers started.
#pragma once

#include <cstdlib>
#include <string>

#include "net/url.h"
#include "unit/artifact/artifact_test.h"

namespace spillway {

/// Skips where there is no server. Objects are files.
class RealTables : public testing::Test {
 protected:
  void SetUp() override {
    const char* endpoint = std::getenv("SPILLWAY_TEST_DYNAMODB");
    if (endpoint == nullptr || *endpoint == '\0') {
      GTEST_SKIP() << "no server: SPILLWAY_TEST_DYNAMODB is empty";
    }
    config_.items_url = std::string("dynamodb://?endpoint=") + uri_encode(endpoint) +
                        "&prefix=" + random_id() + "-";
    config_.objects_url = "file://" + folder_.path() + "/objects";
    config_.policy.raw_encoding = true;
    direct_ = open_item_store(config_.items_url).value();
  }

  /// Makes a table as another program would.
  void create(const TableDescription& table) {
    const auto made = direct_->administer(CreateTable{table}, soon());
    ASSERT_TRUE(made) << describe(made.error());
  }

  std::unique_ptr<Spillway> open(const MessageTable& messages = {}) {
    auto opened = Spillway::open(config_, messages);
    EXPECT_TRUE(opened) << describe(opened.error());
    return opened ? std::move(opened).value() : nullptr;
  }

  TemporaryFolder folder_;
  ItemsConfig config_;
  std::unique_ptr<ItemStore> direct_;  ///< what programs without Spillway see
};

}  // namespace spillway
