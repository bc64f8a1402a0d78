// Stores of which a part was restored to another moment: the items win, and the ledger follows.
#include <gmock/gmock.h>

#include "base/clock.h"
#include "unit/hybrid/shared_stores.h"

namespace spillway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t hour_millis = 3600LL * 1000;

class Restored : public GatewaysTest {
 protected:
  Item stored(const Item& at) { return *shared_items_->get(get(at), soon()).value().item; }
  void store(const std::string& table, const Item& item) {
    WriteRequest request;
    request.table = table;
    request.item = item;
    ASSERT_TRUE(shared_items_->write(request, soon()));
  }
  void damage_manifest() {
    Item damaged = stored(key());
    damaged["_spillway"] = "what is this";
    store("things", damaged);
  }
  std::string bytes_of(const ObjectKey& object) {
    return read_all(*shared_objects_->get(object, std::nullopt, soon()).value(), 1 << 20).value();
  }
  /// As a restore of the ledger's table to a moment before the commit makes it.
  void lose(const LedgerRow& row) { ASSERT_TRUE(Ledger(*shared_items_).remove(row, soon())); }
  void make_pending_again(const LedgerRow& row) {
    Item before = row.raw;
    before["state"] = "PENDING";
    before.erase("finished");
    before["created"] = number(unix_millis() - 25 * hour_millis);
    before["dueShard"] = row.attempt.substr(0, 1);
    before["dueAt"] = number(unix_millis() - hour_millis);
    store(ledger_table, before);
  }
  /// 12 of them, of 30 items that a page of a query does not hold.
  void make_strays_of_several_pages() {
    for (int i = 0; i < 30; ++i) {
      Item item{{"pk", "p"}, {"sk", std::to_string(i)}, {"ballast", std::string(90'000, 'x')}};
      if (i % 5 < 2) item["text"] = noise(400'000, static_cast<std::uint32_t>(i));
      write(put(item));
    }
    ASSERT_EQ(rows().size(), 12u);
    for (const LedgerRow& row : rows()) lose(row);
  }
  void become_a_copy() {
    gateway_.reset();
    shared_items_->table_id = "table-2";
    gateway_ = gateway();
  }
  std::vector<std::string> problems() {
    return gateway_->fsck({.read_objects = true}, soon()).value().problems;
  }
  static SweepOptions by_default(SweepScope scope) {
    SweepOptions options;
    options.scope = scope;
    return options;
  }
};

TEST_F(Restored, FullSweepKeepsWhatAnItemRefersToAndTheLedgerForgot) {
  write(put(large()));
  lose(rows().at(0));
  EXPECT_THAT(problems(), testing::ElementsAre(HasSubstr("spillway sweep --full")));
  const SweepReport report = full();
  EXPECT_EQ(report.objects_removed, 0u);
  EXPECT_EQ(report.rows_restored, 1u);
  EXPECT_EQ(read(key()), large());
  EXPECT_THAT(problems(), IsEmpty());
  write(remove(key()));  // and what it restored is as good as the row that was lost
  full();
  EXPECT_THAT(objects(), IsEmpty());
}

TEST_F(Restored, TransactionOfSeveralItemsGetsAllItsOwnersBack) {
  ASSERT_TRUE(gateway_->transact({put(large("1")), put(large("2"))}, "", soon()));
  lose(rows().at(0));
  EXPECT_EQ(full().objects_removed, 0u);
  write(remove(key("1")));
  full();
  EXPECT_EQ(read(key("2")), large("2"));
  EXPECT_EQ(rows().at(0).owners.size(), 2u);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Restored, ManyForgottenRowsAreNoRubbish) {
  for (const std::string name : {"1", "2", "3"}) write(put(large(name)));
  for (const LedgerRow& row : rows()) lose(row);
  SweepOptions options = at_once(SweepScope::full);
  options.unknown_objects_max = 1;
  const SweepReport report = sweep(options);
  EXPECT_THAT(report.undecided, IsEmpty());
  EXPECT_EQ(report.rows_restored, 3u);
}

TEST_F(Restored, SearchThroughItemsGoesOnWhereTheDeadlineEndedIt) {
  for (int i = 0; i < 20; ++i) write(put(large(std::to_string(i))));
  for (const LedgerRow& row : rows()) lose(row);
  SweepOptions options = at_once(SweepScope::full);
  std::uint64_t restored = 0, removed = 0;
  int steps = 0;
  do {
    // The steps lengthen: even on a slow machine one of them is long enough for a page.
    const auto deadline = Deadline::after(std::chrono::milliseconds(5 << std::min(steps, 10)));
    const auto report = gateway_->sweep(options, deadline);
    if (!report) {
      ASSERT_EQ(report.error().code, Code::timeout) << describe(report.error());
      continue;
    }
    restored += report.value().rows_restored;
    removed += report.value().objects_removed;
    options.resume = report.value().next;
    if (!options.resume) break;
  } while (++steps < 30);
  EXPECT_EQ(restored, 20u);
  EXPECT_EQ(removed, 0u);
}

TEST_F(Restored, SearchReadsEveryPageOfATable) {
  make_strays_of_several_pages();
  const SweepReport report = full();
  EXPECT_EQ(report.rows_restored, 12u);
  EXPECT_EQ(report.objects_removed, 0u);
}

TEST_F(Restored, SearchThatTheDeadlineEndsIsThroughBeforeMoreIsListed) {
  make_strays_of_several_pages();
  const auto faults = std::make_shared<Faults>();
  gateway_ = gateway(faults);
  object_faults_->listed_max = 6;
  const Deadline deadline = Deadline::after(std::chrono::seconds(1));
  int pages = 0;
  faults->before = [&](const std::string& operation) -> Result<void> {
    if (operation != "query things" || ++pages != 2) return ok();
    return outlast(deadline);
  };
  SweepOptions options = at_once(SweepScope::full);
  options.strays_at_once_max = 6;
  const SweepReport first = gateway_->sweep(options, deadline).value();
  ASSERT_TRUE(first.next);
  EXPECT_GT(first.rows_restored, 0u) << "so that fewer than the most are left";
  options.resume = first.next;
  const SweepReport second = sweep(options);
  EXPECT_EQ(first.rows_restored + second.rows_restored, 12u);
  EXPECT_EQ(first.objects_removed + second.objects_removed, 0u);
}

TEST_F(Restored, LimitOfStraysHoldsForAllThatAreFound) {
  write(put(large()));
  const ObjectKey object = objects().at(0);
  for (const char digit : {'1', '2', '3', '4', '5'}) {
    ObjectKey stray = object;
    stray.replace(stray.find(rows().at(0).attempt), 32, std::string(32, digit));
    StringSource bytes("rubbish");
    ASSERT_TRUE(shared_objects_->put(stray, bytes, {}, soon()));
  }
  object_faults_->listed_max = 2;
  SweepOptions options = at_once(SweepScope::full);
  options.strays_at_once_max = 2;
  options.unknown_objects_max = 4;
  const SweepReport report = sweep(options);
  EXPECT_LE(report.objects_removed, 4u);
  EXPECT_THAT(report.undecided, Contains(HasSubstr("--strays-max 5")));
  options.unknown_objects_max = 5;
  EXPECT_THAT(sweep(options).undecided, IsEmpty());
  EXPECT_THAT(objects(), testing::ElementsAre(object));
}

TEST_F(Restored, SearchReadsStronglyAndOutlastsFailuresThatPass) {
  write(put(large()));
  lose(rows().at(0));
  const auto faults = std::make_shared<Faults>();
  gateway_ = gateway(faults);
  int failures = 3;
  faults->before = [&](const std::string& operation) -> Result<void> {
    if (operation == "weak query things") return make_error(Code::corrupt, "test", "", "stale");
    if (operation != "query things" || failures-- <= 0) return ok();
    Error throttled = make_error(Code::throttled, "test", "", "on purpose");
    throttled.transient = true;
    return throttled;
  };
  const SweepReport report = full();
  EXPECT_THAT(report.undecided, IsEmpty());
  EXPECT_EQ(report.rows_restored, 1u);
  EXPECT_LT(failures, 1);
}

TEST_F(Restored, UnreadableManifestKeepsObjectsThatTheLedgerForgot) {
  write(put(large()));
  lose(rows().at(0));
  damage_manifest();
  const SweepReport report = full();
  EXPECT_EQ(report.undecided.size(), 1u);
  EXPECT_EQ(objects().size(), 1u);
}

TEST_F(Restored, OneStrayInAHundredObjectsIsRubbish) {
  write(put(large()));
  const ObjectKey object = objects().at(0);
  const auto add = [&](const ObjectKey& name) {
    StringSource bytes("rubbish");
    ASSERT_TRUE(shared_objects_->put(name, bytes, {}, soon()));
  };
  for (int i = 0; i < 100; ++i) add(object + std::to_string(i));  // further ones of the attempt
  ObjectKey stray = object;
  stray.replace(stray.find(rows().at(0).attempt), 32, std::string(32, '0'));
  add(stray);
  SweepOptions options = at_once(SweepScope::full);
  options.unknown_objects_max = 0;
  EXPECT_THAT(sweep(options).undecided, IsEmpty());
  EXPECT_THAT(objects(), testing::ElementsAre(object));
}

TEST_F(Restored, OwnersThatTwoSweepsRestoreAtOnceAreBothKept) {
  const auto faults = std::make_shared<Faults>();
  FaultyItemStore raced(shared_items_, faults);
  Ledger one(raced), other(*shared_items_);
  ASSERT_TRUE(other.begin("a1", {{"things", key("0")}}, soon()));
  faults->before = [&](const std::string& operation) -> Result<void> {
    if (operation != "write spillway_ledger") return ok();
    faults->before = nullptr;
    EXPECT_TRUE(other.restore("a1", {"things", key("2")}, soon()));
    return ok();
  };
  ASSERT_TRUE(one.restore("a1", {"things", key("1")}, soon()).value());
  EXPECT_EQ(other.read("a1", soon()).value()->owners.size(), 3u);
}

TEST_F(Restored, ObjectsOfATableThatIsOutOfReachStay) {
  write(put(large()));
  lose(rows().at(0));
  ASSERT_TRUE(shared_items_->administer(DeleteTable{"things"}, soon()));
  EXPECT_EQ(full().objects_removed, 0u);
  SweepOptions options = at_once(SweepScope::full);
  options.tables_gone = {"things"};
  EXPECT_EQ(sweep(options).objects_removed, 1u);
}

TEST_F(Restored, AttemptThatTheLedgerSaysIsPendingIsNotFenced) {
  write(put(large()));
  make_pending_again(rows().at(0));
  EXPECT_EQ(sweep(by_default(SweepScope::routine)).rows_restored, 1u);
  EXPECT_EQ(rows().at(0).state, AttemptState::committed);
  EXPECT_EQ(read(key()), large());
}

TEST_F(Restored, UnreadableManifestKeepsTheObjectsOfAnAbortedAttempt) {
  write(put(large()));
  make_pending_again(rows().at(0));
  damage_manifest();
  EXPECT_EQ(sweep(by_default(SweepScope::routine)).undecided.size(), 1u);
  EXPECT_EQ(objects().size(), 1u);
}

TEST_F(Restored, AdoptionSetsTheRowsRight) {
  write(put(large("1")));
  write(put(large("2")));
  lose(rows().at(0));
  make_pending_again(rows().at(0));
  become_a_copy();
  ASSERT_TRUE(gateway_->adopt_store({.read_objects = true}, soon()));
  EXPECT_THAT(problems(), IsEmpty());
  for (const SweepScope scope : {SweepScope::routine, SweepScope::full}) {
    EXPECT_EQ(sweep(by_default(scope)).objects_removed, 0u);
  }
  EXPECT_EQ(read(key("1")), large("1"));
  EXPECT_EQ(read(key("2")), large("2"));
}

TEST_F(Restored, UndeletedObjectOfARestoredItemStays) {
  write(put(large("1", 1)));
  const Item tuesday = stored(key());
  const ObjectKey object = objects().at(0);
  const std::string bytes = bytes_of(object);
  write(put(large("1", 2)));
  full();
  full();
  ASSERT_THAT(objects(), Not(Contains(object)));
  StringSource undeleted(bytes);
  ASSERT_TRUE(shared_objects_->put(object, undeleted, {}, soon()));
  store("things", tuesday);
  sweep(by_default(SweepScope::full));
  EXPECT_EQ(read(key()), large("1", 1));
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Restored, RetentionOfWhatWasRestoredStartsAnew) {
  write(put(large("1", 1)));
  const Item tuesday = stored(key());
  const ObjectKey object = objects().at(0);
  write(put(large("1", 2)));
  EXPECT_EQ(sweep(by_default(SweepScope::full)).kept_for_retention, 1u);  // marked
  store("things", tuesday);
  sweep(by_default(SweepScope::full));
  for (const LedgerRow& row : rows()) {
    for (const auto& [name, value] : row.raw) {
      const bool of_it = object.find(row.attempt) != ObjectKey::npos;
      EXPECT_FALSE(of_it && name.starts_with("superseded#")) << name;
    }
  }
}

}  // namespace
}  // namespace spillway
