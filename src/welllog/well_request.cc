// Understands "show log curves for WELL-001".
#include "welllog/well_request.h"

#include <algorithm>
#include <array>
#include <vector>

#include "welllog/las_text.h"

namespace spillway {
namespace {

constexpr std::size_t content_bytes_max = 500;  // a request is short; a longer text is a talk
constexpr std::size_t name_bytes_max = 100;

constexpr std::array<std::string_view, 15> verbs = {
    "SHOW", "PLOT", "DISPLAY", "DRAW", "VIEW",   "OPEN",      "SEE",      "GIVE",
    "LOAD", "GET",  "BRING",   "PULL", "RENDER", "VISUALIZE", "VISUALISE"};
constexpr std::array<std::string_view, 6> subjects = {"LOG",    "LOGS",     "CURVE",
                                                      "CURVES", "WELL-LOG", "WELL-LOGS"};
constexpr std::array<std::string_view, 5> links = {"FOR", "OF", "FROM", "IN", "ON"};
constexpr std::array<std::string_view, 4> skipped = {"THE", "WELL", "ME", "A"};
constexpr std::array<std::string_view, 9> name_ends = {"AND",  "WITH", "BETWEEN", "PLEASE", "THEN",
                                                       "FROM", "IN",   "OVER",    "NOW"};

template <std::size_t n>
bool is_one_of(std::string_view word, const std::array<std::string_view, n>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct Word {
  std::string upper;  // without punctuation at its end
  std::size_t begin, end;
};

std::vector<Word> words_of(std::string_view content) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t begin = content.find_first_not_of(" \t\r\n", at);
    if (begin == std::string_view::npos) break;
    at = std::min(content.find_first_of(" \t\r\n", begin), content.size());
    std::size_t end = at;
    while (end > begin && std::string_view(".,;:?!").find(content[end - 1]) != std::string::npos) {
      --end;
    }
    words.push_back({upper_ascii(content.substr(begin, end - begin)), begin, end});
  }
  return words;
}

std::optional<std::string> quoted(std::string_view content, std::size_t from) {
  constexpr std::array<std::string_view, 5> opening = {"'", "\"", "`", "‘", "“"};
  constexpr std::array<std::string_view, 5> closing = {"'", "\"", "`", "’", "”"};
  for (std::size_t i = 0; i < opening.size(); ++i) {
    if (!content.substr(from).starts_with(opening[i])) continue;
    const std::size_t begin = from + opening[i].size();
    const std::size_t end = content.find(closing[i], begin);
    if (end == std::string_view::npos || end == begin) return std::nullopt;
    return std::string(content.substr(begin, end - begin));
  }
  return std::nullopt;
}

// The name from word `first` on: up to a word or a comma that cannot be part of one.
std::optional<std::string> name_from(std::string_view content, const std::vector<Word>& words,
                                     std::size_t first) {
  while (first < words.size() && is_one_of(words[first].upper, skipped)) ++first;
  if (first == words.size()) return std::nullopt;
  if (auto name = quoted(content, words[first].begin)) return name;
  std::size_t last = first;
  if (is_one_of(words[last].upper, name_ends)) return std::nullopt;
  while (last + 1 < words.size() && !is_one_of(words[last + 1].upper, name_ends)) {
    const std::size_t end = words[last].end;
    if (end < content.size() && content.find_first_of(",;?!", end) == end) break;
    ++last;
  }
  const std::size_t length = words[last].end - words[first].begin;
  if (length == 0 || length > name_bytes_max) return std::nullopt;
  if (content[words[first].begin] == '\'' || content[words[first].begin] == '"')
    return std::nullopt;
  return std::string(content.substr(words[first].begin, length));
}

// "show me WELL-001 logs": a name before the subject must have a digit, unlike "the sonic logs".
std::optional<std::string> name_before(std::string_view content, const std::vector<Word>& words,
                                       std::size_t verb, std::size_t subject) {
  std::size_t first = verb + 1;
  while (first < subject && is_one_of(words[first].upper, skipped)) ++first;
  if (first >= subject) return std::nullopt;
  if (auto name = quoted(content, words[first].begin)) return name;
  std::size_t last = subject - 1;
  while (last > first && words[last].upper == "WELL") --last;
  std::string name(content.substr(words[first].begin, words[last].end - words[first].begin));
  if (name.find_first_of("0123456789") == std::string::npos) return std::nullopt;
  if (name.ends_with("'s")) name.resize(name.size() - 2);
  return name;
}

}  // namespace

std::optional<std::string> requested_well(std::string_view content) {
  if (content.size() > content_bytes_max) return std::nullopt;
  const std::vector<Word> words = words_of(content);
  const auto is_verb = [](const Word& word) { return is_one_of(word.upper, verbs); };
  const auto is_subject = [](const Word& word) { return is_one_of(word.upper, subjects); };
  const auto subject = std::find_if(words.begin(), words.end(), is_subject);
  const auto verb = std::find_if(words.begin(), subject, is_verb);
  // "The log curves for WELL-001" needs no verb, but a sentence that merely mentions logs does.
  const bool opens = std::all_of(words.begin(), subject,
                                 [](const Word& word) { return is_one_of(word.upper, skipped); });
  if (subject == words.end() || (verb == subject && !opens)) return std::nullopt;
  const auto is_link = [](const Word& word) { return is_one_of(word.upper, links); };
  const auto link = std::find_if(subject, words.end(), is_link);
  if (link != words.end()) {
    return name_from(content, words, static_cast<std::size_t>(link - words.begin()) + 1);
  }
  if (verb == subject) return std::nullopt;
  return name_before(content, words, static_cast<std::size_t>(verb - words.begin()),
                     static_cast<std::size_t>(subject - words.begin()));
}

}  // namespace spillway
