// What operators ask: statistics, metrics, health, and the description of the API.
#include <mutex>

#include "server/context.h"
#include "server/embedded.h"
#include "server/message_json.h"

namespace spillway {
namespace {

/// Remembers the last answer for a moment: a probe must not become a load. Thread-safe.
class Readiness {
 public:
  explicit Readiness(Context& context) : context_(context) {}

  Result<void> check(Deadline deadline) {
    if (context_.draining) {
      return make_error(Code::cancelled, "server.ready", "", "the server is draining");
    }
    const std::lock_guard lock(mutex_);
    if (Clock::now() >= expires_) {
      last_ = context_.spillway.items().check_ready(deadline);
      expires_ = Clock::now() + context_.limits.ready_cache;
    }
    return last_;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Context& context_;
  std::mutex mutex_;
  Clock::time_point expires_{};
  Result<void> last_ = ok();
};

Response text_response(std::string_view content_type, std::string body) {
  Response response;
  response.set("Content-Type", std::string(content_type));
  response.set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

Result<Response> get_stats(Context& context, const Request& request) {
  SPILLWAY_TRY(auto stats, context.spillway.sessions().stats(request.deadline));
  const auto write_encoded = [](JsonWriter& out, const StorageStats::Class& kind) {
    out.begin_object()
        .member("count", kind.count)
        .member("rawBytes", kind.raw_bytes)
        .member("encodedBytes", kind.encoded_bytes)
        .end_object();
  };
  JsonWriter out;
  out.begin_object().member("messages", stats.messages);
  out.key("artifacts").begin_object().key("inline").begin_object();
  out.member("count", stats.in_item.count).member("bytes", stats.in_item.raw_bytes).end_object();
  write_encoded(out.key("encoded"), stats.encoded);
  write_encoded(out.key("spilled"), stats.spilled);
  out.end_object().key("sizes").begin_array();
  for (const StorageStats::Bucket& bucket : stats.sizes) {
    out.begin_object();
    const bool bounded = &bucket != &stats.sizes.back();
    bounded ? out.member("upToBytes", bucket.up_to_bytes) : out.key("upToBytes").null();
    out.member("count", bucket.count).end_object();
  }
  out.end_array().member("fallbacks", stats.fallbacks).key("orphansReclaimed").begin_object();
  out.member("objects", stats.orphan_objects_reclaimed)
      .member("bytes", stats.orphan_bytes_reclaimed)
      .end_object();
  out.member("itemBytesMax", item_bytes_max)
      .member("thresholdBytes", context.spillway.items().policy().threshold_bytes)
      .end_object();
  return json_response(200, out.take());
}

}  // namespace

void add_service_routes(Router& router, Context& context) {
  router.add({.method = "GET",
              .pattern = "/v1/stats",
              .handler = [&context](Request& request, ByteSource&) {
                return get_stats(context, request);
              }});
  router.add({.method = "GET",
              .pattern = "/openapi.json",
              .handler = [](Request&, ByteSource&) -> Result<Response> {
                return json_response(200, std::string(openapi_document()));
              },
              .open = true,
              .instant = true});
  router.add({.method = "GET",
              .pattern = "/metrics",
              .handler = [&context](Request&, ByteSource&) -> Result<Response> {
                return text_response(
                    "text/plain; version=0.0.4; charset=utf-8",
                    context.metrics.text(context.gauges(), context.spillway.items().usage()));
              }});
  router.add({.method = "GET",
              .pattern = "/livez",
              .handler = [](Request&, ByteSource&) -> Result<Response> {
                return json_response(200, R"({"status":"live"})");
              },
              .open = true,
              .instant = true});
  // Shared by the copies that std::function makes of the handler.
  auto readiness = std::make_shared<Readiness>(context);
  router.add({.method = "GET",
              .pattern = "/readyz",
              .handler = [readiness](Request& request, ByteSource&) -> Result<Response> {
                SPILLWAY_TRY(readiness->check(request.deadline));
                return json_response(200, R"({"status":"ready"})");
              },
              .open = true});
}

}  // namespace spillway
