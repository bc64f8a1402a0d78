// Rules about lines and words.
#include "unit/style/rules.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>

namespace spillway::style {
namespace {

constexpr std::size_t file_lines_max = 500;

bool is_header(const SourceFile& file) { return file.path.ends_with(".h"); }

/// A problem for every line of `text` that has `pattern`.
Problems lines_with(const SourceFile& file, const std::string& text, const std::regex& pattern,
                    const std::string& complaint) {
  Problems problems;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (std::regex_search(line, pattern)) {
      problems.push_back(file.path + ":" + std::to_string(number) + ": " + complaint);
    }
  }
  return problems;
}

void append(Problems& problems, Problems more) {
  problems.insert(problems.end(), more.begin(), more.end());
}

/// The expression from a co_await to the end of its operand: the first ";", or an unpaired ")".
std::string_view awaited(std::string_view code) {
  int depth = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '(' || code[i] == '{' || code[i] == '[') ++depth;
    if (code[i] == ')' || code[i] == '}' || code[i] == ']') --depth;
    if (depth < 0 || (depth == 0 && code[i] == ';')) return code.substr(0, i);
  }
  return code;
}

/// Where the matching brace of the one at `open` is.
std::size_t matching_brace(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '{') ++depth;
    if (code[i] == '}' && --depth == 0) return i;
  }
  return code.size();
}

/// Does this brace open a lambda's body? Then ")", "]" or a specifier stands before it.
bool opens_lambda(std::string_view before) {
  static const std::regex tail(R"([\)\]]\s*(mutable|noexcept|->\s*[\w:<>\*&, ]+|\s)*$)");
  const std::string text(before.substr(before.size() - std::min<std::size_t>(before.size(), 120)));
  return std::regex_search(text, tail);
}

bool has_braced_aggregate(std::string_view expression) {
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] != '{') continue;
    if (!opens_lambda(expression.substr(0, i))) return true;
    i = matching_brace(expression, i);
  }
  return false;
}

}  // namespace

Problems check_opening(const SourceFile& file) {
  static const std::regex purpose(R"(^// \S.{9,}\n)");
  Problems problems;
  if (!std::regex_search(file.text, purpose, std::regex_constants::match_continuous)) {
    problems.push_back(file.path +
                       ":1: the first line is a comment that says what the file is for");
  }
  const bool guarded = file.text.find("\n#pragma once\n") != std::string::npos;
  if (is_header(file) && !guarded) problems.push_back(file.path + ":1: no #pragma once");
  return problems;
}

Problems check_file_length(const SourceFile& file) {
  const auto lines = static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
  if (lines <= file_lines_max) return {};
  return {file.path + ":1: " + std::to_string(lines) + " lines; " + std::to_string(file_lines_max) +
          " are allowed"};
}

Problems check_forbidden_code(const SourceFile& file) {
  static const std::regex format(R"(\bstd::v?format\b|#include <format>)");
  static const std::regex using_namespace(R"(\busing\s+namespace\b)");
  const std::string code = code_only(file.text);
  Problems problems = lines_with(file, code, format, "std::format is not in g++ 12; use fmt");
  if (is_header(file)) {
    append(problems, lines_with(file, code, using_namespace, "using namespace in a header"));
  }
  return problems;
}

Problems check_co_await(const SourceFile& file) {
  Problems problems;
  const std::string code = code_only(file.text);
  const std::string_view view = code;
  constexpr std::string_view word = "co_await";
  for (std::size_t at = view.find(word); at != view.npos; at = view.find(word, at + word.size())) {
    if (!has_braced_aggregate(awaited(view.substr(at + word.size())))) continue;
    const auto line = 1 + std::count(code.begin(), code.begin() + static_cast<long>(at), '\n');
    problems.push_back(file.path + ":" + std::to_string(line) +
                       ": a braced value in a co_await argument is destroyed twice; name it first");
  }
  return problems;
}

Problems check_sleeps(const SourceFile& file) {
  static const std::regex sleep(R"(\b(sleep_for|sleep_until|usleep|nanosleep)\b)");
  if (!file.path.starts_with("tests/")) return {};
  return lines_with(file, code_only(file.text), sleep, "a test waits for a condition, not a time");
}

Problems check_words(const SourceFile& file) {
  // In two halves each, so that this file itself is clean.
  static const std::regex promises(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X)\\b");
  static const std::regex places(
      "(^|[\\s\"'`=:(])/(wo"
      "rk|ro"
      "ot|fa"
      "rm)/");
  static const std::regex registries(
      "registry\\.npm"
      "js|deb\\.deb"
      "ian\\.org|pypi\\."
      "org");
  Problems problems = lines_with(file, file.text, promises, "promises work; do it or leave it out");
  append(problems, lines_with(file, file.text, places, "names a path of one machine"));
  append(problems, lines_with(file, file.text, registries, "names a package registry"));
  return problems;
}

}  // namespace spillway::style
