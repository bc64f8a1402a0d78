// How the stores are used: counted by decorators around them, shown at /metrics.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "spillway/error.h"

namespace spillway {

/// Counts since it was made. Thread-safe.
class StoreUsage {
 public:
  /// Every operation of the two stores.
  enum class Operation {
    item_get,
    item_write,
    item_transact,
    item_query,
    item_administer,
    object_put,
    object_get,
    object_head,
    object_remove,
    object_list,
  };
  static constexpr std::size_t operations = 10;
  /// Upper bounds of the latency histogram, in seconds; one bucket more is without bound.
  static constexpr std::array<double, 14> bucket_seconds = {
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

  /// "item" or "object"; "get", "put", …
  static std::string_view store_of(Operation operation);
  static std::string_view name_of(Operation operation);

  struct Calls {
    Operation operation{};
    std::optional<Code> failure;  ///< condition_failed also for a condition that did not hold
    std::uint64_t count = 0;
  };
  struct Latency {
    std::array<std::uint64_t, bucket_seconds.size() + 1> buckets{};  ///< each by itself
    double seconds = 0;                                              ///< of all calls
  };
  struct Snapshot {
    std::vector<Calls> calls;                   ///< those that occurred
    std::array<Latency, operations> latency{};  ///< by Operation
    double read_units = 0, write_units = 0;     ///< capacity of items
    std::uint64_t object_bytes_in = 0;          ///< stored
    std::uint64_t object_bytes_out = 0;         ///< read
  };

  StoreUsage();
  ~StoreUsage();

  void count_call(Operation operation, std::optional<Code> failure,
                  std::chrono::nanoseconds duration);
  void count_capacity(double read_units, double write_units);
  void count_object_bytes(std::uint64_t in, std::uint64_t out);
  /// Each number is right; they may be of slightly different moments.
  Snapshot snapshot() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace spillway
