// Spilled artifacts on real servers of DynamoDB and S3, beside the same steps made by hand. Each
// figure is taken in turns with its yardstick; the ratio is that of the medians.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "base/random.h"
#include "by_hand.h"
#include "measure.h"
#include "samples.h"
#include "sections.h"
#include "spillway/spillway.h"
#include "support/fault_proxy.h"

namespace spillway {
namespace {

constexpr int turns = 61;
/// Before them: DynamoDB Local's Java compiles what it has run often, and gets twice as fast.
constexpr int warm_up_turns = 60;
constexpr int latency_turns = 15;
constexpr std::chrono::milliseconds latency{20};  ///< of a round trip
constexpr std::size_t many_artifacts = 20;
constexpr const char* table = "by_hand";

std::string required(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') {
    die(std::string(variable) + " is not set; ./dev bench --real starts the servers and sets it");
  }
  return value;
}

int port_of(const std::string& url) { return std::stoi(url.substr(url.rfind(':') + 1)); }

double millis_of(const std::function<void()>& operation) {
  const auto start = std::chrono::steady_clock::now();
  operation();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

/// Milliseconds of several operations, taken in turns; those of the first `warm_up` are not kept.
std::vector<std::vector<double>> in_turns(int n, int warm_up,
                                          const std::vector<std::function<void()>>& all) {
  std::vector<std::vector<double>> figures(all.size());
  for (int turn = -warm_up; turn < n; ++turn) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double millis = millis_of(all[i]);
      if (turn >= 0) figures[i].push_back(millis);
    }
  }
  return figures;
}

struct Servers {
  std::string dynamodb = required("SPILLWAY_TEST_DYNAMODB");
  std::string s3 = required("SPILLWAY_TEST_S3");
  std::string bucket = "bench-" + random_id();

  ItemsConfig config(bool raw_encoding) const {
    ItemsConfig config;
    config.items_url = "dynamodb://us-east-1?endpoint=" + dynamodb + "&prefix=" + bucket + "-";
    config.objects_url = "s3://" + bucket + "?endpoint=" + s3;
    config.policy.raw_encoding = raw_encoding;
    return config;
  }
};

/// A Spillway with one message of `artifacts`, and how it is saved and loaded.
class Ours {
 public:
  Ours(const ItemsConfig& config, const std::string& artifact, std::size_t artifacts)
      : spillway_(value_of(Spillway::open(config))) {
    message_.role = "assistant";
    message_.artifacts.assign(artifacts, artifact);
    save();
  }

  void save() {
    saved_ = value_of(spillway_->sessions().post("bench", message_, Deadline::never())).message;
    for (const ArtifactInfo& artifact : saved_.artifacts) {
      if (artifact.placement.storage != Storage::spilled) die("the artifact did not spill");
    }
  }
  void load() {
    const Message loaded = value_of(spillway_->sessions().message(
        "bench", saved_.id, ArtifactsAs::resolved, Deadline::never()));
    for (std::size_t i = 0; i < message_.artifacts.size(); ++i) {
      if (loaded.artifacts[i].value != message_.artifacts[i]) die("a load gave back other bytes");
    }
  }
  /// Milliseconds that a call of these kinds took on average so far.
  std::string calls() const {
    const StoreUsage::Snapshot usage = spillway_->items().usage();
    std::string text;
    for (const StoreUsage::Calls& calls : usage.calls) {
      if (calls.failure) continue;
      const double seconds = usage.latency[static_cast<std::size_t>(calls.operation)].seconds;
      char figure[64];
      std::snprintf(figure, sizeof figure, "%.2f",
                    seconds * 1000 / static_cast<double>(calls.count));
      text += " " + std::string(StoreUsage::store_of(calls.operation)) + "." +
              std::string(StoreUsage::name_of(calls.operation)) + " " + figure + " (" +
              std::to_string(calls.count) + ")";
    }
    return text;
  }
  std::uint64_t item_bytes() const { return saved_.item_bytes; }
  std::uint64_t stored_bytes() const { return saved_.artifacts.front().placement.encoded_bytes; }

 private:
  std::unique_ptr<Spillway> spillway_;
  NewMessage message_;
  Message saved_;
};

/// The same steps with an item and an object of the same sizes.
class Theirs {
 public:
  Theirs(const Servers& servers, std::uint64_t item_bytes, std::uint64_t object_bytes)
      : hand_(servers.dynamodb, servers.s3, servers.bucket),
        filler_(item_bytes, 'x'),
        object_(random_bytes(object_bytes)) {}

  void create_table() {
    hand_.dynamodb("CreateTable", std::string(R"({"TableName":")") + table +
                                      R"(","BillingMode":"PAY_PER_REQUEST","KeySchema":[)"
                                      R"({"AttributeName":"id","KeyType":"HASH"}],)"
                                      R"("AttributeDefinitions":[)"
                                      R"({"AttributeName":"id","AttributeType":"S"}]})");
  }
  void save() {
    id_ = random_id();
    timed("PutItem", [&] { hand_.dynamodb("PutItem", put("ledger-" + id_, "PENDING")); });
    timed("PutObject", [&] { hand_.put_object(id_, object_); });
    timed("TransactWriteItems", [&] {
      hand_.dynamodb("TransactWriteItems", R"({"TransactItems":[{"Put":)" + put(id_, filler_) +
                                               R"(},{"Update":)" + commit("ledger-" + id_) + "}]}");
    });
  }
  void load() {
    const std::string item = hand_.dynamodb(
        "GetItem", std::string(R"({"TableName":")") + table +
                       R"(","ConsistentRead":true,"Key":{"id":{"S":")" + id_ + R"("}}})");
    if (item.size() < filler_.size() || hand_.get_object(id_) != object_) die("other bytes");
  }

  std::string steps() const {
    std::string text;
    for (const auto& [name, figures] : steps_) {
      char figure[64];
      std::snprintf(figure, sizeof figure, " %s %.2f", name.c_str(),
                    std::accumulate(figures.begin(), figures.end(), 0.0) /
                        static_cast<double>(figures.size()));
      text += figure;
    }
    return text;
  }

 private:
  void timed(const std::string& step, const std::function<void()>& operation) {
    steps_[step].push_back(millis_of(operation));
  }
  /// If there is none, as one who never overwrites writes.
  static std::string put(const std::string& id, const std::string& value) {
    return std::string(R"({"TableName":")") + table + R"(","Item":{"id":{"S":")" + id +
           R"("},"state":{"S":")" + value +
           R"-("}},"ConditionExpression":"attribute_not_exists(id)"})-";
  }
  static std::string commit(const std::string& id) {
    return std::string(R"({"TableName":")") + table + R"(","Key":{"id":{"S":")" + id +
           R"("}},"UpdateExpression":"SET #s = :c","ConditionExpression":"#s = :p",)"
           R"("ExpressionAttributeNames":{"#s":"state"},)"
           R"("ExpressionAttributeValues":{":c":{"S":"COMMITTED"},":p":{"S":"PENDING"}}})";
  }

  ByHand hand_;
  std::string filler_, object_, id_;
  std::map<std::string, std::vector<double>> steps_;
};

void print(const char* what, std::vector<double> ours, std::vector<double> theirs, double limit) {
  const double a = spread_of(std::move(ours)).median, b = spread_of(std::move(theirs)).median;
  std::printf("%-52s %8.2f ms %8.2f ms  %5.2f ×  (at most %.1f)  %s\n", what, a, b, a / b, limit,
              a <= b * limit ? "holds" : "FALLS SHORT");
}

void bench_one(const Servers& servers, const char* name, const std::string& artifact, bool raw) {
  Ours ours(servers.config(raw), artifact, 1);
  Theirs theirs(servers, ours.item_bytes(), ours.stored_bytes());
  const auto saves = in_turns(turns, warm_up_turns, {[&] { ours.save(); }, [&] { theirs.save(); }});
  const auto loads = in_turns(turns, warm_up_turns, {[&] { ours.load(); }, [&] { theirs.load(); }});
  const std::string title =
      std::string(name) + " (" + short_bytes(static_cast<double>(ours.stored_bytes())) + " stored)";
  print((title + ": save").c_str(), saves[0], saves[1], 1.5);
  print((title + ": load").c_str(), loads[0], loads[1], 1.3);
  std::printf("  a call of ours on average, ms (calls):%s\n", ours.calls().c_str());
  std::printf("  a step by hand on average, ms: %s\n", theirs.steps().c_str());
}

/// All traffic through proxies that hold every request back.
void bench_latency(Servers servers, const std::string& artifact) {
  FaultProxy items(port_of(servers.dynamodb)), objects(port_of(servers.s3));
  items.set_latency(latency / 2);
  objects.set_latency(latency / 2);
  servers.dynamodb = items.url();
  servers.s3 = objects.url();
  Ours one(servers.config(false), artifact, 1);
  Ours many(servers.config(false), artifact, many_artifacts);
  const auto saves = in_turns(latency_turns, 1, {[&] { many.save(); }, [&] { one.save(); }});
  const auto loads = in_turns(latency_turns, 1, {[&] { many.load(); }, [&] { one.load(); }});
  print("20 artifacts in one message beside one: save", saves[0], saves[1], 4);
  print("20 artifacts in one message beside one: load", loads[0], loads[1], 4);
}

}  // namespace

void bench_real() {
  const Servers servers;
  Theirs(servers, 0, 0).create_table();
  ByHand(servers.dynamodb, servers.s3, servers.bucket).create_bucket();
  std::printf(
      "\nspilled artifacts on DynamoDB Local and Ceph RGW, one thread, medians of %d turns after a "
      "warm-up; beside "
      "them by hand:\nsave: PutItem (ledger), PutObject, TransactWriteItems (item, ledger), "
      "conditions as ours; load: GetItem, "
      "GetObject\n%-52s %11s %11s %8s\n",
      turns, "", "Spillway", "by hand", "ratio");
  const std::string random = random_json("", 563'000).bytes;
  bench_one(servers, "563 KB random text, zstd", random, false);
  bench_one(servers, "563 KB log plot, raw", mission_plot().bytes, true);
  std::printf(
      "\nthe same behind %lld ms of latency a request, medians of %d turns after a warm-up\n%-52s "
      "%11s %11s %8s\n",
      static_cast<long long>(latency.count()), latency_turns, "563 KB random text each", "20", "1",
      "ratio");
  bench_latency(servers, random);
}

}  // namespace spillway
