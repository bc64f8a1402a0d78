// The routine sweep: what the ledger's index says is due, and nothing more.
#include <gmock/gmock.h>

#include "base/clock.h"
#include "unit/hybrid/shared_stores.h"

namespace spillway {
namespace {

using ::testing::HasSubstr;
using Due = GatewaysTest;

constexpr std::int64_t hour_millis = 3600LL * 1000;

TEST_F(Due, ReferencesNameTheBucketAndTheWholeKey) {
  write(put(large()));
  const Item stored = *shared_items_->get(get(key()), soon()).value().item;
  const std::string& reference = *stored.at("text").as<std::string>();
  const ObjectKey object = objects().at(0);
  EXPECT_THAT(object, ::testing::StartsWith("some/prefix/"));
  EXPECT_THAT(reference, HasSubstr("\"bucket\":\"the-bucket\""));
  EXPECT_THAT(reference, HasSubstr("\"key\":\"" + object + "\""));
  EXPECT_EQ(shared_objects_->head(object, soon()).value().attributes.metadata.at("raw-size"),
            "400000");
  EXPECT_EQ(read(key()), large());
  EXPECT_TRUE(gateway_->fsck({true}, soon()).value().problems.empty());
}

TEST_F(Due, RowsAreDueWhileTheyMayNeedWork) {
  Ledger ledger(*shared_items_);
  const std::int64_t before = unix_millis();
  const std::string pending(32, 'a'), aborted(32, 'b');
  ASSERT_TRUE(ledger.begin(pending, {{"things", key()}}, soon()));
  EXPECT_GE(ledger.read(pending, soon()).value()->due_millis, before + 24 * hour_millis);
  ASSERT_TRUE(ledger.begin(aborted, {{"things", key()}}, soon()));
  ASSERT_TRUE(ledger.abort(aborted, soon()));
  const std::int64_t due = ledger.read(aborted, soon()).value()->due_millis;
  EXPECT_GE(due, before);
  EXPECT_LE(due, unix_millis());
  WriteRequest fresh = put(large());
  fresh.condition = "attribute_not_exists(pk)";
  write(fresh);
  const std::vector<LedgerRow> all = rows();
  for (const LedgerRow& row : all) {
    EXPECT_EQ(row.due_millis == 0, row.state == AttemptState::committed) << row.attempt;
  }
}

TEST_F(Due, DeletedItemIsReclaimedWithoutAScan) {
  write(put(large()));
  write(put(large("2")));
  write(remove(key()));
  reopen();
  const unsigned scans = shared_items_->scans;
  EXPECT_EQ(routine().objects_removed, 1u);
  routine();
  EXPECT_EQ(shared_items_->scans, scans);
  EXPECT_EQ(objects().size(), 1u);
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_EQ(rows().at(0).due_millis, 0);
  EXPECT_EQ(read(key("2")), large("2"));
}

TEST_F(Due, OverwriteThatSawNothingIsFollowedUp) {
  write(put(large("1", 1)));
  write(put(large("1", 2)));
  write(put(large("1", 3)));
  routine();
  routine();
  EXPECT_EQ(objects().size(), 1u);
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_EQ(rows().at(0).due_millis, 0);
  EXPECT_EQ(read(key()), large("1", 3));
}

TEST_F(Due, UpdateThatDropsAValueIsFollowedUp) {
  Item item = large();
  item["body"] = noise(400'000, 7);
  write(put(item));
  routine();
  write(request(WriteRequest::Kind::update, key(), "SET body = :o", {{":o", noise(400'000, 8)}}));
  reopen();
  EXPECT_EQ(routine().objects_removed, 1u);
  item["body"] = noise(400'000, 8);
  EXPECT_EQ(read(key()), item);
}

TEST_F(Due, SmallOverwriteIsFollowedUp) {
  write(put(large()));
  write(put(key()));
  reopen();
  EXPECT_EQ(routine().objects_removed, 1u);
  EXPECT_EQ(read(key()), key());
}

TEST_F(Due, TransactionIsFollowedUp) {
  write(put(large("1")));
  write(put(large("2")));
  routine();
  WriteRequest guarded = put(key("2"));
  guarded.condition = "attribute_exists(#t)";
  guarded.names = {{"#t", "text"}};
  ASSERT_TRUE(gateway_->transact({put(large("1", 5)), guarded}, "", soon()).value().result.applied);
  reopen();
  routine();
  routine();
  EXPECT_EQ(objects().size(), 1u);
  EXPECT_EQ(read(key("1")), large("1", 5));
}

TEST_F(Due, WhatNoHintToldOfIsFoundByTheFullSweep) {
  write(put(large()));
  routine();
  ASSERT_TRUE(shared_items_->write(remove(key()), soon()));  // around the gateway
  EXPECT_EQ(routine().objects_removed, 0u);
  EXPECT_EQ(full().objects_removed, 1u);
}

TEST_F(Due, FullSweepThatTheDeadlineEndedAmongTheRowsIsNotThrough) {
  write(put(large("1")));
  write(put(large("2")));
  const auto faults = std::make_shared<Faults>();
  gateway_ = gateway(faults);
  faults->queried_max = 1;
  const Deadline deadline = Deadline::after(std::chrono::seconds(1));
  bool among_rows = false;
  faults->before = [&](const std::string& operation) -> Result<void> {
    among_rows = among_rows || operation == "query spillway_ledger";
    return among_rows && operation == "get things" ? outlast(deadline) : ok();
  };
  SweepOptions options = at_once(SweepScope::full);
  const SweepReport first = gateway_->sweep(options, deadline).value();
  ASSERT_TRUE(first.next && among_rows);
  EXPECT_THAT(first.undecided, Not(Contains(HasSubstr("everything was swept"))));
  const auto is_due = [&] {
    return gateway_->claim_full_sweep("me", std::chrono::hours(1), soon()).value();
  };
  faults->before = nullptr;
  EXPECT_TRUE(is_due());
  options.resume = first.next;
  EXPECT_FALSE(sweep(options).next);
  EXPECT_FALSE(is_due());
}

TEST_F(Due, AbandonedAttemptIsReclaimed) {
  {
    auto staging = gateway_->stage("things", key());
    StringSource source(noise(100'000));
    ASSERT_TRUE(gateway_->upload(staging.value(), source, Items::StageAs::binary, {}, soon()));
  }
  SweepOptions options = at_once(SweepScope::routine);
  options.fence_age_millis = hour_millis;
  EXPECT_EQ(sweep(options).objects_removed, 1u);
  ASSERT_EQ(rows().size(), 1u);  // a late duplicate of its W0 must find it
  EXPECT_GE(rows().at(0).due_millis, rows().at(0).finished_millis + hour_millis);
  routine();
  EXPECT_TRUE(rows().empty());
}

TEST_F(Due, PendingAttemptIsFencedOnceItIsOld) {
  auto staging = gateway_->stage("things", key());
  StringSource source(noise(100'000));
  const AttributeValue body =
      gateway_->upload(staging.value(), source, Items::StageAs::binary, {}, soon()).value();
  SweepOptions options = at_once(SweepScope::routine);
  options.fence_age_millis = hour_millis;
  EXPECT_EQ(sweep(options).objects_removed, 0u);
  const SweepReport report = routine();
  EXPECT_EQ(report.objects_removed, 1u);
  EXPECT_EQ(report.attempts_aborted, 1u);
  Item item = key();
  item["body"] = body;
  const auto late = gateway_->write(put(item), soon(), {}, &staging.value());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::conflict);
  EXPECT_FALSE(read(key()));
}

TEST_F(Due, RetentionPutsARowOff) {
  write(put(large()));
  write(remove(key()));
  reopen();
  SweepOptions options = at_once(SweepScope::routine);
  options.retention_millis = hour_millis;
  const std::int64_t before = unix_millis();
  EXPECT_EQ(sweep(options).kept_for_retention, 1u);
  EXPECT_GE(rows().at(0).due_millis, before + hour_millis);
  EXPECT_EQ(objects().size(), 1u);
  routine();
  EXPECT_TRUE(objects().empty());
  EXPECT_TRUE(rows().empty());
}

TEST_F(Due, HintForgesNothing) {
  // A row that is due although its item still refers to everything: the index is only a hint.
  write(put(large()));
  routine();
  ASSERT_TRUE(Ledger(*shared_items_).hint(rows().at(0).attempt, soon()));
  EXPECT_EQ(routine().objects_removed, 0u);
  EXPECT_EQ(rows().at(0).due_millis, 0);
  EXPECT_EQ(read(key()), large());
}

TEST_F(Due, RowThatIsMadeDueMeanwhileStaysDue) {
  write(put(large()));
  Ledger ledger(*shared_items_);
  const std::string attempt = rows().at(0).attempt;
  const LedgerRow read_before = *ledger.read(attempt, soon()).value();
  ASSERT_NE(read_before.due_millis, 0);
  while (unix_millis() == read_before.due_millis) std::this_thread::yield();
  ASSERT_TRUE(ledger.hint(attempt, soon()));
  ASSERT_TRUE(ledger.set_due(read_before, std::nullopt, soon()));
  EXPECT_NE(ledger.read(attempt, soon()).value()->due_millis, 0);
}

TEST_F(Due, TokensGoAfterADay) {
  ASSERT_TRUE(gateway_->transact({put(key())}, "fresh", soon()));
  WriteRequest old = Ledger::token_action("old", "digest");
  old.item["created"] = number(unix_millis() - 25 * hour_millis);
  old.item["dueAt"] = number(unix_millis() - hour_millis);
  ASSERT_TRUE(shared_items_->write(old, soon()).value().applied);
  EXPECT_EQ(routine().rows_removed, 1u);
  Ledger ledger(*shared_items_);
  EXPECT_FALSE(ledger.token_digest("old", soon()).value());
  EXPECT_TRUE(ledger.token_digest("fresh", soon()).value());
}

// A gateway that reads the index late finds a token there that another removed and a client used
// anew.
TEST_F(Due, TokenThatIsUsedAnewStays) {
  write(put(Item{{"pk", "p"}, {"sk", "n"}, {"n", number(0)}}));
  const std::vector<WriteRequest> actions{
      request(WriteRequest::Kind::update, key("n"), "SET n = n + :one", {{":one", number(1)}})};
  const auto use_token = [&] {
    const auto done = gateway_->transact(actions, "token", soon());
    ASSERT_TRUE(done) << describe(done.error());
    EXPECT_TRUE(done.value().result.applied);
  };
  use_token();
  QueryRequest scan;
  scan.table = ledger_table;
  WriteRequest aged;
  aged.table = ledger_table;
  const QueryPage ledger = shared_items_->query(scan, soon()).value();
  for (const Item& row : ledger.items) {
    if (row.at("id").as<std::string>()->starts_with("token#")) aged.item = row;
  }
  const std::int64_t old = unix_millis() - 25 * hour_millis;
  aged.item["created"] = number(old);
  aged.item["dueAt"] = number(old + 24 * hour_millis);
  ASSERT_TRUE(shared_items_->write(aged, soon()));
  auto faults = std::make_shared<Faults>();
  auto late = gateway(faults);
  bool done = false;
  faults->before = [&](const std::string& operation) -> Result<void> {
    if (operation != std::string("write ") + ledger_table || done) return ok();
    done = true;
    routine();
    use_token();
    return ok();
  };
  ASSERT_TRUE(late->sweep(at_once(SweepScope::routine), soon()));
  ASSERT_TRUE(done);
  use_token();  // a repeat
  EXPECT_EQ(read(key("n"))->at("n"), AttributeValue(number(2)));
}

TEST_F(Due, BlindWriteStaysDueUntilWhatItReplacedIsDecided) {
  write(put(large("1", 1)));
  routine();
  write(put(large("1", 2)));  // nobody saw what it replaced
  bool failed = false;
  object_faults_->before = [&](const std::string& operation) -> Result<void> {
    if (operation != "object remove" || failed) return ok();
    failed = true;
    return make_error(Code::throttled, "test", "", "on purpose");
  };
  EXPECT_EQ(routine().undecided.size(), 1u);
  EXPECT_TRUE(
      std::ranges::any_of(rows(), [](const LedgerRow& row) { return row.due_millis != 0; }));
}

TEST_F(Due, RowOfAnAttemptThatUploadedNothingGoes) {
  // Looks as if it would spill, and is encoded to nearly nothing.
  WriteRequest first =
      put(Item{{"pk", "p"}, {"sk", "1"}, {"text", noise(32 * 1024) + std::string(400'000, 'x')}});
  first.condition = "attribute_not_exists(pk)";
  write(first);
  ASSERT_THAT(objects(), ::testing::IsEmpty());
  ASSERT_EQ(rows().size(), 1u);
  routine();
  EXPECT_THAT(rows(), ::testing::IsEmpty());
}

TEST_F(Due, RemovesNothingOnDoubtAndComesBack) {
  write(put(large()));
  write(remove(key()));
  gateway_.reset();
  auto faults = std::make_shared<Faults>();
  faults->before = [](const std::string& operation) -> Result<void> {
    if (operation != "get things") return ok();
    return make_error(Code::throttled, "test", "", "on purpose");
  };
  gateway_ = gateway(faults);
  const SweepReport report = routine();
  EXPECT_EQ(report.objects_removed, 0u);
  EXPECT_EQ(report.undecided.size(), 1u);
  EXPECT_GT(rows().at(0).due_millis, unix_millis());  // others go first
  faults->before = nullptr;
  EXPECT_EQ(routine().objects_removed, 1u);
}

TEST_F(Due, TablesThatAreGoneAreTheOperatorsWord) {
  write(put(large()));
  write(remove(key()));
  reopen();
  ASSERT_TRUE(shared_items_->administer(DeleteTable{"things"}, soon()));
  for (const SweepScope scope : {SweepScope::routine, SweepScope::full}) {
    SweepOptions options = at_once(scope);
    EXPECT_EQ(sweep(options).objects_removed, 0u);
    options.tables_gone = {"others"};
    EXPECT_EQ(sweep(options).objects_removed, 0u);
  }
  SweepOptions options = at_once(SweepScope::routine);
  options.tables_gone = {"things"};
  EXPECT_EQ(sweep(options).objects_removed, 1u);
}

/// Lets the deadline of a sweep pass while an item is looked at.
TEST_F(Due, SweepThatRunsOutOfTimeGoesOn) {
  for (int i = 0; i < 4; ++i) write(put(large(std::to_string(i))));
  gateway_.reset();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(shared_items_->write(remove(key(std::to_string(i))), soon()));
  }
  auto faults = std::make_shared<Faults>();
  gateway_ = gateway(faults);
  const Deadline deadline = Deadline::after(std::chrono::milliseconds(300));
  faults->before = [&](const std::string& operation) -> Result<void> {
    while (operation == "get things" && !deadline.passed()) std::this_thread::yield();
    return ok();
  };
  SweepOptions options = at_once(SweepScope::full);
  const auto cut = gateway_->sweep(options, deadline);
  ASSERT_TRUE(cut) << describe(cut.error());
  ASSERT_NE(cut.value().next, nullptr);
  faults->before = nullptr;
  options.resume = cut.value().next;
  const SweepReport rest = sweep(options);
  EXPECT_EQ(rest.next, nullptr);
  EXPECT_EQ(rest.objects_seen, 0u);  // that page is behind it: its rows are left
  full();
  EXPECT_TRUE(objects().empty());
}

}  // namespace
}  // namespace spillway
