// Saves and loads through a network that is slow, full, wrong or gone for a moment.
#include "real/failing_fixture.h"

namespace spillway {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// The stages at which a spilling save speaks to a server, in order.
struct Stage {
  const char* name;
  bool at_s3;
  Match match;
};
const std::vector<Stage>& stages() {
  static const std::vector<Stage> all = {
      {"W0, the ledger's row", false, {.operation = "PutItem", .body = "spillway_ledger"}},
      {"W1, the object", true, {.method = "PUT"}},
      {"W2, the commit", false, {.operation = "TransactWriteItems"}}};
  return all;
}

class ThroughProxy : public Failing {
 protected:
  FaultProxy& proxy_of(const Stage& stage) {
    return stage.at_s3 ? stores_->s3() : stores_->dynamodb();
  }
  /// The rule hits once at each stage in turn, and every save is acknowledged all the same.
  void expect_saved_despite(const std::string& what, const Fault& fault, int times = 1) {
    for (const Stage& stage : stages()) {
      Match match = stage.match;
      match.times = times;
      const auto rule = proxy_of(stage).rules().add(match, fault);
      expect_saved(what + " at " + stage.name);
      EXPECT_EQ(proxy_of(stage).rules().hits(rule), times) << what << " at " << stage.name;
      stores_->calm();
    }
  }
};

TEST_F(ThroughProxy, ASaveTakesTheStagesInOrder) {
  expect_saved("plain");
  const auto items = stores_->dynamodb().requests();
  const auto w0 = std::find(items.begin(), items.end(), "PutItem");
  ASSERT_NE(w0, items.end());
  EXPECT_NE(std::find(w0, items.end(), "TransactWriteItems"), items.end());
}

TEST_F(ThroughProxy, SlowIsNotFailed) {
  stores_->s3().set_latency(milliseconds(100));
  stores_->dynamodb().set_latency(milliseconds(100));
  const std::string artifact = large();
  expect_saved("late", {artifact});
  expect_loads("late", artifact);
  stores_->calm();
  stores_->s3().rules().add({}, faults::throttle(500'000));
  const std::string narrow = large();
  expect_saved("narrow", {narrow});
  expect_loads("narrow", narrow);
}

TEST_F(ThroughProxy, AFullServerIsAskedAgain) {
  stores_->s3().rules().add({.method = "PUT", .times = 2}, faults::s3_slow_down());
  expect_saved("slow down");
  stores_->s3().rules().add({.method = "PUT", .times = 2}, faults::s3_internal_error());
  expect_saved("internal error");
  for (const char* operation : {"PutItem", "TransactWriteItems", "GetItem", "Query"}) {
    for (const Fault& fault : {faults::dynamodb_throttled(), faults::dynamodb_internal_error()}) {
      stores_->dynamodb().rules().add({.operation = operation, .times = 2}, fault);
    }
  }
  const std::string artifact = large();
  expect_saved("throttled", {artifact});
  expect_loads("throttled", artifact);
}

TEST_F(ThroughProxy, AFullServerIsNamedInTheEnd) {
  stores_->s3().rules().add({.method = "PUT"}, faults::s3_slow_down());
  const auto refused = save("slow down for ever", {large()}, brief());
  ASSERT_FALSE(refused);
  expect_error(refused.error(), Code::throttled, "fewer requests");
  EXPECT_TRUE(refused.error().transient);
  EXPECT_EQ(refused.error().effect, Effect::none);
  stores_->calm();
  stores_->dynamodb().rules().add({.operation = "PutItem"}, faults::dynamodb_throttled());
  stores_->dynamodb().rules().add({.operation = "TransactWriteItems"},
                                  faults::dynamodb_throttled());
  const auto throttled = save("throttled for ever", {large()}, brief());
  ASSERT_FALSE(throttled);
  expect_error(throttled.error(), Code::throttled);
  EXPECT_TRUE(throttled.error().transient);
}

TEST_F(ThroughProxy, ConflictsOfTransactionsAreTriedAgain) {
  stores_->dynamodb().rules().add({.operation = "TransactWriteItems", .times = 2},
                                  faults::dynamodb_transaction_conflict());
  expect_saved("cancelled");
  stores_->dynamodb().rules().add({.operation = "PutItem", .times = 2},
                                  faults::dynamodb_conflict());
  expect_saved("a plain write", {"1"});
  stores_->dynamodb().rules().add({.operation = "TransactWriteItems"},
                                  faults::dynamodb_transaction_conflict());
  const auto refused = save("conflicts for ever", {large()}, brief());
  ASSERT_FALSE(refused);
  expect_error(refused.error(), Code::conflict);
}

TEST_F(ThroughProxy, ConnectionsAreResetAtEveryStage) {
  expect_saved_despite("reset", faults::reset());
}

TEST_F(ThroughProxy, RepliesAreLostAtEveryStage) {
  expect_saved_despite("lost", faults::lose_reply());
  expect_saved_despite("cut off", faults::truncate_reply(3));
}

TEST_F(ThroughProxy, AStageThatNeverAnswersEndsByTheDeadline) {
  for (const Stage& stage : stages()) {
    for (const auto& [how, fault] :
         {std::pair{"stalled", faults::stall()}, std::pair{"reset for ever", faults::reset()},
          std::pair{"lost for ever", faults::lose_reply()}}) {
      proxy_of(stage).rules().add(stage.match, fault);
      const auto start = Clock::now();
      const auto refused = save(how + std::string(" at ") + stage.name, {large()}, brief());
      EXPECT_LT(Clock::now() - start, std::chrono::seconds(8)) << how << " at " << stage.name;
      stores_->calm();
      // A reply that was lost leaves a row to look at: the save may be known to have been applied.
      if (refused) continue;
      std::cout << how << " at " << stage.name << ": " << describe(refused.error()) << "\n";
      EXPECT_TRUE(refused.error().code == Code::timeout ||
                  refused.error().code == Code::unavailable)
          << describe(refused.error());
      EXPECT_TRUE(refused.error().transient);
      spillway_ = stores_->open();  // its breakers are closed
    }
  }
}

TEST_F(ThroughProxy, RequestsThatAreAlteredOnTheWayAreRefusedAndSentAgain) {
  for (const Fault& fault : {faults::flip_request(1'000), faults::truncate_request(1'000)}) {
    const auto rule = stores_->s3().rules().add({.method = "PUT", .times = 1}, fault);
    const std::string artifact = large();
    const std::string name = "altered " + std::to_string(static_cast<int>(fault.kind));
    expect_saved(name, {artifact});
    expect_loads(name, artifact);
    EXPECT_EQ(stores_->s3().rules().hits(rule), 1);
    stores_->calm();
  }
}

TEST_F(ThroughProxy, DownloadsThatBreakOffGoOn) {
  const std::string artifact = large();
  expect_saved("one", {artifact});
  for (const Fault& fault :
       {faults::truncate_reply(100'000), faults::shorten_reply(100'000), faults::reset(),
        faults::lose_reply(), faults::lie_about_length(10), faults::lie_about_length(10'000'000),
        faults::s3_slow_down(), faults::s3_internal_error()}) {
    const auto rule = stores_->s3().rules().add({.method = "GET", .times = 1}, fault);
    expect_loads("one", artifact);
    EXPECT_EQ(stores_->s3().rules().hits(rule), 1) << static_cast<int>(fault.kind);
    stores_->calm();
  }
}

TEST_F(ThroughProxy, SegmentsOfALargeDownloadAreFetchedAgainWhenTheyComeShort) {
  const std::string artifact = dense(30'000'000);
  expect_saved("large", {artifact});
  for (const int segment : {0, 1, 2}) {
    for (const Fault& fault : {faults::shorten_reply(100'000), faults::truncate_reply(100'000),
                               faults::shorten_reply(0), faults::lie_about_length(10)}) {
      const auto rule =
          stores_->s3().rules().add({.method = "GET", .skip = segment, .times = 1}, fault);
      expect_loads("large", artifact);
      EXPECT_EQ(stores_->s3().rules().hits(rule), 1) << segment;
      stores_->calm();
    }
  }
}

TEST_F(ThroughProxy, AnAlteredDownloadIsNeverPassedOn) {
  const std::string artifact = large();
  expect_saved("one", {artifact});
  for (const std::uint64_t at : {0, 1'000, 300'000}) {
    stores_->s3().rules().add({.method = "GET", .times = 1}, faults::flip_reply(at));
    expect_loads("one", artifact);  // its block was asked for once more
    stores_->calm();
    // Each answer, wherever its range begins: also the block that is asked for once more.
    stores_->s3().rules().add({.method = "GET"}, faults::flip_reply(at % 100'000));
    const auto loaded = talk_.load(*spillway_, "one", 0, soon());
    ASSERT_FALSE(loaded) << "altered bytes were passed on";
    expect_error(loaded.error(), Code::corrupt, "read it again");
    EXPECT_NE(loaded.error().subject.find("spillway_messages"), std::string::npos);
    stores_->calm();
    expect_loads("one", artifact);  // the object itself is well
  }
}

TEST_F(ThroughProxy, AnAlteredAnswerOfDynamoDbIsNotBelieved) {
  const std::string small = dense(20'000);
  expect_saved("small", {small});
  for (const char* operation : {"GetItem", "Query"}) {
    stores_->dynamodb().rules().add({.operation = operation, .times = 1},
                                    faults::flip_reply(5'000));
  }
  for (const auto& fault : {faults::truncate_reply(5'000), faults::lie_about_length(5'000)}) {
    stores_->dynamodb().rules().add({.operation = "GetItem", .times = 1}, fault);
  }
  for (int i = 0; i < 4; ++i) expect_loads("small", small);
}

TEST_F(ThroughProxy, AnArchivedObjectSaysSo) {
  expect_saved("one");
  stores_->s3().rules().add({.method = "GET"}, faults::s3_archived());
  const auto loaded = talk_.load(*spillway_, "one", 0, soon());
  ASSERT_FALSE(loaded);
  expect_error(loaded.error(), Code::archived, "spillway restore");
}

TEST_F(ThroughProxy, AServerThatGoesDownIsNoticedAndSoIsItsReturn) {
  const std::string artifact = large();
  expect_saved("before", {artifact});
  for (FaultProxy* proxy : {&stores_->s3(), &stores_->dynamodb()}) {
    proxy->go_down();
    const auto refused = save("down " + proxy->url(), {large()}, brief());
    ASSERT_FALSE(refused);
    expect_error(refused.error(), Code::unavailable);
    EXPECT_TRUE(refused.error().transient);
    EXPECT_EQ(refused.error().effect, Effect::none);
    const auto unread = talk_.load(*spillway_, "before", 0, brief());
    ASSERT_FALSE(unread);
    expect_error(unread.error(), Code::unavailable);
    proxy->come_up();
    const auto end = Clock::now() + std::chrono::seconds(20);  // the breaker rests for two
    bool loads = false;
    while (!loads && Clock::now() < end) {
      loads = talk_.load(*spillway_, "before", 0, soon()).has_value();
    }
    EXPECT_TRUE(loads);
    expect_saved("after " + proxy->url());
  }
}

TEST_F(ThroughProxy, APlaceholderStandsForWhatCouldNotBeStored) {
  stores_->s3().rules().add({.method = "PUT"}, faults::s3_access_denied());
  const auto saved = save("half", {"1", large()}, soon(), OnFailure::placeholder);
  ASSERT_TRUE(saved) << describe(saved.error());
  const auto& artifacts = saved.value().message.artifacts;
  ASSERT_EQ(artifacts.size(), 2u);
  EXPECT_FALSE(artifacts[0].error);
  ASSERT_TRUE(artifacts[1].error);
  expect_error(*artifacts[1].error, Code::permission_denied);
  stores_->calm();
  const auto read = spillway_->sessions().message(talk_.session(), talk_.id("half"),
                                                  ArtifactsAs::resolved, soon());
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(read.value().artifacts[0].value, "1");
  ASSERT_TRUE(read.value().artifacts[1].error);
  EXPECT_EQ(read.value().artifacts[1].error->code, Code::permission_denied);
  const auto refused = save("whole", {"1", large()}, soon());  // without having asked for it
  EXPECT_TRUE(refused) << "the store is well again";
}

TEST_F(ThroughProxy, WhatStayedInTheItemMovesOutWhenS3IsBack) {
  stores_->s3().go_down();
  const std::string artifact = fitting();
  const auto saved = save("fallback", {artifact}, Deadline::after(std::chrono::seconds(20)));
  ASSERT_TRUE(saved) << describe(saved.error());
  EXPECT_TRUE(saved.value().message.artifacts[0].placement.fallback);
  expect_loads("fallback", artifact);
  EXPECT_TRUE(stores_->object_keys().empty());
  stores_->s3().come_up();
  spillway_ = stores_->open();
  SweepOptions at_once;
  at_once.fence_age_millis = at_once.retention_millis = 0;
  const auto swept = spillway_->sessions().sweep(at_once, soon());
  ASSERT_TRUE(swept) << describe(swept.error());
  const auto read = spillway_->sessions().message(talk_.session(), talk_.id("fallback"),
                                                  ArtifactsAs::reference, soon());
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(to_string(read.value().artifacts[0].placement.storage), "spilled");
  EXPECT_EQ(stores_->object_keys().size(), 1u);
  expect_loads("fallback", artifact);
}

}  // namespace
}  // namespace spillway
