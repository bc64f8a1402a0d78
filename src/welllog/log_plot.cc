// Turns a LAS file into the log plot artifact of chat messages and of the viewer.
#include "welllog/log_plot.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/json_text.h"
#include "welllog/las_number.h"
#include "welllog/las_text.h"
#include "welllog/log_layout.h"

namespace spillway {
namespace {

// Longer integers get a ".0": parsers that keep integers in 64 bits refuse them otherwise.
constexpr std::size_t integer_digits_max = 18;
// What a caption can hold; the answer of an import has all of them.
constexpr std::size_t warnings_max = 20;
constexpr std::size_t warning_bytes_max = 240;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 8259 section 6, for the plain decimals that logs are made of; others go the long way.
bool is_plain_json_number(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-';
  const std::size_t whole = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return false;
  if (at == text.size()) return at - whole <= integer_digits_max;
  if (text[at] != '.') return false;
  const std::size_t fraction = ++at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at == text.size() && at > fraction;
}

void append_double(std::string& out, double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::general, 12)
                       .ptr;
  out.append(buffer.data(), end);
}

class Writer {
 public:
  explicit Writer(const LasFile& las) : las_(las) {
    out_.reserve(las.source.size() + las.log.curves.size() * 256 + 1024);
  }

  std::string write(std::string_view well_name) {
    out_ += R"({"type":"logPlotViewer","messageContentType":"log_plot_viewer","wellName":)";
    append_json_string(out_, well_name);
    if (las_.synthetic) out_ += R"(,"synthetic":true)";
    tracks();
    log_data();
    index_and_units();
    tops();
    warnings();
    summary();
    out_ += '}';
    return std::move(out_);
  }

 private:
  void cell(const LasTable& table, std::size_t row, std::size_t column);
  void tracks();
  void curve(const PlotCurve& plot);
  void log_data();
  void index_and_units();
  void tops();
  void tops_of(const LasTable& table, bool& first);
  void warnings();
  void summary();
  void step();
  const LasCurve& column(std::size_t i) const { return las_.log.curves[i]; }

  const LasFile& las_;
  std::string out_;
};

void Writer::cell(const LasTable& table, std::size_t row, std::size_t column) {
  const std::string_view text = las_.text(table, row, column);
  if (las_.is_null(table, row, column)) {
    out_ += "null";
  } else if (table.curves[column].is_text) {
    append_json_string(out_, text);
  } else if (is_plain_json_number(text)) {
    out_ += text;
  } else {
    out_ += json_number(text);
  }
}

void Writer::curve(const PlotCurve& plot) {
  out_ += R"({"mnemonic":)";
  append_json_string(out_, column(plot.column).mnemonic);
  out_ += R"(,"unit":)";
  append_json_string(out_, column(plot.column).unit);
  out_ += R"(,"min":)";
  append_double(out_, plot.min);
  out_ += R"(,"max":)";
  append_double(out_, plot.max);
  out_ += plot.logarithmic ? R"(,"scale":"log","color":)" : R"(,"scale":"linear","color":)";
  append_json_string(out_, plot.color);
  out_ += plot.fill_left ? R"(,"fill":"left"})" : R"(,"fill":null})";
}

void Writer::tracks() {
  out_ += R"(,"tracks":[)";
  bool first = true;
  for (const auto& track : default_tracks(las_.log)) {
    out_ += first ? R"({"title":)" : R"(,{"title":)";
    first = false;
    append_json_string(out_, track.title);
    out_ += R"(,"curves":[)";
    for (std::size_t i = 0; i < track.curves.size(); ++i) {
      if (i > 0) out_ += ',';
      curve(track.curves[i]);
    }
    out_ += R"(],"crossover":)";
    if (track.crossover) {
      out_ += R"({"left":)";
      append_json_string(out_, column(track.crossover->first).mnemonic);
      out_ += R"(,"right":)";
      append_json_string(out_, column(track.crossover->second).mnemonic);
      out_ += "}}";
    } else {
      out_ += "null}";
    }
  }
  out_ += ']';
}

void Writer::log_data() {
  out_ += R"(,"logData":{)";
  for (std::size_t i = 0; i < las_.log.curves.size(); ++i) {
    if (i > 0) out_ += ',';
    append_json_string(out_, column(i).mnemonic);
    out_ += ":[";
    for (std::size_t row = 0; row < las_.log.row_count; ++row) {
      if (row > 0) out_ += ',';
      cell(las_.log, row, i);
    }
    out_ += ']';
  }
  out_ += '}';
}

void Writer::index_and_units() {
  out_ += R"(,"index":{"mnemonic":)";
  append_json_string(out_, column(0).mnemonic);
  out_ += R"(,"unit":)";
  append_json_string(out_, column(0).unit);
  out_ += R"(},"units":{)";
  for (std::size_t i = 0; i < las_.log.curves.size(); ++i) {
    if (i > 0) out_ += ',';
    append_json_string(out_, column(i).mnemonic);
    out_ += ':';
    append_json_string(out_, column(i).unit);
  }
  out_ += '}';
}

// LAS 3 has the columns TOPN and TOPT (CWLS LAS 3.0, "Tops data"); others use plainer names.
std::optional<std::size_t> find_column(const LasTable& table,
                                       std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    for (std::size_t i = 0; i < table.curves.size(); ++i) {
      if (upper_ascii(table.curves[i].mnemonic) == name) return i;
    }
  }
  return std::nullopt;
}

void Writer::tops_of(const LasTable& table, bool& first) {
  const auto name = find_column(table, {"TOPN", "NAME", "TOPS", "SURFACE", "FORMATION"});
  const auto depth = find_column(table, {"TOPT", "TOPD", "TOP", "DEPTH", "DEPT", "MD"});
  if (!name || !depth || table.curves[*depth].is_text) return;
  for (std::size_t row = 0; row < table.row_count; ++row) {
    if (las_.is_null(table, row, *name) || las_.is_null(table, row, *depth)) continue;
    out_ += first ? R"(,"tops":[{"name":)" : R"(,{"name":)";
    first = false;
    append_json_string(out_, las_.text(table, row, *name));
    out_ += R"(,"depth":)";
    cell(table, row, *depth);
    out_ += '}';
  }
}

void Writer::tops() {
  bool first = true;
  for (const auto& table : las_.tables) {
    if (upper_ascii(table.title).starts_with("TOPS")) tops_of(table, first);
  }
  if (!first) out_ += ']';
}

void Writer::warnings() {
  std::size_t count = 0;
  for (const auto& diagnostic : las_.diagnostics) {
    if (diagnostic.severity != LasSeverity::warning || ++count > warnings_max) continue;
    out_ += count == 1 ? R"(,"warnings":[)" : ",";
    const std::string line =
        diagnostic.line > 0 ? "line " + std::to_string(diagnostic.line) + ": " : "";
    append_json_string(out_, line + excerpt(diagnostic.text, warning_bytes_max));
  }
  if (count > warnings_max) {
    append_json_string(out_ += ',', "and " + std::to_string(count - warnings_max) + " more");
  }
  if (count > 0) out_ += ']';
}

// The step as declared if the data agree, so that 0.152 does not become 0.15200000000000002.
void Writer::step() {
  const LasHeader* declared = las_.header('W', "STEP");
  const auto value = declared == nullptr ? std::nullopt : parse_las_number(declared->value);
  if (value && std::abs(*value - las_.index.step) <= 1e-4 * std::abs(las_.index.step)) {
    out_ += json_number(declared->value);
  } else {
    append_double(out_, las_.index.step);
  }
}

void Writer::summary() {
  const std::size_t rows = las_.log.row_count;
  out_ += R"(,"summary":{"totalDataPoints":)" + std::to_string(rows);
  out_ += R"(,"curveCount":)" + std::to_string(las_.log.curves.size() - 1) + R"(,"startDepth":)";
  rows == 0 ? void(out_ += "null") : cell(las_.log, 0, 0);
  out_ += R"(,"stopDepth":)";
  rows == 0 ? void(out_ += "null") : cell(las_.log, rows - 1, 0);
  out_ += R"(,"step":)";
  step();
  out_ += '}';
}

}  // namespace

std::string json_number(std::string_view spelling) {
  if (!parse_las_number(spelling)) return {};
  std::string number;
  std::size_t at = spelling[0] == '-' || spelling[0] == '+';
  if (spelling[0] == '-') number += '-';
  while (at + 1 < spelling.size() && spelling[at] == '0' && is_digit(spelling[at + 1])) ++at;
  if (!is_digit(spelling[at])) number += '0';
  for (; at < spelling.size(); ++at) {
    const char c = spelling[at];
    if (c == '.' || c == ',') {
      const bool decimals = at + 1 < spelling.size() && is_digit(spelling[at + 1]);
      if (decimals) number += '.';
    } else {
      number += c == 'd' || c == 'D' ? 'E' : c;
    }
  }
  const bool integer = number.find_first_not_of("-0123456789") == std::string::npos;
  if (integer && number.size() > integer_digits_max + number.starts_with('-')) number += ".0";
  return number;
}

std::string log_plot_json(const LasFile& las, std::string_view well_name_if_unnamed) {
  return Writer(las).write(las.well_name.empty() ? well_name_if_unnamed
                                                 : std::string_view(las.well_name));
}

}  // namespace spillway
