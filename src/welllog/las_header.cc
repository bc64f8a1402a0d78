// The sections of a LAS file and the lines of their headers.
#include "welllog/las_header.h"

#include <algorithm>

#include "welllog/las_text.h"

namespace spillway {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// "~Log_Data[1] | Log_Definition[1]" and "~A  DEPTH  DT": LAS 3 names sections in full, with a
// suffix for their kind; before, only the first letter counts.
void classify(LasRawSection& section) {
  const std::string upper = upper_ascii(section.title);
  const std::size_t bar = upper.find('|');
  if (bar != std::string::npos) section.association = trim(std::string_view(upper).substr(bar + 1));
  section.name = upper.substr(0, upper.find_first_of(" \t|"));
  const std::string_view plain = std::string_view(section.name).substr(0, section.name.find('['));
  if (plain.ends_with("_DATA")) {
    section.kind = LasSectionKind::data;
  } else if (plain == "LOG_DEFINITION") {
    section.kind = LasSectionKind::curve;
  } else if (plain == "LOG_PARAMETER") {
    section.kind = LasSectionKind::parameter;
  } else if (plain.ends_with("_DEFINITION") || plain.ends_with("_PARAMETER")) {
    section.kind = LasSectionKind::other;
  } else if (!plain.empty()) {
    switch (plain.front()) {
      case 'V': section.kind = LasSectionKind::version; break;
      case 'W': section.kind = LasSectionKind::well; break;
      case 'C': section.kind = LasSectionKind::curve; break;
      case 'P': section.kind = LasSectionKind::parameter; break;
      case 'A': section.kind = LasSectionKind::data; break;
      default: break;
    }
  }
}

// A unit may hold colons only as a time format ("hh:mm:ss").
bool is_time_format(std::string_view unit) {
  return !unit.ends_with(':') && unit.find_first_not_of("HhMmSsDdYy:/-") == std::string_view::npos;
}

bool is_separator(std::string_view rest, std::size_t colon) {
  const bool blank_before = colon == 0 || is_blank(rest[colon - 1]);
  const bool blank_after = colon + 1 == rest.size() || is_blank(rest[colon + 1]);
  return blank_before || blank_after;
}

// The colon between value and description. A time in the value ("20:01:31") or in the description
// ("{HH:mm}") has colons too, so neither the first nor the last is right: one beside a blank is.
std::size_t find_separator(std::string_view rest) {
  for (std::size_t at = rest.find(':'); at != std::string_view::npos; at = rest.find(':', at + 1)) {
    if (is_separator(rest, at)) return at;
  }
  return rest.rfind(':');
}

LasHeader bare_curve(std::string_view line, std::uint64_t number) {
  LasHeader header;
  const std::size_t colon = std::min(line.find(':'), line.size());
  header.mnemonic = trim(line.substr(0, colon));
  if (colon < line.size()) header.description = trim(line.substr(colon + 1));
  header.line = number;
  return header;
}

void set_description(LasHeader& header, std::string_view description) {
  const std::size_t open = description.rfind('{');
  const std::size_t close = open == std::string_view::npos ? open : description.find('}', open);
  header.description = trim(description);
  if (close == std::string_view::npos) return;
  // Only a format at the end of the line, or before the association, is one.
  const std::string_view after = trim(description.substr(close + 1));
  if (!after.empty() && after.front() != '|') return;
  header.format = trim(description.substr(open + 1, close - open - 1));
  header.description = trim(description.substr(0, open));
}

}  // namespace

Result<std::vector<LasRawSection>> split_las_sections(std::string_view text,
                                                      std::vector<LasDiagnostic>& diagnostics) {
  std::vector<LasRawSection> sections;
  std::size_t counted = 0;
  std::uint64_t line = 1;
  for (std::size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && is_blank(text[begin - 1])) --begin;
    if (begin > 0 && text[begin - 1] != '\n') continue;
    if (sections.size() == las_sections_max) {
      return make_error(Code::too_large, "las.parse", "line " + std::to_string(line),
                        "more than " + std::to_string(las_sections_max) + " sections");
    }
    line += static_cast<std::uint64_t>(
        std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                   text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    counted = at;
    if (!sections.empty()) sections.back().end = begin;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    LasRawSection section;
    section.title = trim(text.substr(at + 1, end - at - 1));
    section.line = line;
    section.begin = std::min(end + 1, text.size());
    section.end = text.size();
    classify(section);
    if (sections.empty() && begin > 0) {
      const std::size_t first = text.find_first_not_of(" \t\r\n");
      if (first < begin && text[first] != '#') {
        diagnostics.push_back(
            {1, LasSeverity::warning, "text before the first section is ignored"});
      }
    }
    sections.push_back(std::move(section));
    at = end - 1;
  }
  if (sections.empty()) return las_error(1, "no section (a line that starts with ~): no LAS file");
  return sections;
}

std::optional<LasHeader> parse_las_header_line(std::string_view line, std::uint64_t number) {
  const std::size_t dot = line.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  LasHeader header;
  header.line = number;
  header.mnemonic = trim(line.substr(0, dot));
  std::string_view rest = line.substr(dot + 1);
  std::size_t unit_end = 0;
  while (unit_end < rest.size() && !is_blank(rest[unit_end])) ++unit_end;
  const std::size_t colon = rest.find(':');
  if (colon < unit_end && !(is_time_format(rest.substr(0, unit_end)) &&
                            rest.find(':', unit_end) != std::string_view::npos)) {
    unit_end = colon;
  }
  header.unit = rest.substr(0, unit_end);
  rest.remove_prefix(unit_end);
  const std::size_t separator = find_separator(rest);
  if (separator == std::string_view::npos) {
    header.value = trim(rest);
    return header;
  }
  header.value = trim(rest.substr(0, separator));
  set_description(header, rest.substr(separator + 1));
  return header;
}

void swap_las12_well_header(LasHeader& header) {
  const std::string mnemonic = upper_ascii(header.mnemonic);
  if (mnemonic == "STRT" || mnemonic == "STOP" || mnemonic == "STEP" || mnemonic == "NULL") return;
  // Files that declare 1.2 and keep the order of 2.0 have the label after the colon.
  const std::string after = upper_ascii(header.description);
  const bool label_after = after == mnemonic || after == "WELL NAME" || after == "COMPANY" ||
                           after == "FIELD" || after == "LOCATION" || after == "SERVICE COMPANY" ||
                           after == "UNIQUE WELL ID" || after == "LOG DATE";
  if (label_after && !header.value.empty()) return;
  std::swap(header.value, header.description);
}

Result<LasSection> read_las_section(std::string_view text, const LasRawSection& raw) {
  LasSection section;
  section.title = raw.title;
  section.line = raw.line;
  std::uint64_t number = raw.line;
  // ~Other is prose, whatever dots it has.
  const bool prose = raw.kind == LasSectionKind::other && raw.name.starts_with('O');
  for (std::size_t at = raw.begin; at < raw.end;) {
    const std::size_t end = std::min(text.find('\n', at), raw.end);
    const std::string_view line = trim(text.substr(at, end - at));
    at = end + 1;
    ++number;
    if (line.empty() || line.front() == '#') continue;
    auto header = prose ? std::nullopt : parse_las_header_line(line, number);
    // A line of ~Curve always stands for a column, else every later column would shift.
    if (!header && raw.kind == LasSectionKind::curve) header = bare_curve(line, number);
    if (!header) {
      section.text.append(line).append("\n");
    } else if (section.headers.size() == las_header_lines_max) {
      return make_error(Code::too_large, "las.parse", "line " + std::to_string(number),
                        "more than " + std::to_string(las_header_lines_max) + " header lines");
    } else {
      section.headers.push_back(std::move(*header));
    }
  }
  return section;
}

}  // namespace spillway
