// Snapshots of StoreUsage in prometheus-cpp's words.
#include "server/store_metrics.h"

#include <limits>

namespace spillway {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using Labels = std::vector<ClientMetric::Label>;

ClientMetric counter(Labels labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = value;
  return metric;
}

MetricFamily counters(const char* name, const char* help, std::vector<ClientMetric> metrics) {
  return MetricFamily{name, help, prometheus::MetricType::Counter, std::move(metrics)};
}

Labels labels_of(StoreUsage::Operation operation) {
  return {{"store", std::string(StoreUsage::store_of(operation))},
          {"operation", std::string(StoreUsage::name_of(operation))}};
}

MetricFamily calls(const StoreUsage::Snapshot& usage) {
  std::vector<ClientMetric> metrics;
  for (const StoreUsage::Calls& one : usage.calls) {
    Labels labels = labels_of(one.operation);
    labels.push_back({"outcome", one.failure ? std::string(to_string(*one.failure)) : "ok"});
    metrics.push_back(counter(std::move(labels), static_cast<double>(one.count)));
  }
  return counters("spillway_store_calls_total", "Calls of the stores, by outcome.",
                  std::move(metrics));
}

ClientMetric histogram(StoreUsage::Operation operation, const StoreUsage::Latency& latency) {
  ClientMetric metric;
  metric.label = labels_of(operation);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < latency.buckets.size(); ++i) {
    below += latency.buckets[i];
    const bool bounded = i < StoreUsage::bucket_seconds.size();
    metric.histogram.bucket.push_back(
        {below, bounded ? StoreUsage::bucket_seconds[i] : std::numeric_limits<double>::infinity()});
  }
  metric.histogram.sample_count = below;
  metric.histogram.sample_sum = latency.seconds;
  return metric;
}

MetricFamily latencies(const StoreUsage::Snapshot& usage) {
  MetricFamily family{"spillway_store_seconds",
                      "Time of the calls of the stores, with their retries.",
                      prometheus::MetricType::Histogram,
                      {}};
  for (std::size_t i = 0; i < usage.latency.size(); ++i)
    family.metric.push_back(histogram(static_cast<StoreUsage::Operation>(i), usage.latency[i]));
  return family;
}

}  // namespace

std::vector<MetricFamily> store_metrics(const StoreUsage::Snapshot& usage) {
  return {calls(usage), latencies(usage),
          counters("spillway_capacity_units_total",
                   "Capacity units that the item store says it consumed.",
                   {counter({{"kind", "read"}}, usage.read_units),
                    counter({{"kind", "write"}}, usage.write_units)}),
          counters("spillway_object_bytes_total", "Bytes into and out of the object store.",
                   {counter({{"direction", "in"}}, static_cast<double>(usage.object_bytes_in)),
                    counter({{"direction", "out"}}, static_cast<double>(usage.object_bytes_out))})};
}

}  // namespace spillway
