// Two gateways write, read, delete and sweep at once, while replies get lost and objects cannot be
// put or read: in the end everything holds together and nothing is left over.
#include <random>
#include <thread>

#include "unit/hybrid/shared_stores.h"

namespace spillway {
namespace {

/// Fails a call now and then. Thread-safe.
class Weather {
 public:
  explicit Weather(std::uint32_t seed) : generator_(seed) {}

  bool strikes(unsigned percent) {
    const std::lock_guard lock(mutex_);
    return !calm_ && generator_() % 100 < percent;
  }
  void calm() { calm_ = true; }

  std::shared_ptr<Faults> item_faults() {
    auto faults = std::make_shared<Faults>();
    faults->before = [this](const std::string& operation) {
      return operation.starts_with("administer") ? Result<void>(ok()) : fail(3, 2);
    };
    faults->after = [this](const std::string&) { return fail(0, 4); };
    return faults;
  }
  Result<void> object_fault(const std::string& operation) {
    return operation == "object list" ? fail(1, 0) : fail(4, 0);
  }

 private:
  Result<void> fail(unsigned refused_percent, unsigned unknown_percent) {
    const bool unknown = strikes(unknown_percent);
    if (!unknown && !strikes(refused_percent)) return ok();
    Error error = make_error(Code::unavailable, "test", "", "on purpose");
    if (unknown) error.effect = Effect::unknown;
    return error;
  }

  std::mutex mutex_;
  std::minstd_rand generator_;
  std::atomic<bool> calm_ = false;
};

class Simulation : public GatewaysTest, public ::testing::WithParamInterface<int> {
 protected:
  static constexpr int keys = 4, operations = 25;

  /// Everything in an item follows from its `seed`, so that a mixture is seen.
  static Item item_of(const std::string& sk, std::uint32_t seed) {
    Item item{{"pk", "p"}, {"sk", sk}, {"seed", number(seed)}};
    item["text"] = noise(seed % 4 == 0 ? 1'000 : 340'000, seed);
    item["note"] = noise(60, seed);
    return item;
  }
  static bool is_whole(const Item& item) {
    const auto seed = static_cast<std::uint32_t>(std::stoul(item.at("seed").as<Number>()->text));
    return item == item_of(*item.at("sk").as<std::string>(), seed);
  }

  static void work(Items& items, std::uint32_t seed) {
    std::minstd_rand random(seed * 7919 + 1);
    for (int i = 0; i < operations; ++i) {
      const std::string sk = std::to_string(random() % keys);
      const std::uint32_t fresh = seed * 1000 + static_cast<std::uint32_t>(i);
      const Item next = item_of(sk, fresh);
      switch (random() % 6) {
        case 0: static_cast<void>(items.write(remove(key(sk)), soon())); break;
        case 1: {  // both values at once, by an update
          auto update =
              request(WriteRequest::Kind::update, key(sk), "SET #s = :s, #t = :t, #n = :n",
                      {{":s", next.at("seed")}, {":t", next.at("text")}, {":n", next.at("note")}});
          update.names = {{"#s", "seed"}, {"#t", "text"}, {"#n", "note"}};
          static_cast<void>(items.write(update, soon()));
          break;
        }
        case 2:
          static_cast<void>(items.transact({put(next), put(item_of("t" + sk, fresh))},
                                           std::to_string(fresh), soon()));
          break;
        case 3: {
          const auto got = items.get(get(key(sk)), Hydrate::whole, soon());
          if (got && got.value().item) {
            EXPECT_TRUE(is_whole(*got.value().item));
          }
          if (!got) {
            EXPECT_NE(got.error().code, Code::corrupt) << describe(got.error());
          }
          break;
        }
        default: static_cast<void>(items.write(put(next), soon()));
      }
    }
  }
};

TEST_P(Simulation, LosesNothingAndLeavesNothing) {
  const auto seed = static_cast<std::uint32_t>(GetParam());
  Weather weather(seed);
  shared_items_->stale_one_in = 3;
  object_faults_->before = [&](const std::string& operation) {
    return weather.object_fault(operation);
  };
  gateway_.reset();
  std::vector<std::unique_ptr<Items>> gateways;
  while (gateways.size() < 2) {
    auto calm = std::make_shared<Faults>();
    gateways.push_back(gateway(calm));
    *calm = *weather.item_faults();
  }
  std::atomic<bool> stop = false;
  std::vector<std::jthread> sweepers, writers;
  for (auto& items : gateways) {
    sweepers.emplace_back([&] {
      for (int i = 0; !stop; ++i) {  // fences writers that are at work, on purpose
        const auto scope = i % 4 == 3 ? SweepScope::full : SweepScope::routine;
        SweepOptions options = at_once(scope);
        if (i % 2 == 0) options.fence_age_millis = 60'000;
        static_cast<void>(items->sweep(options, soon()));
      }
    });
    for (std::uint32_t w = 0; w < 2; ++w) {
      const std::uint32_t id = seed * 10 + static_cast<std::uint32_t>(writers.size());
      writers.emplace_back([&items, id] { work(*items, id); });
    }
  }
  writers.clear();
  stop = true;
  sweepers.clear();
  gateways.clear();
  weather.calm();
  gateway_ = gateway();
  const FsckReport before = gateway_->fsck({true}, soon()).value();
  EXPECT_TRUE(before.problems.empty()) << before.problems.front();
  for (int i = 0; i < 2; ++i) {
    const SweepReport report = full();
    EXPECT_TRUE(report.undecided.empty()) << report.undecided.front();
  }
  const FsckReport after = gateway_->fsck({true}, soon()).value();
  EXPECT_TRUE(after.problems.empty()) << after.problems.front();
  EXPECT_EQ(after.orphans, 0u);
  EXPECT_EQ(after.items, before.items);
  for (int i = 0; i < keys; ++i) {
    const auto item = read(key(std::to_string(i)));
    EXPECT_TRUE(!item || is_whole(*item));
  }
  const std::vector<LedgerRow> left = rows();
  for (const LedgerRow& row : left) {
    EXPECT_EQ(row.state, AttemptState::committed);
    EXPECT_FALSE(row.fallback);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Simulation, ::testing::Range(1, 5));

}  // namespace
}  // namespace spillway
