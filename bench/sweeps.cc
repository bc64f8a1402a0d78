// A sweep over many small objects: all in use, then half of them superseded.
#include <chrono>
#include <cstdio>

#include "measure.h"
#include "samples.h"
#include "sections.h"
#include "spillway/spillway.h"

namespace spillway {
namespace {

constexpr int writers = 16;
constexpr int messages_each = 32;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_sweep(Sessions& sessions, const char* what) {
  SweepReport report;
  const double seconds = seconds_of([&] {
    report =
        value_of(sessions.sweep({.fence_age_millis = 0, .retention_millis = 0}, Deadline::never()));
  });
  const auto seen = static_cast<double>(report.objects_seen);
  std::printf("%-42s %5.0f objects in %4.2f s: %s/s, %llu removed\n", what, seen, seconds,
              short_number(seen / seconds).c_str(),
              static_cast<unsigned long long>(report.objects_removed));
}

}  // namespace

void bench_sweeps(const std::string& directory) {
  std::printf("\nsweep\n");
  ItemsConfig config = embedded_config(directory + "/sweep");
  config.policy.threshold_bytes = 4096;  // so that small artifacts spill, and many fit in the time
  config.policy.low_water_bytes = 2048;
  const auto spillway = value_of(Spillway::open(config));
  Sessions& sessions = spillway->sessions();
  NewMessage message;
  message.role = "assistant";
  message.artifacts = {random_json("", 8'000).bytes};
  std::vector<std::vector<std::string>> ids(writers);
  (void)rate_of({writers, 0, 0}, [&](int writer) {
    const auto i = static_cast<std::size_t>(writer);
    for (int n = 0; n < messages_each; ++n) {
      ids[i].push_back(
          value_of(sessions.post("session-" + std::to_string(i), message, Deadline::never()))
              .message.id);
    }
  });
  print_sweep(sessions, "every object in use");
  for (std::size_t i = 0; i < ids.size(); i += 2) {
    for (const std::string& id : ids[i]) {
      value_of(sessions.remove_message("session-" + std::to_string(i), id, Deadline::never()));
    }
  }
  print_sweep(sessions, "half of them of removed messages");
}

}  // namespace spillway
