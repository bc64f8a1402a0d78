// Rates and their spread.
#include "measure.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <thread>

namespace spillway {

Spread spread_of(std::vector<double> figures) {
  if (figures.empty()) return {};
  std::sort(figures.begin(), figures.end());
  const std::size_t n = figures.size();
  const double median = (figures[(n - 1) / 2] + figures[n / 2]) / 2;
  return {median, 100 * (figures.back() - figures.front()) / median};
}

double rate_of(const Portion& portion, const std::function<void(int thread)>& operation) {
  using Clock = std::chrono::steady_clock;
  std::atomic<std::uint64_t> started = 0, done = 0;
  std::latch ready(portion.threads + 1);
  Clock::time_point end;
  const auto work = [&](int thread) {
    ready.arrive_and_wait();
    do {
      if (portion.operations_max > 0 && started.fetch_add(1) >= portion.operations_max) return;
      operation(thread);
      done.fetch_add(1);
    } while (Clock::now() < end);
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < portion.threads; ++i) threads.emplace_back(work, i);
  const Clock::time_point start = Clock::now();
  end = start +
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(portion.seconds));
  ready.arrive_and_wait();
  threads.clear();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return static_cast<double>(done.load()) / seconds;
}

void die(const std::string& what) {
  std::fprintf(stderr, "spillway_bench: %s\n", what.c_str());
  std::exit(1);
}

namespace {

/// Three digits: "9.87", "98.7", "987".
std::string three_digits(double number) {
  std::array<char, 32> text{};
  const int decimals = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
  return text.data();
}

}  // namespace

std::string short_number(double number) {
  if (number >= 999'500) return three_digits(number / 1e6) + " M";
  if (number >= 9'995) return three_digits(number / 1e3) + " k";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", number < 9.95 ? 1 : 0, number);
  return text.data();
}

std::string short_bytes(double bytes) {
  if (bytes >= 999'500) return three_digits(bytes / 1e6) + " MB";
  if (bytes >= 1'000) return three_digits(bytes / 1e3) + " KB";
  return std::to_string(std::lround(bytes)) + " B";
}

}  // namespace spillway
