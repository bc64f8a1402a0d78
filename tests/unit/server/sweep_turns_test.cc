// What gateways over one pair of stores sweep, turn by turn.
#include "server/sweep_turns.h"

#include <gmock/gmock.h>

#include "unit/hybrid/shared_stores.h"

namespace spillway {
namespace {

using ::testing::ElementsAre;

class SweepTurnsTest : public GatewaysTest {
 protected:
  struct Done {
    SweepScope scope;
    SweepReport report;
  };
  /// A process with its turns. A step of its full sweep ends after a page of the listing.
  struct Gateway {
    std::unique_ptr<Items> items;
    std::vector<Done> done;  ///< in the last turn
    std::unique_ptr<SweepTurns> turns;

    std::vector<SweepScope> take() {
      done.clear();
      turns->take();
      std::vector<SweepScope> scopes;
      for (const Done& one : done) scopes.push_back(one.scope);
      return scopes;
    }
  };

  void SetUp() override {
    GatewaysTest::SetUp();
    for (int i = 0; i < objects_each_sweep_; ++i) write(put(large(std::to_string(i))));
    routine();
    object_faults_->listed_max = 1;
  }

  std::unique_ptr<Gateway> start() {
    auto started = std::make_unique<Gateway>();
    started->items = gateway();
    Gateway& self = *started;
    const auto step = [this, &self](const SweepOptions& options) -> Result<SweepReport> {
      const bool full = options.scope == SweepScope::full;
      const Deadline deadline = full ? Deadline::after(std::chrono::milliseconds(500)) : soon();
      int pages = 0;
      object_faults_->before = [&](const std::string& operation) -> Result<void> {
        return full && operation == "object list" && ++pages == 2 ? outlast(deadline) : ok();
      };
      SPILLWAY_TRY(const SweepReport report, self.items->sweep(options, deadline));
      object_faults_->before = nullptr;
      self.done.push_back({options.scope, report});
      return report;
    };
    const auto claim = [&self](const std::string& who) {
      return self.items->claim_full_sweep(who, std::chrono::hours(1), soon());
    };
    self.turns = std::make_unique<SweepTurns>(at_once(SweepScope::routine), step, claim);
    return started;
  }

  /// As when some minutes have gone by without a turn of the one that has it.
  void let_claim_lapse() {
    WriteRequest lapsed = request(WriteRequest::Kind::update, {{"id", "sweep"}},
                                  "SET claimedUntil = :past", {{":past", number(1)}});
    lapsed.table = ledger_table;
    ASSERT_TRUE(shared_items_->write(lapsed, soon()));
  }

  const int objects_each_sweep_ = 4;
};

TEST_F(SweepTurnsTest, RoutineWorkIsDoneWhileAFullSweepIsUnderWay) {
  const auto one = start();
  EXPECT_THAT(one->take(), ElementsAre(SweepScope::routine, SweepScope::full));
  ASSERT_TRUE(one->turns->under_way());
  write(put(large("1", 7)));
  reopen();
  EXPECT_THAT(one->take(), ElementsAre(SweepScope::routine, SweepScope::full));
  EXPECT_TRUE(one->turns->under_way());
  EXPECT_EQ(one->done.at(0).report.objects_removed, 1u);
}

TEST_F(SweepTurnsTest, OneOfTwoGatewaysMakesTheFullSweepToItsEnd) {
  const auto one = start(), other = start();
  std::uint64_t seen = 0;
  int turns = 0;
  do {
    ASSERT_THAT(one->take(), ElementsAre(SweepScope::routine, SweepScope::full));
    seen += one->done.at(1).report.objects_seen;
    EXPECT_THAT(other->take(), ElementsAre(SweepScope::routine));
    EXPECT_FALSE(other->turns->under_way());
  } while (one->turns->under_way() && ++turns < 20);
  EXPECT_GT(turns, 1);
  EXPECT_EQ(seen, objects().size() + 1) << "each once, and the identity";
  EXPECT_THAT(one->take(), ElementsAre(SweepScope::routine)) << "until the interval is over";
}

TEST_F(SweepTurnsTest, AnotherGatewayTakesOverFromOneThatEnded) {
  auto one = start();
  one->take();
  ASSERT_TRUE(one->turns->under_way());
  one = start();  // the process, anew
  EXPECT_THAT(one->take(), ElementsAre(SweepScope::routine)) << "it may be alive";
  let_claim_lapse();
  const auto other = start();
  EXPECT_THAT(other->take(), ElementsAre(SweepScope::routine, SweepScope::full));
  EXPECT_THAT(one->take(), ElementsAre(SweepScope::routine));
}

TEST_F(SweepTurnsTest, FullSweepThatAnotherTookOverIsGivenUp) {
  const auto one = start(), other = start();
  one->take();
  let_claim_lapse();
  other->take();
  ASSERT_TRUE(one->turns->under_way());
  EXPECT_THAT(one->take(), ElementsAre(SweepScope::routine));
  EXPECT_FALSE(one->turns->under_way());
}

}  // namespace
}  // namespace spillway
