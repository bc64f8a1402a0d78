// How the stores were used, as families of Prometheus metrics. Pure.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "spillway/usage.h"

namespace spillway {

/// spillway_store_calls_total{store,operation,outcome}, spillway_store_seconds{store,operation},
/// spillway_capacity_units_total{kind}, spillway_object_bytes_total{direction}. An outcome is "ok"
/// or the name of a Code.
std::vector<prometheus::MetricFamily> store_metrics(const StoreUsage::Snapshot& usage);

}  // namespace spillway
