// The real gateway stops in the middle, keys are wrong, clocks differ, a bucket and an object
// vanish.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

#include "object/bucket.h"
#include "real/failing_fixture.h"

namespace spillway {
namespace {

using std::chrono::seconds;

/// Sets a variable of the environment until the end of the scope.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) before_ = before;
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() { ::setenv(name_.c_str(), before_.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_, before_;
};

class Outage : public Failing {
 protected:
  static NewMessage message_of(std::vector<std::string> artifacts) {
    NewMessage message;
    message.role = "tool";
    message.artifacts = std::move(artifacts);
    return message;
  }

  /// Stops the gateway once the request that `match` fits is under way, and slow.
  template <class Work>
  auto stopped_during(const Match& match, std::uint64_t bytes_per_second, Work&& work) {
    Match once = match;
    once.times = 1;
    const auto rule = stores_->s3().rules().add(once, faults::throttle(bytes_per_second));
    auto running = std::async(std::launch::async, std::forward<Work>(work));
    EXPECT_TRUE(stores_->s3().rules().wait_for_hits(rule, 1, seconds(20)));
    gateway("stop");
    return running;
  }
};

TEST_F(Outage, S3StopsInTheMiddleOfASave) {
  const auto refused = stopped_during({.method = "PUT"}, 200'000, [&] {
                         return save("stays away", {large()}, Deadline::after(seconds(5)));
                       }).get();
  ASSERT_FALSE(refused);
  expect_error(refused.error(), Code::unavailable);
  EXPECT_EQ(refused.error().effect, Effect::none);
  EXPECT_TRUE(refused.error().transient);
  gateway("start");
  spillway_ = stores_->open();
  const std::string artifact = large();
  auto saving = stopped_during({.method = "PUT"}, 200'000,
                               [&] { return save("comes back", {artifact}, soon()); });
  gateway("start");
  const auto saved = saving.get();
  ASSERT_TRUE(saved) << describe(saved.error());
  expect_loads("comes back", artifact);
}

TEST_F(Outage, S3StopsInTheMiddleOfALoad) {
  const std::string artifact = dense(6'000'000);
  expect_saved("one", {artifact});
  const auto load = [&](Deadline deadline) { return talk_.load(*spillway_, "one", 0, deadline); };
  const auto broken = stopped_during({.method = "GET"}, 1'000'000, [&] {
                        return load(Deadline::after(seconds(5)));
                      }).get();
  ASSERT_FALSE(broken);
  expect_error(broken.error(), Code::unavailable);
  gateway("start");
  spillway_ = stores_->open();
  auto loading = stopped_during({.method = "GET"}, 1'000'000, [&] { return load(soon()); });
  gateway("start");
  const auto loaded = loading.get();
  ASSERT_TRUE(loaded) << describe(loaded.error());
  EXPECT_TRUE(loaded.value() == artifact);
}

TEST_F(Outage, SmallThingsGoOnWithoutS3) {
  gateway("stop");
  expect_saved("small", {"{\"a\":1}"});
  expect_loads("small", "{\"a\":1}");
  const std::string held = fitting();
  const auto saved = save("held", {held}, Deadline::after(seconds(20)));
  EXPECT_TRUE(saved) << describe(saved.error());
  if (saved) expect_loads("held", held);
  gateway("start");
}

TEST_F(Outage, WrongKeysSaySo) {
  const std::string artifact = large();
  expect_saved("before", {artifact});
  for (const char* name : {"AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"}) {
    const Variable wrong(name, "wrongwrongwrong");
    spillway_ = stores_->open();  // DynamoDB Local takes any
    const auto refused = save(name, {large()});
    ASSERT_FALSE(refused);
    expect_error(refused.error(), Code::permission_denied, "check the access key");
    EXPECT_EQ(refused.error().effect, Effect::none);
    const auto unread = talk_.load(*spillway_, "before", 0, soon());
    ASSERT_FALSE(unread);
    expect_error(unread.error(), Code::permission_denied, "check the access key");
  }
  spillway_ = stores_->open();
  stores_->dynamodb().rules().add(
      {}, faults::dynamodb_error(400, "UnrecognizedClientException",
                                 "The security token included in the request is invalid."));
  const auto unread = talk_.load(*spillway_, "before", 0, soon());
  ASSERT_FALSE(unread);
  expect_error(unread.error(), Code::permission_denied);
  stores_->calm();
  expect_loads("before", artifact);
}

TEST_F(Outage, ATokenThatExpiredIsReplacedByAFreshOne) {
  const auto folder = std::filesystem::temp_directory_path() / stores_->bucket();
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "config")
      << "[default]\ncredential_process = sh " << (folder / "process").string() << "\n";
  std::ofstream(folder / "process")
      << "[ -e " << (folder / "fresh").string() << R"( ] || token=',"SessionToken":"old-token"'
echo "{\"Version\":1,\"AccessKeyId\":\"testaccess\",\"SecretAccessKey\":\"testsecret\"$token}")"
      << "\n";
  const Variable file("AWS_CONFIG_FILE", folder / "config");
  const Variable no_key("AWS_ACCESS_KEY_ID", ""), no_secret("AWS_SECRET_ACCESS_KEY", "");
  stores_->s3().rules().add({.head = "old-token"}, faults::s3_expired_token());
  spillway_ = stores_->open();
  const auto refused = save("expired", {large()});
  ASSERT_FALSE(refused);
  expect_error(refused.error(), Code::permission_denied, "expired");
  const auto rule =
      stores_->dynamodb().rules().add({.head = "old-token"}, faults::dynamodb_expired_token());
  std::ofstream(folder / "fresh") << "yes\n";
  const std::string artifact = large();
  expect_saved("fresh", {artifact});
  expect_loads("fresh", artifact);
  EXPECT_EQ(stores_->dynamodb().rules().hits(rule), 1);
  std::filesystem::remove_all(folder);
}

TEST_F(Outage, AClockThatIsWrongIsSetByTheServersOwn) {
  expect_saved("before");
  // The client believes this answer and signs an hour ahead, which the real gateway refuses.
  stores_->s3().rules().add({.method = "PUT", .times = 1},
                            faults::s3_time_too_skewed(std::chrono::hours(1)));
  const auto refused = save("skewed", {large()});
  if (!refused) expect_error(refused.error(), Code::permission_denied, "clock");
  const std::string artifact = large();
  expect_saved("after", {artifact});
  expect_loads("after", artifact);
}

TEST_F(Outage, ABucketThatVanishesIsNamed) {
  damaged_ = true;
  expect_saved("small", {"1"});
  const auto lost = spillway_->sessions().post("lost", message_of({large()}), soon());
  ASSERT_TRUE(lost) << describe(lost.error());
  gateway("drop " + stores_->bucket());
  const auto refused = save("no bucket", {large()});
  ASSERT_FALSE(refused);
  expect_error(refused.error(), Code::unavailable, stores_->bucket());
  const auto message =
      spillway_->sessions().message("lost", lost.value().message.id, ArtifactsAs::resolved, soon());
  ASSERT_TRUE(message) << describe(message.error());
  ASSERT_TRUE(message.value().artifacts[0].error);
  std::cout << "error: " << describe(*message.value().artifacts[0].error) << "\n";
  expect_loads("small", "1");
  const auto bucket = Bucket::open(stores_->direct_config().objects_url);
  ASSERT_TRUE(bucket);
  ASSERT_TRUE(bucket.value()->create(soon()));
  expect_saved("again");
}

TEST_F(Outage, OfFiveArtifactsFourAreReadWhenOneIsGone) {
  damaged_ = true;
  std::vector<std::string> artifacts;
  for (int i = 0; i < 5; ++i) artifacts.push_back(large());
  const auto saved = spillway_->sessions().post("five", message_of(artifacts), soon());
  ASSERT_TRUE(saved) << describe(saved.error());
  const auto keys = stores_->object_keys();
  ASSERT_EQ(keys.size(), 5u);
  const std::string gone = saved.value().message.artifacts[2].placement.key;
  for (const std::string& key : keys) {
    if (key.ends_with(gone)) stores_->remove_object(key);
  }
  ASSERT_EQ(stores_->object_keys().size(), 4u);
  const auto read = spillway_->sessions().message("five", saved.value().message.id,
                                                  ArtifactsAs::resolved, soon());
  ASSERT_TRUE(read) << describe(read.error());
  for (std::size_t i = 0; i < 5; ++i) {
    const ArtifactInfo& artifact = read.value().artifacts[i];
    EXPECT_EQ(artifact.value == artifacts[i], i != 2) << i;
    EXPECT_EQ(artifact.error.has_value(), i == 2) << i;
  }
  ASSERT_TRUE(read.value().artifacts[2].error);
  expect_error(*read.value().artifacts[2].error, Code::corrupt, gone);
  const auto report = spillway_->items().fsck({}, soon());
  ASSERT_TRUE(report) << describe(report.error());
  ASSERT_EQ(report.value().problems.size(), 1u);
  EXPECT_NE(report.value().problems[0].find(gone), std::string::npos);
}

}  // namespace
}  // namespace spillway
