// prometheus-cpp counts and spells; its own HTTP server is not used.
#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "server/store_metrics.h"

namespace spillway {
namespace {

using Counters = prometheus::Family<prometheus::Counter>;

const prometheus::Histogram::BucketBoundaries& latency_seconds() {
  static const prometheus::Histogram::BucketBoundaries bounds{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
  return bounds;
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;

  Counters& counters(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  prometheus::Family<prometheus::Gauge>& gauges(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }

  Counters& requests = counters("spillway_http_requests_total", "Requests answered.");
  prometheus::Family<prometheus::Histogram>& seconds =
      prometheus::BuildHistogram()
          .Name("spillway_http_request_seconds")
          .Help("Time from the last header field to the last byte of the answer.")
          .Register(registry);
  Counters& bytes = counters("spillway_http_body_bytes_total", "Bytes of bodies, by direction.");
  Counters& errors = counters("spillway_errors_total", "Problems answered, by code.");
  Counters& artifacts =
      counters("spillway_artifacts_saved_total", "Artifacts saved, by where they went.");
  Counters& artifact_bytes =
      counters("spillway_artifact_bytes_saved_total", "Bytes of artifacts saved, before encoding.");
  prometheus::Counter& fallbacks =
      counters("spillway_fallbacks_total",
               "Artifacts kept in the item because the object store could not take them.")
          .Add({});
  Counters& sweeps = counters("spillway_sweeps_total", "Sweeps, by outcome.");
  prometheus::Counter& swept_objects =
      counters("spillway_swept_objects_total", "Orphaned objects removed.").Add({});
  prometheus::Counter& swept_bytes =
      counters("spillway_swept_bytes_total", "Bytes of orphaned objects removed.").Add({});
  prometheus::Gauge& connections =
      gauges("spillway_http_connections", "Connections that are open.").Add({});
  prometheus::Gauge& queued =
      gauges("spillway_http_requests_queued", "Requests that wait for a worker.").Add({});
  prometheus::Gauge& buffered =
      gauges("spillway_http_buffered_body_bytes", "Bytes of bodies held in memory.").Add({});
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::count(const Request& request) {
  const std::string route(request.route);
  state_->requests
      .Add({{"route", route},
            {"method", std::string(request.method)},
            {"status", std::to_string(request.status)}})
      .Increment();
  state_->seconds.Add({{"route", route}}, latency_seconds()).Observe(request.seconds);
  state_->bytes.Add({{"direction", "in"}}).Increment(static_cast<double>(request.bytes_in));
  state_->bytes.Add({{"direction", "out"}}).Increment(static_cast<double>(request.bytes_out));
  if (!request.error_code.empty()) {
    state_->errors.Add({{"code", std::string(request.error_code)}}).Increment();
  }
}

void Metrics::count_artifact(const Placement& placement) {
  const std::string storage(to_string(placement.storage));
  state_->artifacts.Add({{"storage", storage}}).Increment();
  state_->artifact_bytes.Add({{"storage", storage}})
      .Increment(static_cast<double>(placement.raw_bytes));
  if (placement.fallback) state_->fallbacks.Increment();
}

void Metrics::count_sweep(const SweepReport* report) {
  state_->sweeps.Add({{"outcome", report ? "done" : "failed"}}).Increment();
  if (!report) return;
  state_->swept_objects.Increment(static_cast<double>(report->objects_removed));
  state_->swept_bytes.Increment(static_cast<double>(report->bytes_removed));
}

std::string Metrics::text(const Gauges& gauges, const StoreUsage::Snapshot& usage) {
  state_->connections.Set(static_cast<double>(gauges.connections));
  state_->queued.Set(static_cast<double>(gauges.requests_queued));
  state_->buffered.Set(static_cast<double>(gauges.buffered_body_bytes));
  std::vector<prometheus::MetricFamily> families = state_->registry.Collect();
  for (prometheus::MetricFamily& family : store_metrics(usage))
    families.push_back(std::move(family));
  return prometheus::TextSerializer().prometheus::Serializer::Serialize(families);
}

}  // namespace spillway
