// What the commit protocol promises when stores fail, replies are lost, and sweeps run beside
// writers.
#include <gmock/gmock.h>

#include <thread>

#include "hybrid/ledger.h"
#include "unit/hybrid/stores.h"

namespace spillway {
namespace {

class Protocol : public ItemsTest {
 protected:
  struct Staged {
    Staging staging;
    AttributeValue body;  ///< what is uploaded
  };
  Staged stage_body() {
    Staging staging = items_->stage("things", key()).value();
    StringSource source(noise(300'000));
    AttributeValue body =
        items_->upload(staging, source, Items::StageAs::binary, {}, soon()).value();
    return {std::move(staging), std::move(body)};
  }
  static WriteRequest set_body(const Staged& staged, int n) {
    return update(key(), "SET body = :b, n = :n", {{":b", staged.body}, {":n", number(n)}});
  }
};

Item large(const std::string& sk = "1", std::uint32_t seed = 1) {
  return Item{{"pk", "p"}, {"sk", sk}, {"text", noise(500'000, seed)}};
}

WriteRequest lapsed_claim() {
  WriteRequest request;
  request.kind = WriteRequest::Kind::update;
  request.table = ledger_table;
  request.item = Item{{"id", "sweep"}};
  request.update = "SET claimedUntil = :past";
  request.values = {{":past", number(1)}};
  return request;
}

Result<void> fail(Code code) { return make_error(code, "test", "", "on purpose"); }

TEST_F(Protocol, FailedUploadSavesNothing) {
  object_faults_->before = [](const std::string& operation) {
    return operation == "object put" ? fail(Code::unavailable) : Result<void>(ok());
  };
  const auto reply = items_->write(put(large()), soon());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::unavailable);
  EXPECT_TRUE(reply.error().transient);
  EXPECT_EQ(reply.error().effect, Effect::none);
  object_faults_->before = nullptr;
  EXPECT_FALSE(read(key()));
}

TEST_F(Protocol, FailedUploadFallsBackIntoTheItemWhenItFits) {
  object_faults_->before = [](const std::string& operation) {
    return operation == "object put" ? fail(Code::unavailable) : Result<void>(ok());
  };
  Item item = key();
  item["text"] = noise(390'000);
  const WriteReply reply = write(put(item));
  ASSERT_EQ(reply.placements.size(), 1u);
  EXPECT_TRUE(reply.placements[0].fallback);
  EXPECT_EQ(reply.placements[0].storage, Storage::encoded);
  object_faults_->before = nullptr;
  EXPECT_EQ(read(key()), item);
}

TEST_F(Protocol, LostReplyOfTheCommitIsResolvedByTheLedger) {
  std::atomic<int> lost = 0;
  item_faults_->after = [&](const std::string& operation) -> Result<void> {
    if (operation != "transact" || lost++ > 0) return ok();
    Error error = make_error(Code::unavailable, "test", "", "reply lost");
    error.effect = Effect::unknown;
    return error;
  };
  EXPECT_TRUE(write(put(large())).result.applied);
  EXPECT_EQ(lost, 1);
  EXPECT_EQ(read(key()), large());
}

/// The first two writes to the ledger are applied, but nobody hears of it.
std::function<Result<void>(const std::string&)> lose_two_ledger_replies(std::atomic<int>& lost) {
  return [&lost](const std::string& operation) -> Result<void> {
    if (operation != "write spillway_ledger" || lost >= 2) return ok();
    ++lost;
    Error error = make_error(Code::unavailable, "test", "", "reply lost");
    error.effect = Effect::unknown;
    return error;
  };
}

TEST_F(Protocol, LostReplyToTheFirstRowCostsAnIdAndNotTheSave) {
  std::atomic<int> lost = 0;
  item_faults_->after = lose_two_ledger_replies(lost);
  EXPECT_TRUE(write(put(large())).result.applied);
  EXPECT_EQ(lost, 2);
  EXPECT_EQ(read(key()), large());
  EXPECT_EQ(sweep_all().attempts_aborted, 2u);  // the rows of the ids that were given up
  EXPECT_EQ(read(key()), large());
}

TEST_F(Protocol, LostReplyToTheIdentityIsNoReasonNotToOpen) {
  std::atomic<int> lost = 0;
  item_faults_->after = lose_two_ledger_replies(lost);
  open();
  EXPECT_EQ(lost, 2);
  EXPECT_TRUE(write(put(large())).result.applied);
}

TEST_F(Protocol, CommitThatNeverArrivedIsTriedAgain) {
  std::atomic<int> tries = 0;
  item_faults_->before = [&](const std::string& operation) -> Result<void> {
    if (operation != "transact" || tries++ > 0) return ok();
    Error error = make_error(Code::unavailable, "test", "", "request lost");
    error.effect = Effect::unknown;
    return error;
  };
  EXPECT_TRUE(write(put(large())).result.applied);
  EXPECT_EQ(tries, 2);
}

TEST_F(Protocol, CommitThatNeverArrivesIsAbortedForADefiniteAnswer) {
  item_faults_->before = [](const std::string& operation) -> Result<void> {
    if (operation != "transact") return ok();
    Error error = make_error(Code::unavailable, "test", "", "request lost");
    error.effect = Effect::unknown;
    return error;
  };
  const auto reply = items_->write(put(large()), soon());
  item_faults_->before = nullptr;
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::unavailable);
  EXPECT_EQ(reply.error().effect, Effect::none);
  EXPECT_FALSE(read(key()));
}

TEST_F(Protocol, RefusalAfterALostCommitIsAnsweredOnlyWhenTheCommitIsFenced) {
  // The first W2 is lost on its way and may arrive at any time; the second meets another item.
  WriteRequest request = put(large());
  request.condition = "attribute_not_exists(pk)";
  std::atomic<int> tries = 0;
  item_faults_->before = [&](const std::string& operation) -> Result<void> {
    if (operation != "transact" || tries++ > 0) return ok();
    raw_items_->write(put(key()), soon()).value();
    Error error = make_error(Code::unavailable, "test", "", "request lost");
    error.effect = Effect::unknown;
    return error;
  };
  auto staging = items_->stage("things", key());
  StringSource source(noise(100'000));
  request.item["body"] =
      items_->upload(staging.value(), source, Items::StageAs::binary, {}, soon()).value();
  const auto reply = items_->write(request, soon(), {}, &staging.value());
  ASSERT_TRUE(reply) << describe(reply.error());
  EXPECT_FALSE(reply.value().result.applied);
  const auto rows = Ledger(*raw_items_).scan(std::nullopt, soon()).value().attempts;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].state, AttemptState::aborted);
}

TEST_F(Protocol, FailureAfterALostCommitIsNotSaidToHaveNoEffect) {
  // The first W2 may still arrive; the second fails for sure; the row cannot be aborted.
  std::atomic<int> tries = 0;
  item_faults_->before = [&](const std::string& operation) -> Result<void> {
    if (operation == "write spillway_ledger" && tries > 0) return fail(Code::throttled);
    if (operation != "transact") return ok();
    Error error = make_error(Code::throttled, "test", "", "on purpose");
    if (tries++ == 0) error.effect = Effect::unknown;
    return error;
  };
  const auto reply = items_->write(put(large()), soon());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().effect, Effect::unknown);
}

TEST_F(Protocol, UnreadableLedgerRowIsReportedAndStopsNothing) {
  write(put(large()));
  write(remove(key()));
  WriteRequest row;
  row.table = ledger_table;
  row.item = Item{{"id", "attempt#" + std::string(32, 'b')}, {"state", "?"}};
  ASSERT_TRUE(raw_items_->write(row, soon()).value().applied);
  row.item = Item{{"id", "token#x"}, {"created", Number{"99999999999999999999999"}}};
  ASSERT_TRUE(raw_items_->write(row, soon()).value().applied);
  open();
  ASSERT_NE(items_, nullptr);
  const SweepReport report = sweep_all();
  EXPECT_EQ(report.objects_removed, 1u);
  EXPECT_EQ(report.undecided.size(), 1u);
}

TEST_F(Protocol, UnknownOutcomeIsSaid) {
  std::atomic<bool> away = false;
  item_faults_->before = [&](const std::string& operation) -> Result<void> {
    away = away || operation == "transact";
    if (!away) return ok();
    Error error = make_error(Code::unavailable, "test", "", "partitioned");
    error.effect = Effect::unknown;
    return error;
  };
  const auto reply = items_->write(put(large()), soon());
  item_faults_->before = nullptr;
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().effect, Effect::unknown);
}

TEST_F(Protocol, SlowWriterIsFenced) {
  // The sweep runs, with no fence age, between the upload and the commit.
  item_faults_->before = [this](const std::string& operation) -> Result<void> {
    if (operation != "transact") return ok();
    item_faults_->before = nullptr;
    sweep_all();
    return ok();
  };
  const auto reply = items_->write(put(large()), soon());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::conflict);
  EXPECT_TRUE(reply.error().transient);
  EXPECT_FALSE(read(key()));
  EXPECT_EQ(object_count(), 0u);
}

TEST_F(Protocol, CommitThatTheStoreAppliesTwiceIsApplied) {
  write(put(Item{{"pk", "p"}, {"sk", "1"}, {"entries", List{}}}));
  item_faults_->transact_twice = true;
  const WriteReply reply = write(
      update(key(), "SET entries = list_append(entries, :new)", {{":new", List{noise(500'000)}}}));
  EXPECT_TRUE(reply.result.applied);
  EXPECT_EQ(read(key())->at("entries").as<List>()->size(), 1u);
}

TEST_F(Protocol, ProbesThatNobodyRemovedAreReclaimed) {
  object_faults_->before = [](const std::string& operation) {
    return operation == "object remove" ? fail(Code::timeout) : Result<void>(ok());
  };
  EXPECT_FALSE(items_->check_ready(soon()));
  object_faults_->before = nullptr;
  EXPECT_EQ(object_count(), 1u);
  EXPECT_TRUE(items_->sweep({}, soon()));  // it may belong to a look that is under way
  EXPECT_EQ(object_count(), 1u);
  sweep_all();
  EXPECT_EQ(object_count(), 0u);
}

TEST_F(Protocol, FullSweepIsMadeByOneProcessAndKnownToAll) {
  const auto claim = [&](const std::string& who,
                         std::chrono::milliseconds interval = std::chrono::hours(7 * 24)) {
    return items_->claim_full_sweep(who, interval, soon()).value();
  };
  EXPECT_TRUE(claim("a"));
  EXPECT_FALSE(claim("b"));
  EXPECT_TRUE(claim("a")) << "goes on with it";
  raw_items_->write(lapsed_claim(), soon()).value();
  EXPECT_TRUE(claim("b")) << "a may have died";
  EXPECT_FALSE(claim("a"));
  sweep_all();
  EXPECT_FALSE(claim("b")) << "it is through";
  EXPECT_TRUE(claim("a", std::chrono::milliseconds(0)));
}

TEST_F(Protocol, OverwrittenAndDeletedObjectsAreReclaimed) {
  write(put(large("1", 1)));
  write(put(large("1", 2)));
  write(put(large("2", 3)));
  write(remove(key("2")));
  EXPECT_EQ(object_count(), 3u);
  const SweepReport report = sweep_all();
  EXPECT_EQ(report.objects_removed, 2u);
  EXPECT_EQ(report.rows_removed, 2u);
  EXPECT_TRUE(report.undecided.empty());
  EXPECT_EQ(read(key("1")), large("1", 2));
  write(remove(key("1")));
  sweep_all();
  EXPECT_EQ(object_count(), 0u);
  EXPECT_TRUE(Ledger(*raw_items_).scan(std::nullopt, soon()).value().attempts.empty());
}

TEST_F(Protocol, SupersededObjectsLiveForTheRetention) {
  write(put(large()));
  write(remove(key()));
  SweepOptions options;  // an hour
  EXPECT_EQ(items_->sweep(options, soon()).value().kept_for_retention, 1u);
  EXPECT_EQ(object_count(), 1u);
  options.retention_millis = 0;
  EXPECT_EQ(items_->sweep(options, soon()).value().objects_removed, 1u);
}

TEST_F(Protocol, SweepRemovesNothingOnDoubt) {
  write(put(large()));
  write(remove(key()));
  item_faults_->before = [](const std::string& operation) {
    return operation == "get things" ? fail(Code::throttled) : Result<void>(ok());
  };
  const SweepReport report = sweep_all();
  EXPECT_EQ(report.objects_removed, 0u);
  EXPECT_EQ(report.undecided.size(), 2u);  // the object, and its row
  item_faults_->before = nullptr;
  EXPECT_EQ(sweep_all().objects_removed, 1u);
}

TEST_F(Protocol, FailedListingEndsTheSweep) {
  write(put(large()));
  write(remove(key()));
  object_faults_->before = [](const std::string& operation) {
    return operation == "object list" ? fail(Code::unavailable) : Result<void>(ok());
  };
  EXPECT_FALSE(items_->sweep({}, soon()));
  object_faults_->before = nullptr;
  EXPECT_EQ(object_count(), 1u);
}

TEST_F(Protocol, ManyUnknownObjectsStopForAnOperator) {
  write(put(large()));
  const ObjectKey known = raw_objects_->list("", "", soon()).value().objects[0].key;
  const std::string prefix = known.substr(0, known.size() - 34);  // less attempt, slash and number
  for (int i = 0; i < 5; ++i) {
    StringSource source("x");
    const std::string attempt = std::string(31, 'a') + std::to_string(i);
    ASSERT_TRUE(raw_objects_->put(prefix + attempt + "/0", source, {}, soon()));
  }
  SweepOptions options;
  options.unknown_objects_max = 4;
  EXPECT_EQ(items_->sweep(options, soon()).value().objects_removed, 0u);
  options.unknown_objects_max = 5;
  EXPECT_EQ(items_->sweep(options, soon()).value().objects_removed, 5u);
  EXPECT_EQ(read(key()), large());
}

TEST_F(Protocol, ReaderDuringAnOverwriteReadsAgain) {
  write(put(large("1", 1)));
  object_faults_->before = [this](const std::string& operation) -> Result<void> {
    if (operation != "object get") return ok();
    object_faults_->before = nullptr;
    write(put(large("1", 2)));
    sweep_all();  // the object that the reader is about to fetch is gone
    return ok();
  };
  EXPECT_EQ(read(key()), large("1", 2));
}

TEST_F(Protocol, MissingObjectIsAnErrorThatNamesIt) {
  const WriteReply reply = write(put(large()));
  ASSERT_TRUE(remove_object(*raw_objects_, reply.placements[0].key, soon()));
  const auto got = items_->get(get(key()), Hydrate::whole, soon());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Code::corrupt);
  EXPECT_THAT(got.error().detail, ::testing::HasSubstr(reply.placements[0].key));
  EXPECT_EQ(items_->fsck({}, soon()).value().problems.size(), 1u);
}

TEST_F(Protocol, PendingRowsAreAbortedWhenAnEmbeddedStoreOpens) {
  Ledger ledger(*raw_items_);
  ASSERT_TRUE(ledger.begin(std::string(32, 'a'), {{"things", key()}}, soon()));
  open();
  const auto row = Ledger(*raw_items_).read(std::string(32, 'a'), soon()).value();
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, AttemptState::aborted);
}

TEST_F(Protocol, StagedUploadIsReclaimedWhenItIsNotUsed) {
  {
    auto staging = items_->stage("things", key());
    ASSERT_TRUE(staging);
    StringSource source(noise(100'000));
    ASSERT_TRUE(items_->upload(staging.value(), source, Items::StageAs::binary, {}, soon()));
    EXPECT_EQ(object_count(), 1u);
  }
  SweepOptions options;
  options.fence_age_millis = 3600 * 1000;  // it was aborted, not merely old
  EXPECT_EQ(items_->sweep(options, soon()).value().objects_removed, 1u);
}

TEST_F(Protocol, StagedUploadOutlivesARefusedWrite) {
  Staged staged = stage_body();
  write(put(key()));
  WriteRequest change = update(key(), "SET body = :b", {{":b", staged.body}, {":n", number(1)}});
  change.condition = "n = :n";
  EXPECT_FALSE(items_->write(change, soon(), {}, &staged.staging).value().result.applied);
  write(update(key(), "SET n = :n", {{":n", number(1)}}));
  EXPECT_TRUE(items_->write(change, soon(), {}, &staged.staging).value().result.applied);
  EXPECT_EQ(read(key())->at("body"), AttributeValue(Binary{noise(300'000)}));
}

TEST_F(Protocol, StagedUploadIsPartOfOneWrite) {
  Staged staged = stage_body();
  const auto change = [&](int n) { return set_body(staged, n); };
  ASSERT_TRUE(items_->write(change(1), soon(), {}, &staged.staging).value().result.applied);
  const auto again = items_->write(change(2), soon(), {}, &staged.staging);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
  EXPECT_EQ(read(key())->at("n"), number(1));
}

TEST_F(Protocol, StagedUploadOfAnUnknownWriteIsPartOfNoOther) {
  Staged staged = stage_body();
  const auto change = [&](int n) { return set_body(staged, n); };
  // Applied twice on its way, so that the row is not PENDING; and then the row cannot be read.
  item_faults_->transact_twice = true;
  item_faults_->before = [](const std::string& operation) {
    return operation == "get spillway_ledger" ? fail(Code::unavailable) : Result<void>(ok());
  };
  const auto first = items_->write(change(1), soon(), {}, &staged.staging);
  item_faults_->transact_twice = false;
  item_faults_->before = nullptr;
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().effect, Effect::unknown);
  EXPECT_FALSE(items_->write(change(2), soon(), {}, &staged.staging));
  EXPECT_EQ(read(key())->at("n"), number(1));
}

TEST_F(Protocol, RefusalIsAnsweredOnlyWhenNoEarlierSendCanBeApplied) {
  // The store's client sends W2 twice; the second is refused, and then the first arrives.
  write(put(key()));
  WriteRequest request = put(large());
  request.condition = "attribute_not_exists(n)";
  const auto land = [&] {
    const auto row = Ledger(*raw_items_).scan(std::nullopt, soon()).value().attempts.at(0);
    raw_items_->write(Ledger::commit_action(row.attempt, {}), soon()).value();
  };
  std::atomic<int> answers = 0;
  item_faults_->before = [&](const std::string& operation) -> Result<void> {
    if (operation == "transact" && answers == 0) {
      raw_items_->write(update(key(), "SET n = :n", {{":n", number(1)}}), soon()).value();
    }
    return ok();
  };
  item_faults_->after = [&](const std::string& operation) -> Result<void> {
    if (operation == "transact" && answers++ == 0) land();
    return ok();
  };
  EXPECT_TRUE(write(request).result.applied);
  EXPECT_EQ(answers, 1);
}

TEST_F(Protocol, RowThatGotAnOwnerBackIsNotRemoved) {
  Ledger ledger(*raw_items_);
  ASSERT_TRUE(ledger.begin("a1", {{"things", key("1")}}, soon()));
  ASSERT_EQ(ledger.abort("a1", soon()).value(), AttemptState::aborted);
  ASSERT_TRUE(ledger.restore("a1", {"things", key("1")}, soon()).value());
  const LedgerRow seen = ledger.read("a1", soon()).value().value();
  ASSERT_TRUE(ledger.restore("a1", {"things", key("2")}, soon()).value());
  ASSERT_TRUE(ledger.remove(seen, soon()));
  EXPECT_TRUE(ledger.read("a1", soon()).value().has_value());
}

TEST_F(Protocol, StagedUploadBecomesPartOfTheItem) {
  auto staging = items_->stage("things", key());
  StringSource source(noise(3'000'000));
  Item item = key();
  item["body"] =
      items_->upload(staging.value(), source, Items::StageAs::binary, {}, soon()).value();
  ASSERT_TRUE(items_->write(put(item), soon(), {}, &staging.value()).value().result.applied);
  item["body"] = Binary{noise(3'000'000)};
  EXPECT_EQ(read(key()), item);
  EXPECT_EQ(sweep_all().objects_removed, 0u);

  const auto handles = items_->get(get(key()), Hydrate::handles, soon()).value().item;
  const auto* handle = handles->at("body").as<Spilled>();
  ASSERT_NE(handle, nullptr);
  auto range = items_->open(get(key()), *handle, ByteRange{1'000'001, 500'000}, soon());
  ASSERT_TRUE(range);
  EXPECT_EQ(read_all(*range.value(), 1'000'000).value(),
            noise(3'000'000).substr(1'000'001, 500'000));
}

TEST_F(Protocol, SweepsBesideWritersAndReadersLoseNothing) {
  std::atomic<bool> stop = false;
  std::jthread sweeper([&] {
    SweepOptions options;
    options.fence_age_millis = 60'000;
    options.retention_millis = 0;
    while (!stop) ASSERT_TRUE(items_->sweep(options, soon()));
  });
  std::vector<std::jthread> writers;
  for (int w = 0; w < 3; ++w) {
    writers.emplace_back([this, w] {
      for (std::uint32_t i = 1; i <= 12; ++i) {
        const std::string sk = std::to_string(w);
        const Item item = large(sk, i);
        EXPECT_TRUE(write(put(item)).result.applied);
        EXPECT_EQ(read(key(sk)), item);
      }
    });
  }
  writers.clear();
  stop = true;
  sweeper.join();
  EXPECT_TRUE(items_->fsck({true}, soon()).value().problems.empty());
  sweep_all();
  EXPECT_EQ(object_count(), 3u);
}

}  // namespace
}  // namespace spillway
