// The counters of StoreUsage.
#include "spillway/usage.h"

#include <algorithm>
#include <atomic>

namespace spillway {
namespace {

/// Succeeded, or failed with one of the codes.
constexpr std::size_t outcomes = static_cast<std::size_t>(Code::internal) + 2;

std::size_t outcome_index(std::optional<Code> failure) {
  return failure ? static_cast<std::size_t>(*failure) + 1 : 0;
}

using Counter = std::atomic<std::uint64_t>;

/// Capacity comes in halves of a unit, and index writes in tenths: a sum of doubles is exact
/// enough.
using Sum = std::atomic<double>;

struct OperationCounters {
  std::array<Counter, outcomes> calls{};
  std::array<Counter, StoreUsage::bucket_seconds.size() + 1> buckets{};
  Counter nanoseconds{0};
};

}  // namespace

struct StoreUsage::State {
  std::array<OperationCounters, operations> by_operation{};
  Sum read_units{0}, write_units{0};
  Counter object_bytes_in{0}, object_bytes_out{0};
};

StoreUsage::StoreUsage() : state_(std::make_unique<State>()) {}
StoreUsage::~StoreUsage() = default;

std::string_view StoreUsage::store_of(Operation operation) {
  return operation < Operation::object_put ? "item" : "object";
}

std::string_view StoreUsage::name_of(Operation operation) {
  switch (operation) {
    case Operation::item_get:
    case Operation::object_get: return "get";
    case Operation::item_write: return "write";
    case Operation::item_transact: return "transact";
    case Operation::item_query: return "query";
    case Operation::item_administer: return "administer";
    case Operation::object_put: return "put";
    case Operation::object_head: return "head";
    case Operation::object_remove: return "remove";
    case Operation::object_list: return "list";
  }
  return "";
}

void StoreUsage::count_call(Operation operation, std::optional<Code> failure,
                            std::chrono::nanoseconds duration) {
  OperationCounters& counters = state_->by_operation[static_cast<std::size_t>(operation)];
  ++counters.calls[outcome_index(failure)];
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto bucket = std::lower_bound(bucket_seconds.begin(), bucket_seconds.end(), seconds);
  ++counters.buckets[static_cast<std::size_t>(bucket - bucket_seconds.begin())];
  counters.nanoseconds += static_cast<std::uint64_t>(duration.count());
}

void StoreUsage::count_capacity(double read_units, double write_units) {
  state_->read_units += read_units;
  state_->write_units += write_units;
}

void StoreUsage::count_object_bytes(std::uint64_t in, std::uint64_t out) {
  state_->object_bytes_in += in;
  state_->object_bytes_out += out;
}

StoreUsage::Snapshot StoreUsage::snapshot() const {
  Snapshot snapshot;
  for (std::size_t i = 0; i < operations; ++i) {
    const OperationCounters& counters = state_->by_operation[i];
    const auto operation = static_cast<Operation>(i);
    for (std::size_t outcome = 0; outcome < outcomes; ++outcome) {
      const std::uint64_t count = counters.calls[outcome];
      if (count == 0) continue;
      std::optional<Code> failure;
      if (outcome > 0) failure = static_cast<Code>(outcome - 1);
      snapshot.calls.push_back({operation, failure, count});
    }
    Latency& latency = snapshot.latency[i];
    std::copy(counters.buckets.begin(), counters.buckets.end(), latency.buckets.begin());
    latency.seconds = static_cast<double>(counters.nanoseconds) / 1e9;
  }
  snapshot.read_units = state_->read_units;
  snapshot.write_units = state_->write_units;
  snapshot.object_bytes_in = state_->object_bytes_in;
  snapshot.object_bytes_out = state_->object_bytes_out;
  return snapshot;
}

}  // namespace spillway
