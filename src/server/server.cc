// Puts the parts of the server together, runs it, and takes it apart in order.
#include "server/server.h"

#include "server/front.h"
#include "server/sweeper.h"

namespace spillway {
namespace {

Result<void> check_options(const ServerOptions& options) {
  if (options.tokens.empty() && !is_loopback_host(options.address)) {
    return make_error(Code::permission_denied, "server.listen", options.address,
                      "without bearer tokens only a loopback address is served: configure tokens, "
                      "or listen on 127.0.0.1");
  }
  if (options.limits.uploads_max >= options.limits.workers) {
    return make_error(Code::invalid_argument, "server.options", "uploads-max",
                      "must be fewer than workers, so that other requests go on");
  }
  return ok();
}

void log_event(Log& log, std::string_view event, const std::string& address, std::uint16_t port) {
  LogLine line(LogLine::Level::info, event);
  line.text("version", version()).text("address", address).number("port", port);
  log.write(line);
}

}  // namespace

Result<void> serve(Spillway& spillway, const ServerOptions& options) {
  SPILLWAY_TRY(check_options(options));
  Log log;
  Metrics metrics;
  EventHub events;
  UsageLog usage;
  Budget budget(options.limits.buffered_bodies_bytes_max);
  Context context{.spillway = spillway,
                  .limits = options.limits,
                  .log = log,
                  .metrics = metrics,
                  .events = events,
                  .usage = usage,
                  .prices = options.prices,
                  .gauges = {}};
  App app(context, options.tokens);
  WorkerPool pool(options.limits.workers, options.limits.requests_queued_max);
  SPILLWAY_TRY(auto front, Front::listen(options.address, options.port, app, pool, budget));
  context.gauges = [&] { return Gauges{front->connections(), pool.queued(), budget.used()}; };

  const Sweeper sweeper(context, options.sweep_interval, options.sweep);
  log_event(log, "listening", options.address, front->port());
  options.on_listening(front->port());
  front->run([&] {
    context.draining = true;
    events.close();
    log_event(log, "draining", options.address, front->port());
  });
  log_event(log, "stopped", options.address, front->port());
  return ok();
}

}  // namespace spillway
