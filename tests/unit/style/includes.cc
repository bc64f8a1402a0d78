// Which module may include which: the module table of ARCHITECTURE.md as data, and its check.
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "unit/style/rules.h"

namespace spillway::style {
namespace {

/// Direct arrows; an arrow's own arrows come with it.
const std::map<std::string, std::set<std::string>, std::less<>>& arrows() {
  static const std::map<std::string, std::set<std::string>, std::less<>> table = {
      {"base", {}},
      {"codec", {"base"}},
      {"dynamo", {"base"}},
      {"net", {"base"}},
      {"item", {"dynamo", "net"}},
      {"object", {"net"}},
      {"hybrid", {"item", "object", "codec"}},
      {"curves", {"base"}},
      {"artifact", {"hybrid", "curves"}},
      {"welllog", {"base"}},
      {"server", {"artifact", "hybrid", "welllog", "curves"}},
      {"cli", {"server", "artifact", "hybrid", "welllog", "net"}},
  };
  return table;
}

/// The module that a public header belongs to.
const std::map<std::string, std::string, std::less<>>& public_headers() {
  static const std::map<std::string, std::string, std::less<>> table = {
      {"error.h", "base"},    {"bytes.h", "base"},        {"deadline.h", "base"},
      {"value.h", "dynamo"},  {"requests.h", "dynamo"},   {"items.h", "hybrid"},
      {"curves.h", "curves"}, {"sessions.h", "artifact"}, {"spillway.h", "artifact"},
      {"usage.h", "base"},
  };
  return table;
}

bool reaches(const std::string& from, const std::string& to) {
  if (from == to) return true;
  for (const std::string& next : arrows().at(from)) {
    if (reaches(next, to)) return true;
  }
  return false;
}

/// "base/bytes.h" → "base"; a public header → its module; "" where there is none of that name.
std::string module_of(const std::string& path) {
  const std::string first = path.substr(0, path.find('/'));
  if (first == "spillway") {
    const auto header = public_headers().find(path.substr(first.size() + 1));
    return header == public_headers().end() ? "" : header->second;
  }
  return arrows().contains(first) ? first : "";
}

struct Include {
  int line;
  std::string path;
};

/// The quoted includes; those in <> are other people's libraries.
std::vector<Include> own_includes(const std::string& text) {
  static const std::regex pattern("^#include \"([^\"]+)\"");
  std::vector<Include> includes;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::smatch match;
    if (std::regex_search(line, match, pattern)) includes.push_back({number, match[1]});
  }
  return includes;
}

/// The path as an #include in another file spells it; "" for files that no rule of modules covers.
std::string as_included(const std::string& path) {
  if (path.starts_with("src/")) return path.substr(4);
  if (path.starts_with("include/")) return path.substr(8);
  return "";
}

std::string place(const SourceFile& file, int line) {
  return file.path + ":" + std::to_string(line) + ": ";
}

}  // namespace

Problems check_include_direction(const SourceFile& file) {
  Problems problems;
  const std::string self = as_included(file.path);
  if (self.empty()) return problems;
  const std::string from = module_of(self);
  if (from.empty()) return {file.path + ":1: is in no module that the table knows"};
  for (const Include& include : own_includes(file.text)) {
    const std::string to = module_of(include.path);
    if (to.empty()) {
      problems.push_back(place(file, include.line) + include.path +
                         " is in no module; spell includes as \"module/file.h\"");
    } else if (!reaches(from, to)) {
      problems.push_back(place(file, include.line) + from + " may not include " + to + " (" +
                         include.path + ")");
    } else if (self.starts_with("spillway/") && !include.path.starts_with("spillway/")) {
      problems.push_back(place(file, include.line) + "a public header includes " + include.path +
                         ", which is not installed");
    }
  }
  return problems;
}

Problems check_backends_private(const SourceFile& file) {
  static const std::regex backend("^(item|object)/[a-z0-9_]+/");
  Problems problems;
  const std::string self = as_included(file.path);
  if (self.empty()) return problems;
  for (const Include& include : own_includes(file.text)) {
    if (std::regex_search(include.path, backend) && module_of(self) != module_of(include.path)) {
      problems.push_back(place(file, include.line) + include.path + " is private to its backend");
    }
  }
  return problems;
}

}  // namespace spillway::style
