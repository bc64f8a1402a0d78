// The selftest passes on whole stores, and notices stores that lose or alter data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/digest.h"
#include "base/random.h"
#include "cli/commands.h"
#include "spillway/spillway.h"

namespace spillway {
namespace {

using testing::HasSubstr;
using testing::Not;

class Selftest : public testing::Test {
 protected:
  Selftest() : folder_(std::filesystem::temp_directory_path() / ("selftest-" + random_id())) {
    settings_.data = folder_.string();
    settings_.stores = embedded_config(settings_.data);
  }
  ~Selftest() override { std::filesystem::remove_all(folder_); }

  /// A message with one object of about 700 KB; the object's file.
  std::filesystem::path store_something() {
    const auto spillway = Spillway::open(settings_.stores).value();
    NewMessage message;
    message.role = "user";
    message.artifacts = {'"' + base64_encode(random_bytes(700'000)) + '"'};
    EXPECT_TRUE(spillway->sessions().post("kept", message, Deadline::never()));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "objects")) {
      if (entry.is_regular_file() && entry.file_size() > 600'000) return entry.path();
    }
    ADD_FAILURE() << "no object was stored";
    return {};
  }

  Exit run() {
    testing::internal::CaptureStdout();
    const Exit exit = run_selftest(Console(false, true), settings_);
    output_ = testing::internal::GetCapturedStdout();
    return exit;
  }

  std::filesystem::path folder_;
  Settings settings_;
  std::string output_;
};

TEST_F(Selftest, ScoresAHundredPercentAndCleansUp) {
  EXPECT_EQ(run(), Exit::ok) << output_;
  EXPECT_THAT(output_, HasSubstr("score: 100 %"));
  EXPECT_THAT(output_, Not(HasSubstr("FAIL")));
  const auto spillway = Spillway::open(settings_.stores).value();
  EXPECT_TRUE(spillway->sessions().sessions(10, "", Deadline::never()).value().sessions.empty());
}

TEST_F(Selftest, NoticesAnObjectThatIsLost) {
  std::filesystem::remove(store_something());
  EXPECT_EQ(run(), Exit::failed);
  EXPECT_THAT(output_, Not(HasSubstr("score: 100 %")));
  EXPECT_THAT(output_, testing::ContainsRegex("FAIL.*everything that was stored before is whole"));
}

TEST_F(Selftest, NoticesAnObjectThatIsAltered) {
  std::fstream file(store_something(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(300'000);
  file.put('\0').put('\1').put('\2');
  file.close();
  EXPECT_EQ(run(), Exit::failed);
  EXPECT_THAT(output_, testing::ContainsRegex("FAIL.*everything that was stored before is whole"));
}

TEST_F(Selftest, NoticesStoresThatDoNotOpen) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ / "objects") << "a file where the directory should be";
  EXPECT_EQ(run(), Exit::failed);
  EXPECT_THAT(output_, HasSubstr("score: 0 %"));
}

}  // namespace
}  // namespace spillway
