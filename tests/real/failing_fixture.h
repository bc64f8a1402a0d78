// What the tests of failing well share: stores behind proxies, and the promises at the end.
#pragma once

#include <gtest/gtest.h>

#include <iostream>

#include "real/conversation.h"
#include "real/real_stores.h"
#include "support/aws_answers.h"

namespace spillway {

/// After each test, faults off: what was acknowledged is there byte for byte, what was refused left
/// nothing to be seen, fsck is clean, and a sweep without ages leaves no orphan.
class Failing : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = RealStores::missing(); !why.empty()) GTEST_SKIP() << why;
    stores_ = std::make_unique<RealStores>();
    spillway_ = stores_->open();
    stores_->s3().forget_requests();
    stores_->dynamodb().forget_requests();
  }

  void TearDown() override {
    if (!stores_) return;
    stores_->calm();
    spillway_.reset();
    spillway_ = RealStores::open(stores_->direct_config());
    talk_.check(*spillway_);
    if (!damaged_) expect_clean();
    SweepOptions at_once;
    at_once.fence_age_millis = at_once.retention_millis = 0;
    const auto swept = spillway_->sessions().sweep(at_once, Deadline::never());
    ASSERT_TRUE(swept) << describe(swept.error());
    EXPECT_TRUE(swept.value().undecided.empty()) << swept.value().undecided.front();
    talk_.check(*spillway_);
    if (damaged_) return;
    EXPECT_EQ(expect_clean().orphans, 0u);
  }

  FsckReport expect_clean() {
    const auto report = spillway_->items().fsck({.read_objects = true}, Deadline::never());
    if (!report) ADD_FAILURE() << describe(report.error());
    if (!report) return {};
    for (const std::string& problem : report.value().problems) ADD_FAILURE() << problem;
    return report.value();
  }

  static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }
  /// For what fails until the deadline.
  static Deadline brief() { return Deadline::after(std::chrono::seconds(3)); }

  /// Spills whatever it is encoded as.
  static std::string large() { return dense(600'000); }
  /// Spills, but would fit into the item if it had to.
  static std::string fitting() { return dense(480'000); }

  Result<SavedMessage> save(const std::string& name, const std::vector<std::string>& artifacts,
                            Deadline deadline = soon(), OnFailure on_failure = OnFailure::refuse) {
    return talk_.save(*spillway_, name, artifacts, deadline, on_failure);
  }
  void expect_saved(const std::string& name,
                    const std::vector<std::string>& artifacts = {large()}) {
    const auto saved = save(name, artifacts);
    EXPECT_TRUE(saved) << name << ": " << describe(saved.error());
  }
  void expect_loads(const std::string& name, const std::string& expected) {
    const auto loaded = talk_.load(*spillway_, name, 0, soon());
    ASSERT_TRUE(loaded) << name << ": " << describe(loaded.error());
    EXPECT_TRUE(loaded.value() == expected) << name << ": other bytes";
  }

  /// An error that says what to do; it is printed, to be read by whoever writes such texts.
  void expect_error(const Error& error, Code code, const std::string& says = "") {
    std::cout << "error: " << describe(error) << "\n";
    EXPECT_EQ(to_string(error.code), to_string(code)) << describe(error);
    EXPECT_FALSE(error.detail.empty());
    EXPECT_NE(describe(error).find(says), std::string::npos) << describe(error);
  }

  std::unique_ptr<RealStores> stores_;
  std::unique_ptr<Spillway> spillway_;
  Conversation talk_{"failing"};
  bool damaged_ = false;  ///< the test destroyed objects: fsck has something to say
};

}  // namespace spillway
