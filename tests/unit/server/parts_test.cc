// Small parts: the pool, budgets, settings, request ids, log lines.
#include <gtest/gtest.h>

#include <future>

#include "base/budget.h"
#include "server/app.h"
#include "server/log.h"
#include "server/server.h"
#include "server/worker_pool.h"

namespace spillway {
namespace {

TEST(WorkerPool, RefusesBeyondItsQueueAndFinishesWhatItTook) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::promise<void> running;
  std::atomic<int> done{0};
  {
    WorkerPool pool(1, 1);
    WorkerPool::Job first = [&] {
      running.set_value();
      released.wait();
      ++done;
    };
    ASSERT_TRUE(pool.try_begin(first));
    running.get_future().wait();
    WorkerPool::Job second = [&] { ++done; };
    EXPECT_TRUE(pool.try_begin(second));
    WorkerPool::Job third = [&] { ++done; };
    EXPECT_FALSE(pool.try_begin(third));
    EXPECT_TRUE(third);
    pool.go_on([&] { ++done; });  // what was begun is never refused
    release.set_value();
  }
  EXPECT_EQ(done, 3);
}

TEST(Budget, SharesAreGivenBack) {
  Budget budget(100);
  {
    BudgetShare a(budget), b(budget);
    EXPECT_TRUE(a.grow_to(60));
    EXPECT_TRUE(a.grow_to(50));
    EXPECT_FALSE(b.grow_to(41));
    EXPECT_TRUE(b.grow_to(40));
    EXPECT_EQ(budget.used(), 100u);
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(Settings, AreSetByName) {
  ServerOptions options;
  ASSERT_TRUE(set_server_option(options, "listen", "[::1]:0").has_value());
  EXPECT_EQ(options.address, "::1");
  EXPECT_EQ(options.port, 0);
  ASSERT_TRUE(set_server_option(options, "header-deadline-ms", "250").has_value());
  EXPECT_EQ(options.limits.header_deadline.count(), 250);
  EXPECT_EQ(set_server_option(options, "no-such", "1").error().code, Code::not_found);
  for (const char* bad : {"", "0", "-1", "1x", "99999999999999999999"}) {
    EXPECT_TRUE(set_server_option(options, "workers", bad).has_error()) << bad;
  }
  for (const char* bad : {"", "8000", ":8000", "127.0.0.1", "127.0.0.1:65536", "h:"}) {
    EXPECT_TRUE(set_server_option(options, "listen", bad).has_error()) << bad;
  }
}

TEST(RequestId, IsTheClientsIfItIsSane) {
  Request request;
  request.headers = {{"x-request-id", "abc-1.2_3"}};
  EXPECT_EQ(request_id_of(request), "abc-1.2_3");
  request.headers = {{"x-request-id", "a b\"}"},
                     {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}};
  EXPECT_EQ(request_id_of(request), "4bf92f3577b34da6a3ce929d0e0e4736");
  request.headers = {{"traceparent", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"}};
  EXPECT_EQ(request_id_of(request).size(), 32u);
  EXPECT_NE(request_id_of(request), request_id_of(request));
}

TEST(LogLine, IsOneLineOfJsonWhateverItIsGiven) {
  LogLine line(LogLine::Level::info, "test");
  line.text("a", "x\n\"\xff").number("n", 5).number("yes", true);
  const std::string text = line.take();
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_NE(text.find(R"("a":"x\n\"?","n":5,"yes":true})"), std::string::npos) << text;
}

}  // namespace
}  // namespace spillway
