// The retry loop, without real time.
#include "net/retry.h"

#include <gtest/gtest.h>

#include "net/hedge.h"

namespace spillway {
namespace {

using std::chrono::milliseconds;

struct FakeTime {
  std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();
  std::vector<milliseconds> sleeps;
  double random = 0.5;
};

class FakeWorld final : public RetryWorld {
 public:
  explicit FakeWorld(FakeTime& time) : time_(time) {}
  std::chrono::steady_clock::time_point now() override { return time_.now; }
  void sleep(milliseconds duration) override {
    time_.sleeps.push_back(duration);
    time_.now += duration;
  }
  double random() override { return time_.random; }

 private:
  FakeTime& time_;
};

struct Fixture : testing::Test {
  FakeTime time;
  Retrier retrier{"s3", {}, std::make_unique<FakeWorld>(time)};
  int attempts = 0;

  /// Fails `failures` times with `error`, then succeeds with 7.
  Result<int> run(int failures, const Error& error, Repeat repeat = Repeat::idempotent,
                  Deadline deadline = Deadline::never()) {
    attempts = 0;
    return retrier.run(repeat, deadline, [&]() -> Result<int> {
      if (++attempts <= failures) return error;
      return 7;
    });
  }
};
using Retry = Fixture;

Error failure(Code code, Effect effect = Effect::none) {
  Error error = make_error(code, "op", "", "");
  error.effect = effect;
  return error;
}

TEST_F(Retry, RepeatsWhatIsTransient) {
  EXPECT_EQ(run(3, failure(Code::throttled)).value(), 7);
  EXPECT_EQ(attempts, 4);
  EXPECT_TRUE(run(1, failure(Code::permission_denied)).has_error());
  EXPECT_EQ(attempts, 1);
}

TEST_F(Retry, NeverRepeatsAnUnknownEffectUnlessTwiceIsAsOnce) {
  const Error lost = failure(Code::timeout, Effect::unknown);
  EXPECT_EQ(run(1, lost, Repeat::once).error().effect, Effect::unknown);
  EXPECT_EQ(attempts, 1);
  EXPECT_TRUE(run(1, lost, Repeat::idempotent).has_value());
  EXPECT_TRUE(run(1, failure(Code::unavailable), Repeat::once).has_value()) << "nothing was sent";
}

TEST_F(Retry, AnEarlierUnknownEffectIsNotForgotten) {
  int n = 0;
  const auto result = retrier.run(Repeat::idempotent, Deadline::never(), [&]() -> Result<int> {
    return n++ == 0 ? failure(Code::timeout, Effect::unknown) : failure(Code::permission_denied);
  });
  EXPECT_EQ(result.error().code, Code::permission_denied);
  EXPECT_EQ(result.error().effect, Effect::unknown);
}

TEST_F(Retry, WaitsLongerEachTimeWithFullJitter) {
  (void)run(100, failure(Code::throttled));
  const std::vector<milliseconds> halves = {
      milliseconds(25),  milliseconds(50),  milliseconds(100),  milliseconds(200),
      milliseconds(400), milliseconds(800), milliseconds(1'600)};
  EXPECT_EQ(time.sleeps, halves);
  time.sleeps.clear();
  time.random = 0;
  (void)run(1, failure(Code::throttled));
  EXPECT_EQ(time.sleeps, std::vector{milliseconds(0)});
}

TEST_F(Retry, DoesNotSleepPastTheDeadline) {
  time.random = 0.99;
  EXPECT_TRUE(run(1, failure(Code::throttled), Repeat::safe, Deadline::after(milliseconds(40)))
                  .has_error());
  EXPECT_EQ(attempts, 1);
  EXPECT_TRUE(time.sleeps.empty());
}

TEST_F(Retry, StopsRepeatingWhenTheTokensAreSpent) {
  int retries = 0;
  for (int i = 0; i < 60; ++i) {
    (void)run(100, failure(Code::throttled));
    retries += attempts - 1;
  }
  EXPECT_EQ(retries, 100) << "500 tokens at 5 a retry";
  EXPECT_EQ(retrier.tokens().left(), 0);
  EXPECT_TRUE(run(0, failure(Code::throttled)).has_value());
  EXPECT_EQ(retrier.tokens().left(), 1) << "success refills";
}

TEST_F(Retry, ATimeoutCostsMoreAndSuccessGivesItBack) {
  (void)run(3, failure(Code::timeout));
  EXPECT_EQ(retrier.tokens().left(), 500 - 30 + 10);
}

TEST_F(Retry, TheBreakerOpensAndOneProbeClosesIt) {
  for (int i = 0; i < 2; ++i) (void)run(100, failure(Code::unavailable));
  EXPECT_TRUE(retrier.breaker().is_open());
  EXPECT_EQ(run(0, failure(Code::unavailable)).error().code, Code::unavailable);
  EXPECT_EQ(attempts, 0) << "not even asked";
  time.now += milliseconds(2'000);
  EXPECT_TRUE(run(0, failure(Code::unavailable)).has_value());
  EXPECT_FALSE(retrier.breaker().is_open());
}

TEST_F(Retry, ADeadlineThatHasPassedAsksNobodyAndBlamesNobody) {
  for (int i = 0; i < 20; ++i) {
    const auto late = run(0, {}, Repeat::safe, Deadline::after(milliseconds(-100'000)));
    EXPECT_EQ(late.error().code, Code::timeout);
    EXPECT_EQ(attempts, 0);
  }
  EXPECT_FALSE(retrier.breaker().is_open());
}

TEST_F(Retry, AnAttemptThatWasCutShortBlamesNobody) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(run(100, failure(Code::timeout), Repeat::once).has_error());  // took no time at all
    EXPECT_TRUE(run(100, failure(Code::cancelled)).has_error());
  }
  EXPECT_FALSE(retrier.breaker().is_open());
  for (int i = 0; i < 10; ++i) {
    (void)retrier.run(Repeat::once, Deadline::never(), [&]() -> Result<int> {
      time.now += milliseconds(1'000);
      return failure(Code::timeout, Effect::unknown);
    });
  }
  EXPECT_TRUE(retrier.breaker().is_open()) << "that long without an answer is an outage";
}

TEST(Breaker, LetsOneProbeThroughAndOpensAgainIfItFails) {
  CircuitBreaker breaker({2, milliseconds(100)});
  const auto start = std::chrono::steady_clock::now();
  breaker.failed(start);
  EXPECT_TRUE(breaker.admit(start));
  breaker.failed(start);
  EXPECT_FALSE(breaker.admit(start + milliseconds(99)));
  EXPECT_TRUE(breaker.admit(start + milliseconds(100)));
  EXPECT_FALSE(breaker.admit(start + milliseconds(100))) << "one probe at a time";
  breaker.failed(start + milliseconds(100));
  EXPECT_FALSE(breaker.admit(start + milliseconds(299))) << "each failed probe doubles the rest";
  EXPECT_TRUE(breaker.admit(start + milliseconds(300)));
}

TEST(HedgeBudget, StaysWithinFivePercent) {
  Hedge hedge;
  int hedged = 0;
  for (int i = 0; i < 10'000; ++i) {
    hedge.begin();
    hedged += hedge.take() ? 1 : 0;
  }
  EXPECT_LE(hedged, 500);
  EXPECT_GE(hedged, 490);
}

TEST(HedgeBudget, WaitsForTheSlowestTwentieth) {
  Hedge hedge;
  EXPECT_FALSE(hedge.begin()) << "too little is known yet";
  for (int i = 1; i <= 100; ++i) hedge.record(milliseconds(i));
  EXPECT_EQ(hedge.begin(), milliseconds(96));
}

}  // namespace
}  // namespace spillway
