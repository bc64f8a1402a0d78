// What handlers share, and the groups of routes they form.
#pragma once

#include <atomic>
#include <functional>

#include "server/events.h"
#include "server/limits.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/prices.h"
#include "server/router.h"
#include "server/usage_log.h"
#include "spillway/spillway.h"

namespace spillway {

/// References to what outlives the server. All of it is thread-safe.
struct Context {
  Spillway& spillway;
  const ServerLimits& limits;
  Log& log;
  Metrics& metrics;
  EventHub& events;
  UsageLog& usage;
  const Prices& prices;
  std::function<Gauges()> gauges;
  std::atomic<bool> draining{false};
};

// Each group is one file, handlers_*.cc. `context` must outlive `router`.
void add_message_routes(Router& router, Context& context);
void add_artifact_routes(Router& router, Context& context);
void add_curve_routes(Router& router, Context& context);
void add_event_routes(Router& router, Context& context);
void add_import_routes(Router& router, Context& context);
void add_service_routes(Router& router, Context& context);
void add_viewer_routes(Router& router);

/// ?limit=: 1 to 200, 50 without one. ?artifacts=: reference or resolve.
Result<std::uint32_t> page_limit(const Request& request);
Result<ArtifactsAs> artifacts_as(const Request& request);

/// Logs where everything of a message went and why, and counts it.
void log_saved(Context& context, const Request& request, const Message& message,
               std::string_view routing);
void log_saved_artifact(Context& context, const Request& request, const SavedArtifact& saved);

}  // namespace spillway
