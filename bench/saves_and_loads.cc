// Whole messages through the library. A disk's speed changes from second to second, so each rate is
// taken in turns with its yardstick, and the ratio is that of the turns side by side.
#include <cstdio>
#include <memory>
#include <mutex>

#include "measure.h"
#include "samples.h"
#include "sections.h"
#include "spillway/spillway.h"
#include "yardstick.h"

namespace spillway {
namespace {

constexpr int turns = 5;
constexpr int threads_many = 16;
constexpr std::uint64_t turn_bytes_max = 160'000'000;  ///< so that large artifacts end in time
constexpr std::size_t kept_messages_max = 64;

/// What was saved of one sample, for the loads.
struct Saved {
  std::vector<std::pair<std::string, std::string>> messages;  ///< session, message
  Storage storage = Storage::in_item;
  std::uint64_t stored_bytes = 0;
};

const char* manner(Storage storage) {
  switch (storage) {
    case Storage::in_item: return "inline";
    case Storage::encoded: return "inline zstd";
    case Storage::spilled: return "spilled";
  }
  return "";
}

/// One thing measured in turns with others.
struct Contender {
  std::function<void(int thread)> operation;
  std::vector<double> rates = {};
};

void take_turns(const Portion& portion, std::vector<Contender*> contenders) {
  for (int i = 0; i < turns; ++i) {
    for (Contender* contender : contenders) {
      contender->rates.push_back(rate_of(portion, contender->operation));
    }
  }
}

double percent_of(const Contender& ours, const Contender& yardstick) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.rates.size(); ++i) {
    ratios.push_back(100 * ours.rates[i] / yardstick.rates[i]);
  }
  return spread_of(ratios).median;
}

void print_rate(const Contender& contender) {
  const Spread spread = spread_of(contender.rates);
  std::printf(" %9s ±%3.0f %%", short_number(spread.median).c_str(), spread.percent / 2);
}

Portion portion_of(const Sample& sample, int threads, double seconds) {
  return {threads, seconds, std::max<std::uint64_t>(turn_bytes_max / sample.bytes.size(), 1)};
}

/// The raw cost of writing `bytes` durably: over what is there, or as a new file.
class WriteYardstick {
 public:
  WriteYardstick(const std::string& directory, int threads, Storage storage, std::size_t bytes) {
    if (storage == Storage::spilled) {
      file_ = std::make_unique<NewFileYardstick>(directory, bytes);
    } else {
      overwrite_ = std::make_unique<OverwriteYardstick>(directory, threads, bytes);
    }
  }
  Contender contender() {
    return {[this](int thread) { file_ ? file_->write() : overwrite_->write(thread); }};
  }

 private:
  std::unique_ptr<NewFileYardstick> file_;
  std::unique_ptr<OverwriteYardstick> overwrite_;
};

class Bench {
 public:
  Bench(const std::string& directory, double seconds)
      : directory_(directory),
        seconds_(seconds),
        spillway_(value_of(Spillway::open_directory(directory + "/spillway"))) {}

  Saved save(const Sample& sample, int threads) {
    NewMessage message;
    message.role = "assistant";
    message.artifacts = {sample.bytes};
    Saved saved;
    std::mutex mutex;
    Contender ours{[&](int thread) {
      const std::string session = "session-" + std::to_string(thread);
      const SavedMessage done =
          value_of(spillway_->sessions().post(session, message, Deadline::never()));
      const std::lock_guard lock(mutex);
      if (saved.messages.size() < kept_messages_max) {
        saved.messages.emplace_back(session, done.message.id);
      }
      const Placement& placement = done.message.artifacts.front().placement;
      saved.storage = placement.storage;
      saved.stored_bytes = placement.encoded_bytes;
    }};
    for (int i = 0; i < threads; ++i) ours.operation(i);  // makes the sessions, tells the storage
    WriteYardstick stored(directory_ + "/stored", threads, saved.storage, saved.stored_bytes);
    WriteYardstick sent(directory_ + "/sent", threads, saved.storage, sample.bytes.size());
    Contender as_stored = stored.contender(), as_sent = sent.contender();
    const bool same = saved.stored_bytes == sample.bytes.size();
    std::vector<Contender*> contenders{&ours, &as_stored};
    if (!same) contenders.push_back(&as_sent);
    take_turns(portion_of(sample, threads, seconds_), contenders);
    std::printf("%-22s %2d  %-11s %8s", sample.name.c_str(), threads, manner(saved.storage),
                short_bytes(static_cast<double>(saved.stored_bytes)).c_str());
    print_rate(ours);
    print_rate(as_stored);
    std::printf("  %4.0f %%", percent_of(ours, as_stored));
    if (!same) {
      print_rate(as_sent);
      std::printf("  %4.0f %%", percent_of(ours, as_sent));
    }
    std::printf("\n");
    return saved;
  }

  void load(const Sample& sample, const Saved& saved, int threads) {
    std::atomic<std::size_t> next = 0;
    Contender ours{[&](int) {
      const auto& [session, id] = saved.messages[next.fetch_add(1) % saved.messages.size()];
      const Message message = value_of(
          spillway_->sessions().message(session, id, ArtifactsAs::resolved, Deadline::never()));
      if (message.artifacts.front().value != sample.bytes) die("a load gave back other bytes");
    }};
    const ReadYardstick file(directory_ + "/read", sample.bytes);
    Contender plain{[&](int) { file.read(); }};
    for (std::size_t i = 0; i < saved.messages.size(); ++i) ours.operation(0);  // warm
    Portion portion = portion_of(sample, threads, seconds_ / 2);
    portion.operations_max = 0;
    take_turns(portion, {&ours, &plain});
    std::printf("%-22s %2d  %-11s %8s", sample.name.c_str(), threads, manner(saved.storage),
                short_bytes(static_cast<double>(saved.stored_bytes)).c_str());
    print_rate(ours);
    print_rate(plain);
    std::printf("  %4.0f %%\n", percent_of(ours, plain));
  }

 private:
  std::string directory_;
  double seconds_;
  std::unique_ptr<Spillway> spillway_;
};

}  // namespace

void bench_saves_and_loads(const std::string& directory, double seconds) {
  Bench bench(directory, seconds);
  const std::vector<Sample> samples{small_json("1 KB", 1'000),
                                    small_json("100 KB", 100'000),
                                    {"563 KB log plot", mission_plot().bytes},
                                    random_json("563 KB random text", 563'000),
                                    synthetic_plot("10 MB log plot", 162'000)};
  std::printf(
      "\nsaves of messages with one artifact, durable, per second; beside them plain writes "
      "of the same bytes, durable too:\ninline: over a file that is there + fdatasync; "
      "spilled: new file + fsync + fsync of the directory\n"
      "%-22s %2s  %-11s %8s %16s %16s  %6s %16s  %6s\n",
      "artifact", "th", "kept", "stored", "saves/s", "as stored/s", "ours", "as sent/s", "ours");
  std::vector<std::pair<const Sample*, Saved>> all;
  for (const Sample& sample : samples) {
    all.emplace_back(&sample, bench.save(sample, 1));
    bench.save(sample, threads_many);
  }
  std::printf(
      "\nloads of the whole message, verified, from the page cache, per second; beside them "
      "pread + SHA-256 of the artifact\n%-22s %2s  %-11s %8s %16s %16s  %6s\n",
      "artifact", "th", "kept", "stored", "loads/s", "pread+sha/s", "ours");
  for (const auto& [sample, saved] : all) {
    bench.load(*sample, saved, 1);
    bench.load(*sample, saved, threads_many);
  }
}

}  // namespace spillway
