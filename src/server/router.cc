// A table, searched in order: there are about twenty routes.
#include "server/router.h"

#include <optional>

namespace spillway {
namespace {

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> segments;
  pattern.remove_prefix(1);
  while (true) {
    const std::size_t slash = pattern.find('/');
    segments.emplace_back(pattern.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    pattern.remove_prefix(slash + 1);
  }
}

bool is_parameter(const std::string& segment) { return segment.starts_with('{'); }
bool is_rest(const std::string& segment) { return segment.ends_with("*}"); }

std::string name_of(const std::string& segment) {
  return segment.substr(1, segment.size() - (is_rest(segment) ? 3 : 2));
}

std::string join(const std::vector<std::string>& segments, std::size_t from) {
  std::string path;
  for (std::size_t i = from; i < segments.size(); ++i) path += (i > from ? "/" : "") + segments[i];
  return path;
}

std::optional<NameValues> match(const std::vector<std::string>& pattern,
                                const std::vector<std::string>& segments) {
  NameValues parameters;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= segments.size()) return std::nullopt;
    if (is_rest(pattern[i])) {
      parameters.emplace_back(name_of(pattern[i]), join(segments, i));
      return parameters;
    }
    if (is_parameter(pattern[i])) {
      parameters.emplace_back(name_of(pattern[i]), segments[i]);
    } else if (pattern[i] != segments[i]) {
      return std::nullopt;
    }
  }
  if (pattern.size() != segments.size()) return std::nullopt;
  return parameters;
}

bool takes(const Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

}  // namespace

void Router::add(Route route) {
  std::vector<std::string> segments = split(route.pattern);
  entries_.push_back({std::move(route), std::move(segments)});
}

Router::Answer Router::find(std::string_view method,
                            const std::vector<std::string>& segments) const {
  std::string allow;
  for (const Entry& entry : entries_) {
    auto parameters = match(entry.segments, segments);
    if (!parameters) continue;
    if (takes(entry.route, method)) return Match{&entry.route, std::move(*parameters)};
    if (!allow.empty()) allow += ", ";
    allow += entry.route.method == "GET" ? "GET, HEAD" : entry.route.method;
  }
  if (allow.empty()) return NotFound{};
  return WrongMethod{allow};
}

}  // namespace spillway
