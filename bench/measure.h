// What the benchmarks share: rates, their spread, and ends without ceremony.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "spillway/error.h"

namespace spillway {

/// The middle of several figures of the same thing, and how far they lie apart.
struct Spread {
  double median = 0;
  double percent = 0;  ///< (highest − lowest) / median
};
Spread spread_of(std::vector<double> figures);

/// How much of one thing is measured at a time.
struct Portion {
  int threads = 1;
  double seconds = 0.2;
  std::uint64_t operations_max = 0;  ///< of all threads; 0: no bound
};

/// Runs `operation` with the number of its thread over and over on all threads until the time is
/// up; returns operations per second, counted to the end of the last one.
double rate_of(const Portion& portion, const std::function<void(int thread)>& operation);

/// The value; or says what failed and ends the program: a benchmark has nobody to hand errors to.
[[noreturn]] void die(const std::string& what);
template <class T>
T value_of(Result<T> result) {
  if (!result) die(describe(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

/// "812", "14.3 k", "1.08 M".
std::string short_number(double number);
/// "1.0 KB", "563 KB", "10.1 MB": thousands, as disks count.
std::string short_bytes(double bytes);

}  // namespace spillway
