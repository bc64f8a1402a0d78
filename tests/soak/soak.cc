// soak --seconds N --binary SPILLWAY: a server over real stores behind a network that fails in
// every way, clients that save, read and remove; at the end nothing is lost, wrong or left over.
#include <poll.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>

#include "real/real_stores.h"
#include "soak/client.h"
#include "support/aws_answers.h"
#include "support/server_process.h"

namespace spillway {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr double often = 0.02, seldom = 0.005;

/// Everything that can go wrong, each with its own chance. Bodies that DynamoDB Local receives stay
/// as they are: it checks no signature, and so would store them altered.
void let_fail(FaultProxy& s3, FaultProxy& dynamodb) {
  const auto at = [](FaultProxy& proxy, double chance, Match match, Fault fault) {
    match.probability = chance;
    proxy.rules().add(std::move(match), std::move(fault));
  };
  for (FaultProxy* proxy : {&s3, &dynamodb}) {
    at(*proxy, often, {}, faults::delay(milliseconds(100)));
    at(*proxy, seldom, {}, faults::throttle(1'000'000));
    at(*proxy, often, {}, faults::reset());
    at(*proxy, often, {}, faults::lose_reply());
    at(*proxy, seldom, {}, faults::truncate_reply(100));
    at(*proxy, seldom, {}, faults::lie_about_length(50));
    at(*proxy, seldom, {}, faults::truncate_request(100));
  }
  const std::string object = "/spillway_messages/";
  at(s3, often, {}, faults::s3_slow_down());
  at(s3, seldom, {}, faults::s3_internal_error());
  at(s3, seldom, {}, faults::s3_expired_token());
  at(s3, often, {.method = "PUT", .target = object}, faults::flip_request(5'000));
  at(s3, seldom, {.method = "GET", .target = object}, faults::flip_reply(5'000));
  at(s3, seldom, {.method = "GET", .target = object}, faults::shorten_reply(5'000));
  at(dynamodb, often, {}, faults::dynamodb_throttled());
  at(dynamodb, seldom, {}, faults::dynamodb_internal_error());
  at(dynamodb, often, {.operation = "TransactWriteItems"}, faults::dynamodb_transaction_conflict());
  at(dynamodb, often, {.operation = "PutItem"}, faults::dynamodb_conflict());
  at(dynamodb, seldom, {}, faults::flip_reply(60));
}

constexpr std::size_t cause_bytes_max = 100;

struct Soak {
  std::string binary;
  long seconds = 1'800;
  int clients = 4;
  std::uint64_t seed = 1;
  long steps_per_second = 80;  ///< of all clients
};

class Run {
 public:
  explicit Run(const Soak& soak) : soak_(soak) {}

  /// True if nothing was lost, wrong or left over.
  bool run() {
    const ItemsConfig config = stores_.config();
    ServerProcess server(soak_.binary,
                         {"--items", config.items_url, "--objects", config.objects_url,
                          "--sweep-interval-ms", "5000", "--sweep-retention-ms", "2000"},
                         {});
    if (!server.wait_until_listening(seconds(60))) {
      std::cout << "the server did not start:\n" << server.log();
      return false;
    }
    for (int i = 0; i < soak_.clients; ++i) {
      clients_.push_back(std::make_unique<SoakClient>(server.url(), "s" + std::to_string(i),
                                                      soak_.seed + static_cast<std::uint64_t>(i),
                                                      counts_));
    }
    let_fail(stores_.s3(), stores_.dynamodb());
    work(server);
    faults_ = stores_.s3().rules().hits() + stores_.dynamodb().rules().hits();
    stores_.calm();
    const bool alive = server.is_running();
    if (alive) settle(server);
    for (const auto& client : clients_) {
      if (alive) client->check_all();
    }
    const int code = server.stop();
    if (!alive || code != 0) {
      const std::string log = server.log();
      std::cout << "the server ended" << (alive ? " with " : " by itself with ") << code
                << "; the end of its log:\n"
                << log.substr(log.size() - std::min<std::size_t>(log.size(), 4'000)) << "\n";
    }
    count_causes(server.log());
    const bool clean = alive && code == 0 && sweep_and_examine();
    print(clean);
    return clean && counts_.lost == 0 && counts_.wrong == 0;
  }

 private:
  void work(ServerProcess& server) {
    const auto end = Clock::now() + seconds(soak_.seconds);
    std::vector<std::thread> threads;
    for (const auto& client : clients_) {
      threads.emplace_back([&client, end, this] {
        // Faults, sizes and time are what is tried, not how much a store in memory can take.
        const auto between = microseconds(1'000'000L * soak_.clients / soak_.steps_per_second);
        auto next = Clock::now();
        while (Clock::now() < end && !ended_) {
          next = std::max(next + between, Clock::now());  // what took longer is not made up for
          client->step();
          pause(std::chrono::duration_cast<milliseconds>(next - Clock::now()));
        }
      });
    }
    std::mt19937_64 random(soak_.seed);
    auto next_outage = Clock::now() + seconds(8);
    while (Clock::now() < end && server.is_running()) {
      resident_.push_back(server.resident_bytes());
      pause(milliseconds(500));
      if (Clock::now() < next_outage) continue;
      FaultProxy& proxy = random() % 2 == 0 ? stores_.s3() : stores_.dynamodb();
      proxy.go_down();
      pause(milliseconds(200 + random() % 1'500));
      proxy.come_up();
      ++outages_;
      next_outage = Clock::now() + seconds(10 + random() % 20);
    }
    ended_ = true;
    for (std::thread& thread : threads) thread.join();
  }

  /// Until the breakers let requests through again.
  void settle(ServerProcess& server) {
    HttpTransport transport;
    HttpRequest ready;
    ready.url = server.url() + "/readyz";
    const auto end = Clock::now() + seconds(30);
    while (Clock::now() < end) {
      const auto answer = transport.send(ready, 1 << 20, Deadline::after(seconds(10)));
      if (answer && answer.value().status == 200) return;
      pause(milliseconds(100));
    }
    std::cout << "the server is not ready half a minute after the faults ended\n";
  }

  bool sweep_and_examine() {
    const auto spillway = RealStores::open(stores_.direct_config());
    SweepOptions at_once;
    at_once.fence_age_millis = at_once.retention_millis = 0;
    bool clean = true;
    for (int i = 0; i < 2; ++i) {  // what is marked in the first goes in the second
      const auto swept = spillway->sessions().sweep(at_once, Deadline::never());
      clean &= swept.has_value();
      if (!swept) std::cout << describe(swept.error()) << "\n";
      if (swept && !swept.value().undecided.empty()) {
        std::cout << "undecided: " << swept.value().undecided.front() << "\n";
        clean = false;
      }
    }
    const auto report = spillway->items().fsck({.read_objects = true}, Deadline::never());
    if (!report) std::cout << describe(report.error()) << "\n";
    if (!report) return false;
    for (const std::string& problem : report.value().problems) std::cout << problem << "\n";
    fsck_ = report.value();
    return clean && fsck_.problems.empty() && fsck_.orphans == 0;
  }

  /// What the server's log says of the requests that failed, without what differs each time.
  void count_causes(const std::string& log) {
    std::istringstream lines(log);
    simdjson::dom::parser parser;
    for (std::string line; std::getline(lines, line);) {
      simdjson::dom::element json;
      std::string_view event, code, op, detail;
      if (parser.parse(line).get(json) || json["event"].get(event) || event != "request_failed" ||
          json["code"].get(code) || json["operation"].get(op) || json["detail"].get(detail)) {
        continue;
      }
      std::string cause = std::string(code) + ", " + std::string(op) + ": " +
                          std::string(detail.substr(0, cause_bytes_max));
      std::erase_if(cause, [](char c) { return c >= '0' && c <= '9'; });
      ++causes_[cause];
    }
  }

  std::uint64_t resident_mib(double from, double to) const {
    const auto at = [&](double share) {
      return static_cast<std::size_t>(share * static_cast<double>(resident_.size()));
    };
    std::uint64_t most = 0;
    for (std::size_t i = at(from); i < at(to); ++i) most = std::max(most, resident_[i]);
    return most >> 20;
  }

  void print(bool clean) const {
    const std::time_t now = std::time(nullptr);
    char date[16];
    std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
    std::cout << date << ", " << soak_.seconds << " s, " << soak_.clients << " clients, seed "
              << soak_.seed << "\n  saves acknowledged " << counts_.acknowledged << ", refused "
              << counts_.refused << "; reads " << counts_.reads << ", refused "
              << counts_.reads_refused << "; removals " << counts_.removals << "\n  "
              << (counts_.bytes_in >> 20) << " MiB in, " << (counts_.bytes_out >> 20)
              << " MiB out; faults " << faults_ << ", outages " << outages_ << "\n  lost "
              << counts_.lost << ", wrong " << counts_.wrong << ", orphans " << fsck_.orphans
              << ", problems " << fsck_.problems.size() << (clean ? "" : "; NOT CLEAN")
              << "\n  references at the end " << fsck_.references << ", objects " << fsck_.objects
              << "\n  resident MiB, highest of the first, middle and last third: "
              << resident_mib(0, 1.0 / 3) << ", " << resident_mib(1.0 / 3, 2.0 / 3) << ", "
              << resident_mib(2.0 / 3, 1) << "\n  requests that failed, by cause:\n";
    std::vector<std::pair<std::uint64_t, std::string>> causes;
    for (const auto& [cause, count] : causes_) causes.emplace_back(count, cause);
    std::sort(causes.rbegin(), causes.rend());
    for (const auto& [count, cause] : causes) std::cout << "  " << count << "  " << cause << "\n";
  }

  /// Between looks at what goes on beside.
  static void pause(milliseconds time) {
    ::poll(nullptr, 0, static_cast<int>(std::max<long>(time.count(), 0)));
  }

  const Soak soak_;
  RealStores stores_;
  SoakCounts counts_;
  std::vector<std::unique_ptr<SoakClient>> clients_;
  std::vector<std::uint64_t> resident_;
  std::map<std::string, std::uint64_t> causes_;
  std::uint64_t faults_ = 0;
  int outages_ = 0;
  std::atomic<bool> ended_ = false;
  FsckReport fsck_;
};

}  // namespace
}  // namespace spillway

int main(int argc, char** argv) {
  spillway::Soak soak;
  CLI::App app("Saves, reads and removes over real stores, with faults; run it in with_servers.");
  app.add_option("--seconds", soak.seconds, "for so long (1800)");
  app.add_option("--binary", soak.binary, "the spillway to run")->required();
  app.add_option("--clients", soak.clients, "at once (4)");
  app.add_option("--steps-per-second", soak.steps_per_second,
                 "posts, uploads, reads and removals of all clients together, at most (80)")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", soak.seed, "of sizes, steps and outages");
  CLI11_PARSE(app, argc, argv);
  if (const std::string why = spillway::RealStores::missing(); !why.empty()) {
    std::cout << "skipped: " << why << "\n0 passed, 0 failed, 1 skipped\n";
    return 0;
  }
  const bool good = spillway::Run(soak).run();
  std::cout << (good ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
  return good ? 0 : 1;
}
