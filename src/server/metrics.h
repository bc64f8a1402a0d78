// What is counted, in the text format of Prometheus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "spillway/items.h"

namespace spillway {

/// Read when the metrics are asked for.
struct Gauges {
  std::size_t connections = 0;
  std::size_t requests_queued = 0;
  std::uint64_t buffered_body_bytes = 0;
};

/// Thread-safe. Labels come from closed sets (routes, methods of routes, codes), never from
/// clients.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  struct Request {
    std::string_view route, method;
    int status = 0;
    double seconds = 0;
    std::uint64_t bytes_in = 0, bytes_out = 0;
    std::string_view error_code;  ///< empty: none
  };
  void count(const Request& request);
  void count_artifact(const Placement& placement);
  /// A sweep's result; nullptr when it failed.
  void count_sweep(const SweepReport* report);

  /// Source: Prometheus text exposition format 0.0.4.
  std::string text(const Gauges& gauges, const StoreUsage::Snapshot& usage);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace spillway
