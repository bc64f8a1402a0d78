// A log of 100 million samples through the library: saving it, its overview, any window of it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "measure.h"
#include "sections.h"
#include "spillway/spillway.h"

namespace spillway {
namespace {

constexpr std::uint64_t rows = 20'000'000;
constexpr std::size_t curves = 5;  // the depth among them
constexpr double first_depth = 500, depth_step = 0.001;
constexpr int turns = 15;
constexpr std::uint32_t window_rows = 900;

/// The artifact's JSON, made as it is read: 670 MB are never in memory.
class LongLog final : public ByteSource {
 public:
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    if (at_ == text_.size()) refill();
    const std::size_t n = std::min(capacity, text_.size() - at_);
    std::copy_n(text_.data() + at_, n, buffer);
    at_ += n;
    return n;
  }

 private:
  void refill() {
    text_.clear();
    at_ = 0;
    if (curve_ == curves) return;
    if (row_ == 0) {
      text_ = curve_ == 0 ? R"({"type":"logPlotViewer","wellName":"LONG-1","index":{"mnemonic":)"
                            R"("DEPT","unit":"m"},"tracks":[],"logData":{"DEPT":[)"
                          : "],\"C" + std::to_string(curve_) + "\":[";
    }
    for (int i = 0; i < 4096 && row_ < rows; ++i, ++row_) {
      char number[32];
      if (curve_ == 0) {
        std::snprintf(number, sizeof number, "%.3f",
                      first_depth + depth_step * static_cast<double>(row_));
      } else {
        value_ += step_(random_) - (value_ - 50) * 0.001;
        std::snprintf(number, sizeof number, "%.2f", value_);
      }
      if (row_ > 0) text_ += ",";
      text_ += random_() % 5000 == 0 && curve_ > 0 ? "null" : number;
    }
    if (row_ < rows) return;
    row_ = 0;
    if (++curve_ == curves) text_ += "]}}";
  }

  std::string text_;
  std::size_t at_ = 0, curve_ = 0;
  std::uint64_t row_ = 0;
  double value_ = 50;
  std::mt19937 random_{1};
  std::uniform_real_distribution<double> step_{-1, 1};
};

using Clock = std::chrono::steady_clock;

double millis_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void print(const char* what, std::vector<double> millis, double limit) {
  const double worst = *std::ranges::max_element(millis);
  std::printf("%-44s %8.1f ms median, %8.1f ms worst  (at most %.0f)  %s\n", what,
              spread_of(std::move(millis)).median, worst, limit,
              worst <= limit ? "holds" : "FALLS SHORT");
}

}  // namespace

void bench_long_logs(const std::string& directory) {
  ItemsConfig config;
  config.items_url = "embedded://" + directory + "/long/items";
  config.objects_url = "file://" + directory + "/long/objects";
  const auto spillway = value_of(Spillway::open(config));
  Sessions& sessions = spillway->sessions();
  NewMessage message;
  message.role = "tool";
  const std::string id = value_of(sessions.post("s", message, Deadline::never())).message.id;
  NewArtifact artifact;
  artifact.id = "long";
  artifact.content_type = "application/json";
  LongLog source;
  const auto start = Clock::now();
  const auto saved = value_of(sessions.put_artifact("s", id, artifact, source, Deadline::never()));
  const double seconds = millis_since(start) / 1000;
  const auto size = static_cast<double>(saved.info.size_bytes);
  std::printf(
      "\na log of 100 million samples, %s of JSON: saved with its curves in %.1f s (%s/s)\n",
      short_bytes(size).c_str(), seconds, short_bytes(size / seconds).c_str());
  const std::vector<std::size_t> all{1, 2, 3, 4};
  // Each from nothing, as a request does it: locate, open, read.
  const auto take = [&](std::optional<double> from, std::optional<double> to) {
    const auto begun = Clock::now();
    const auto located = value_of(sessions.locate("s", id, "long", Deadline::never()));
    auto reader = value_of(sessions.open_curves(located, Deadline::never()));
    const CurveBuckets got = value_of(reader.window(all, from, to, window_rows));
    if (got.buckets < window_rows) die("a window has too few buckets");
    return millis_since(begun);
  };
  std::vector<double> overviews, windows;
  std::mt19937 random(2);
  const double length = depth_step * static_cast<double>(rows);
  for (int turn = 0; turn < turns; ++turn) {
    overviews.push_back(take({}, {}));
    for (const double share : {0.5, 0.05, 0.005, 0.0005, 0.00005}) {
      const double from =
          first_depth + std::uniform_real_distribution(0.0, length * (1 - share))(random);
      windows.push_back(take(from, from + length * share));
    }
  }
  print("overview of 4 curves, 900 rows at least", overviews, 300);
  print("windows of 50 % to 0.005 % of it, anywhere", windows, 200);
}

}  // namespace spillway
