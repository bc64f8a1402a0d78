// spdlog writes and flushes; the JSON is ours.
#include "server/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "artifact/ids.h"
#include "base/clock.h"

namespace spillway {
namespace {

std::string_view name_of(LogLine::Level level) {
  switch (level) {
    case LogLine::Level::info: return "info";
    case LogLine::Level::warning: return "warning";
    case LogLine::Level::error: return "error";
  }
  return "error";
}

}  // namespace

LogLine::LogLine(Level level, std::string_view event) {
  json_.begin_object()
      .member("time", rfc3339(unix_millis()))
      .member("level", name_of(level))
      .member("event", event);
}

LogLine& LogLine::text(std::string_view name, std::string_view value) {
  json_.member(name, clean_utf8(value));
  return *this;
}

LogLine& LogLine::error(const Error& error) {
  json_.member("code", to_string(error.code));
  return text("operation", error.op).text("subject", error.subject).text("detail", error.detail);
}

LogLine& LogLine::json(std::string_view name, std::string_view value) {
  json_.key(name).raw(value);
  return *this;
}

std::string LogLine::take() {
  json_.end_object();
  return json_.take();
}

struct Log::State {
  spdlog::logger logger{"spillway", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

Log::Log() : state_(std::make_unique<State>()) {
  state_->logger.set_pattern("%v");
  state_->logger.flush_on(spdlog::level::info);
}

Log::~Log() = default;

void Log::write(LogLine& line) { state_->logger.info(line.take()); }

std::string clean_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return out;
}

}  // namespace spillway
