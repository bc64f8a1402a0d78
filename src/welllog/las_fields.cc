// Splits the lines of a data section into fields.
#include "welllog/las_fields.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "welllog/las_number.h"

namespace spillway {
namespace {

constexpr std::size_t delimiter_sample_lines_max = 50;

bool ends_line(char c) { return c == '\n' || c == '\0'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
const char* after_line(const char* at) { return *at == '\n' ? at + 1 : at; }

// How well a delimiter explains the lines: only lines of the right width count (0: of any), numbers
// more.
std::size_t delimiter_score(std::string_view text, std::size_t begin, std::size_t end,
                            std::size_t width, char delimiter) {
  LasFieldReader reader(text.data(), delimiter);
  std::vector<LasField> fields;
  std::size_t score = 0;
  std::size_t lines = 0;
  for (std::size_t at = begin; at < end && lines < delimiter_sample_lines_max;) {
    at = reader.read(at, fields);
    if (fields.empty()) continue;
    ++lines;
    if (width != 0 && fields.size() != width) continue;
    score += 1 + static_cast<std::size_t>(std::count_if(
                     fields.begin(), fields.end(),
                     [](const LasField& field) { return field.kind == LasFieldKind::number; }));
  }
  return score;
}

}  // namespace

void LasFieldReader::add_number(const char* begin, const char* end, double value,
                                std::vector<LasField>& fields) {
  fields.push_back(
      {{static_cast<std::uint32_t>(begin - text_), static_cast<std::uint32_t>(end - begin)},
       value,
       LasFieldKind::number});
}

void LasFieldReader::add(const char* begin, const char* end, std::vector<LasField>& fields) {
  const std::string_view token(begin, static_cast<std::size_t>(end - begin));
  if (const auto number = parse_las_number(token)) {
    decimal_comma_count_ += token.find(',') != std::string_view::npos;
    return add_number(begin, end, *number, fields);
  }
  fields.push_back(
      {{static_cast<std::uint32_t>(begin - text_), static_cast<std::uint32_t>(token.size())},
       0.0,
       token.empty() ? LasFieldKind::absent : LasFieldKind::text});
}

// A text in double quotes may hold delimiters; one that is not closed ends with its line.
const char* LasFieldReader::read_quoted(const char* at, std::vector<LasField>& fields) {
  const char* const begin = at + 1;
  const char* end = begin;
  while (!ends_line(*end) && *end != '"') ++end;
  const bool closed = *end == '"';
  const char* last = end;
  while (!closed && last > begin && is_blank(last[-1])) --last;
  fields.push_back(
      {{static_cast<std::uint32_t>(begin - text_), static_cast<std::uint32_t>(last - begin)},
       0.0,
       last == begin ? LasFieldKind::absent : LasFieldKind::text});
  return closed ? end + 1 : end;
}

const char* LasFieldReader::read_blank_delimited(const char* at, std::vector<LasField>& fields) {
  for (;;) {
    while (is_blank(*at)) ++at;
    if (ends_line(*at)) return after_line(at);
    double value = 0;
    const char* end = scan_plain_decimal(at, value);
    if (end != nullptr && (is_blank(*end) || ends_line(*end))) {
      add_number(at, end, value, fields);
    } else if (*at == '"') {
      end = read_quoted(at, fields);
    } else {
      end = at;
      while (!is_blank(*end) && !ends_line(*end)) ++end;
      add(at, end, fields);
    }
    at = end;
  }
}

const char* LasFieldReader::read_delimited(const char* at, std::vector<LasField>& fields) {
  const auto skip_blanks = [this](const char* from) {
    while (is_blank(*from) && *from != delimiter_) ++from;
    return from;
  };
  at = skip_blanks(at);
  if (ends_line(*at)) return after_line(at);
  for (;;) {
    at = skip_blanks(at);
    double value = 0;
    const char* end = scan_plain_decimal(at, value);
    const char* next = end == nullptr ? at : skip_blanks(end);
    if (end != nullptr && (*next == delimiter_ || ends_line(*next))) {
      add_number(at, end, value, fields);
    } else if (*at == '"') {
      next = read_quoted(at, fields);
      while (*next != delimiter_ && !ends_line(*next)) ++next;
    } else {
      next = at;
      while (*next != delimiter_ && !ends_line(*next)) ++next;
      end = next;
      while (end > at && is_blank(end[-1])) --end;
      add(at, end, fields);
    }
    if (*next != delimiter_) return after_line(next);
    at = next + 1;
  }
}

std::size_t LasFieldReader::read(std::size_t at, std::vector<LasField>& fields) {
  fields.clear();
  const char* line = text_ + at;
  while (*line == ' ') ++line;
  if (*line == '#') {
    while (!ends_line(*line)) ++line;
    return static_cast<std::size_t>(after_line(line) - text_);
  }
  line = delimiter_ == ' ' ? read_blank_delimited(line, fields) : read_delimited(line, fields);
  return static_cast<std::size_t>(line - text_);
}

char detect_las_delimiter(std::string_view text, std::size_t begin, std::size_t end,
                          std::size_t width, char declared) {
  if (declared != 0 && delimiter_score(text, begin, end, width, declared) > 0) return declared;
  // On a tie tabs come first: unlike blanks they keep an empty field in its place.
  constexpr std::array<char, 3> candidates = {'\t', ' ', ','};
  char best = declared == 0 ? ' ' : declared;
  for (const std::size_t wanted : {width, std::size_t{0}}) {
    std::size_t best_score = 0;
    for (const char candidate : candidates) {
      const std::size_t score = delimiter_score(text, begin, end, wanted, candidate);
      if (score > best_score) best = candidate;
      best_score = std::max(best_score, score);
    }
    if (best_score > 0) break;
  }
  return best;
}

bool split_run_on(std::string_view text, LasCell token, std::size_t column,
                  const std::vector<int>& decimals, std::vector<LasField>& fields) {
  const std::string_view spelling = text.substr(token.offset, token.length);
  const auto digits_from = [&](std::size_t from) {
    std::size_t to = from;
    while (to < spelling.size() && is_digit(spelling[to])) ++to;
    return to;
  };
  bool marked = false;
  std::size_t pieces = 0;
  for (std::size_t at = 0; at < spelling.size(); ++pieces, ++column) {
    const std::size_t begin = at;
    if (spelling[at] == '-' || spelling[at] == '+') ++at;
    at = digits_from(at);
    if (at < spelling.size() && spelling[at] == '.') {
      marked = true;
      const std::size_t fraction = ++at;
      at = digits_from(at);
      if (at < spelling.size() && spelling[at] == '.') {
        // Two numbers without anything between: this one has as many decimals as its column.
        const int known = column < decimals.size() ? decimals[column] : -1;
        if (known < 0 || fraction + static_cast<std::size_t>(known) > at) return false;
        at = fraction + static_cast<std::size_t>(known);
      } else if (at + 1 < spelling.size() && std::strchr("eEdD", spelling[at]) != nullptr) {
        at = digits_from(at + 2);
      }
    }
    const auto value = parse_las_number(spelling.substr(begin, at - begin));
    if (!value) return false;
    fields.push_back(
        {{token.offset + static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at - begin)},
         *value,
         LasFieldKind::number});
  }
  return marked && pieces > 1;
}

}  // namespace spillway
