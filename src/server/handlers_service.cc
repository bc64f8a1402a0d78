// What operators ask: statistics, metrics, health, and the description of the API.
#include <mutex>

#include "curves/curves_header.h"
#include "server/context.h"
#include "server/embedded.h"
#include "server/message_json.h"
#include "server/problem.h"

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

void write_history(JsonWriter& out, const std::vector<StorageStats::Day>& history) {
  out.begin_array();
  for (const StorageStats::Day& day : history) {
    out.begin_object()
        .member("day", day.date)
        .member("messages", day.messages)
        .member("inlineBytes", day.in_item_bytes)
        .member("encodedBytes", day.encoded_bytes)
        .member("spilledBytes", day.spilled_bytes)
        .end_object();
  }
  out.end_array();
}

void write_place(JsonWriter& out, const std::string& session, const std::string& message,
                 const std::string& artifact) {
  out.begin_object()
      .member("sessionId", session)
      .member("messageId", message)
      .member("artifactId", artifact);
}

void write_largest(JsonWriter& out, const std::vector<StorageStats::Artifact>& largest) {
  out.begin_array();
  for (const StorageStats::Artifact& one : largest) {
    write_place(out, one.session, one.message, one.info.id);
    out.member_or_null("name", one.info.name)
        .member_or_null("type", one.info.type)
        .member("size", one.info.size_bytes)
        .member("storage", to_string(one.info.placement.storage))
        .end_object();
  }
  out.end_array();
}

void write_most_used(JsonWriter& out, const std::vector<UsageLog::Read>& most) {
  out.begin_array();
  for (const UsageLog::Read& one : most) {
    write_place(out, one.session, one.message, one.artifact);
    out.member("reads", one.reads).end_object();
  }
  out.end_array();
}

void write_failures(JsonWriter& out, const std::vector<UsageLog::Failure>& failures) {
  out.begin_array();
  for (const UsageLog::Failure& failure : failures) {
    out.begin_object()
        .member("at", failure.at)
        .member("code", to_string(failure.error.code))
        .member("operation", failure.error.op)
        .member("detail", public_detail(failure.error))
        .member("requestId", failure.request_id)
        .end_object();
  }
  out.end_array();
}

void write_prices(JsonWriter& out, const Prices& prices) {
  const auto number = [&](const char* name, double value) { out.key(name).raw(shortest(value)); };
  out.begin_object().member("currency", prices.currency).key("dynamodb").begin_object();
  number("storageGbMonth", prices.dynamodb_storage_gb_month);
  number("writeMillion", prices.dynamodb_write_million);
  number("readMillion", prices.dynamodb_read_million);
  out.end_object().key("s3").begin_object();
  number("storageGbMonth", prices.s3_storage_gb_month);
  number("putMillion", prices.s3_put_million);
  number("getMillion", prices.s3_get_million);
  out.end_object().end_object();
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
      .member("thresholdBytes", context.spillway.items().policy().threshold_bytes);
  write_history(out.key("history"), stats.history);
  write_largest(out.key("largest"), stats.largest);
  write_most_used(out.key("mostUsed"), context.usage.most_read());
  write_failures(out.key("failures"), context.usage.failures());
  write_prices(out.key("prices"), context.prices);
  out.end_object();
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
