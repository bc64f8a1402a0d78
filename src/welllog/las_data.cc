// Reads one data section into a table.
#include "welllog/las_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "welllog/las_fields.h"
#include "welllog/las_number.h"
#include "welllog/las_text.h"

namespace spillway {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t unreadable_shown_max = 20;  // per column
constexpr std::size_t clean_row_search_lines_max = 1'000;

struct Unreadable {
  std::size_t count = 0;
  std::vector<LasDiagnostic> shown;
};

class TableReader {
 public:
  TableReader(std::string_view text, const LasRawSection& raw, const LasDataRules& rules,
              LasTable& table, LasFieldReader fields, LasDiagnosticList& diagnostics)
      : text_(text),
        raw_(raw),
        rules_(rules),
        table_(table),
        reader_(fields),
        diagnostics_(diagnostics),
        line_(raw.line),
        wrapped_(rules.wrapped) {}

  Result<void> read();

 private:
  void look_at_first_lines();
  void reserve();
  Result<void> take_line();
  Result<void> take_wrapped_line();
  bool starts_row();
  Result<void> finish_row(std::vector<LasField>& row, std::uint64_t line);
  void repair_run_on(std::vector<LasField>& row, std::uint64_t line);
  std::vector<int> clean_row_decimals();
  void report_extra(const std::vector<LasField>& row, std::uint64_t line);
  Result<void> store(const std::vector<LasField>& row);
  void note_unreadable(std::size_t column, const LasField& field);
  void finish_columns();
  std::size_t width() const { return table_.curves.size(); }
  std::string_view spelling(LasCell cell) const { return text_.substr(cell.offset, cell.length); }

  std::string_view text_;
  const LasRawSection& raw_;
  const LasDataRules& rules_;
  LasTable& table_;
  LasFieldReader reader_;
  LasDiagnosticList& diagnostics_;
  std::size_t at_ = 0;
  std::uint64_t line_;
  bool wrapped_;
  bool index_alone_ = false;  // wrapped rows start with a line of the index only
  std::vector<LasField> fields_;
  std::vector<LasField> row_;  // of a wrapped row so far
  std::uint64_t row_line_ = 0;
  std::vector<Unreadable> unreadable_;
  std::size_t absent_cells_ = 0;
  std::size_t last_clean_row_ = std::numeric_limits<std::size_t>::max();
  std::size_t null_words_ = 0;
  std::uint64_t null_word_line_ = 0;
  std::uint64_t decimal_comma_line_ = 0;
};

// The first two lines tell what the header may have kept quiet: more columns, or wrapped rows.
void TableReader::look_at_first_lines() {
  std::array<std::size_t, 2> counts = {0, 0};
  std::size_t found = 0;
  bool index_first = false;
  for (std::size_t at = raw_.begin; at < raw_.end && found < counts.size();) {
    at = reader_.read(at, fields_);
    while (!fields_.empty() && fields_.back().kind == LasFieldKind::absent) fields_.pop_back();
    if (fields_.empty()) continue;
    if (found == 0) index_first = fields_.front().kind == LasFieldKind::number;
    counts[found++] = fields_.size();
  }
  if (!wrapped_ && index_first && counts[0] == 1 && width() > 2 && counts[1] > 1 &&
      counts[1] < width()) {
    wrapped_ = true;
    diagnostics_.warn(raw_.line, "rows are wrapped though WRAP does not say YES");
  }
  index_alone_ = wrapped_ && counts[0] == 1 && counts[1] > 1;
  if (wrapped_ || counts[0] <= width() || counts[0] > las_columns_max) return;
  diagnostics_.warn(raw_.line, "rows have " + std::to_string(counts[0]) + " values for " +
                                   std::to_string(width()) +
                                   " curves; the further columns are named UNKNOWN");
  for (std::size_t number = 1; width() < counts[0]; ++number) {
    LasCurve curve;
    curve.mnemonic = "UNKNOWN:" + std::to_string(number);
    const bool taken = std::any_of(table_.curves.begin(), table_.curves.end(),
                                   [&](const auto& c) { return c.mnemonic == curve.mnemonic; });
    if (!taken) table_.curves.push_back(std::move(curve));
  }
}

// A full row takes at least two bytes a value, so a small file cannot reserve much.
void TableReader::reserve() {
  const auto begin = text_.begin() + static_cast<std::ptrdiff_t>(raw_.begin);
  const auto end = text_.begin() + static_cast<std::ptrdiff_t>(raw_.end);
  const auto lines = static_cast<std::size_t>(std::count(begin, end, '\n')) + 1;
  const std::size_t rows =
      std::min({lines, (raw_.end - raw_.begin) / (2 * width()) + 1, las_cells_max / width() + 1});
  table_.cells.reserve(rows * width());
  for (auto& curve : table_.curves) curve.values.reserve(rows);
}

Result<void> TableReader::read() {
  look_at_first_lines();
  reserve();
  unreadable_.resize(width());
  for (at_ = raw_.begin; at_ < raw_.end;) {
    const std::size_t commas = reader_.decimal_comma_count();
    at_ = reader_.read(at_, fields_);
    ++line_;
    if (fields_.empty()) continue;
    if (decimal_comma_line_ == 0 && reader_.decimal_comma_count() > commas) {
      decimal_comma_line_ = line_;
    }
    SPILLWAY_TRY(wrapped_ ? take_wrapped_line() : take_line());
  }
  if (!row_.empty()) {
    SPILLWAY_TRY(finish_row(row_, row_line_));
  }
  finish_columns();
  return ok();
}

Result<void> TableReader::take_line() {
  if (fields_.size() == width()) {
    last_clean_row_ = table_.row_count;
    return store(fields_);
  }
  return finish_row(fields_, line_);
}

// Where the index stands alone on its line, such a line in the midst of a row starts the next one.
// It may be the row's last value too: then the line after it is an index.
bool TableReader::starts_row() {
  if (!index_alone_ || fields_.size() != 1) return false;
  if (row_.size() + 1 < width()) return true;
  LasFieldReader ahead = reader_;
  std::vector<LasField> next;
  for (std::size_t at = at_; at < raw_.end && next.empty();) at = ahead.read(at, next);
  return next.size() > 1;
}

Result<void> TableReader::take_wrapped_line() {
  if (!row_.empty() && starts_row()) {
    SPILLWAY_TRY(finish_row(row_, row_line_));
    row_.clear();
  }
  if (row_.empty()) row_line_ = line_;
  for (const auto& field : fields_) {
    // Without knowing how many values the line should have, only a sign between numbers is sure.
    const std::size_t before = row_.size();
    if (field.kind == LasFieldKind::text && split_run_on(text_, field.cell, before, {}, row_)) {
      diagnostics_.warn(line_, "numbers without a blank between them were split");
      continue;
    }
    row_.resize(before, field);  // drops the pieces of a split that failed
    row_.push_back(field);
  }
  if (row_.size() < width()) return ok();
  last_clean_row_ = table_.row_count;
  if (row_.size() == width()) {
    SPILLWAY_TRY(store(row_));
  } else {
    SPILLWAY_TRY(finish_row(row_, row_line_));
  }
  row_.clear();
  return ok();
}

// A row of the wrong length: repaired if that is certain, else filled up or cut, and reported.
Result<void> TableReader::finish_row(std::vector<LasField>& row, std::uint64_t line) {
  if (row.size() < width() && reader_.delimiter() == ' ') repair_run_on(row, line);
  if (row.size() < width()) {
    diagnostics_.warn(line, "the row has " + std::to_string(row.size()) + " of " +
                                std::to_string(width()) + " values");
    absent_cells_ += width() - row.size();
    if (absent_cells_ > las_absent_cells_max) {
      return make_error(
          Code::too_large, "las.parse", "line " + std::to_string(line),
          "short rows leave out more than " + std::to_string(las_absent_cells_max) + " values");
    }
    row.resize(width(), {{}, nan, LasFieldKind::absent});
  }
  if (row.size() > width()) {
    report_extra(row, line);
    row.resize(width(), {{}, nan, LasFieldKind::absent});
  }
  return store(row);
}

void TableReader::report_extra(const std::vector<LasField>& row, std::uint64_t line) {
  std::string extra;
  for (std::size_t i = width(); i < row.size() && extra.size() < 100; ++i) {
    if (row[i].kind != LasFieldKind::absent) extra.append(" ").append(spelling(row[i].cell));
  }
  if (extra.empty()) return;  // a delimiter at the end of the line
  diagnostics_.warn(line, "the row has " + std::to_string(row.size()) + " values for " +
                              std::to_string(width()) + " curves; left out:" + excerpt(extra));
}

void TableReader::repair_run_on(std::vector<LasField>& row, std::uint64_t line) {
  const std::vector<int> decimals = clean_row_decimals();
  std::vector<LasField> repaired;
  for (const auto& field : row) {
    const std::size_t column = repaired.size();
    if (field.kind == LasFieldKind::text &&
        split_run_on(text_, field.cell, column, decimals, repaired)) {
      continue;
    }
    repaired.resize(column, field);  // drops the pieces of a split that failed
    repaired.push_back(field);
  }
  if (repaired.size() != width()) return;
  row = std::move(repaired);
  diagnostics_.warn(line, "numbers without a blank between them were split");
}

// Decimals of each column in the last row of full length, or else in the first one to come.
std::vector<int> TableReader::clean_row_decimals() {
  std::vector<int> decimals;
  if (last_clean_row_ < table_.row_count) {
    for (std::size_t column = 0; column < width(); ++column) {
      decimals.push_back(decimals_of(spelling(table_.cells[last_clean_row_ * width() + column])));
    }
    return decimals;
  }
  std::vector<LasField> fields;
  LasFieldReader ahead = reader_;
  std::size_t at = at_;
  for (std::size_t i = 0; i < clean_row_search_lines_max && at < raw_.end; ++i) {
    at = ahead.read(at, fields);
    if (fields.size() != width()) continue;
    for (const auto& field : fields) decimals.push_back(decimals_of(spelling(field.cell)));
    return decimals;
  }
  return decimals;
}

Result<void> TableReader::store(const std::vector<LasField>& row) {
  const std::size_t columns = width();
  if (table_.cells.size() + columns > las_cells_max) {
    return make_error(Code::too_large, "las.parse", "line " + std::to_string(line_),
                      "more than " + std::to_string(las_cells_max) + " values");
  }
  const double null = rules_.null.value_or(nan);
  for (std::size_t column = 0; column < columns; ++column) {
    const LasField& field = row[column];
    table_.cells.push_back(field.cell);
    LasCurve& curve = table_.curves[column];
    double value = field.value;
    if (field.kind != LasFieldKind::number) {
      note_unreadable(column, field);
      value = nan;
    } else if (value == null && column > 0) {
      // The index has no nulls: where NULL is 0, a log may still start at 0.
      ++curve.null_count;
      value = nan;
    }
    curve.values.push_back(value);
  }
  ++table_.row_count;
  return ok();
}

void TableReader::note_unreadable(std::size_t column, const LasField& field) {
  const std::string_view text = spelling(field.cell);
  if (field.kind == LasFieldKind::absent || text == rules_.null_text || is_las_null_word(text)) {
    ++table_.curves[column].null_count;
    if (field.kind == LasFieldKind::text && text != rules_.null_text && null_words_++ == 0) {
      null_word_line_ = line_;
    }
    return;
  }
  Unreadable& unreadable = unreadable_[column];
  if (++unreadable.count <= unreadable_shown_max) {
    unreadable.shown.push_back({line_, LasSeverity::warning,
                                table_.curves[column].mnemonic + ": \"" + excerpt(text) +
                                    "\" is no number and taken as null"});
  }
}

// A column is text when its format says so or when most of it is; else stray text is a null.
void TableReader::finish_columns() {
  for (std::size_t column = 0; column < width(); ++column) {
    LasCurve& curve = table_.curves[column];
    Unreadable& unreadable = unreadable_[column];
    const std::size_t numbers = table_.row_count - curve.null_count - unreadable.count;
    const bool declared = curve.format.starts_with('S') || curve.format.starts_with('A');
    curve.is_text = unreadable.count > numbers || (declared && table_.row_count > 0);
    if (curve.is_text) {
      curve.values = {};
      continue;
    }
    curve.null_count += unreadable.count;
    for (auto& diagnostic : unreadable.shown) diagnostics_.add(std::move(diagnostic));
    if (unreadable.count > unreadable.shown.size()) {
      diagnostics_.warn(0, curve.mnemonic + ": " +
                               std::to_string(unreadable.count - unreadable.shown.size()) +
                               " more values that are no numbers");
    }
  }
  if (null_words_ > 0) {
    diagnostics_.warn(
        null_word_line_,
        std::to_string(null_words_) + " values are words for null (such as NaN), the first here");
  }
  if (decimal_comma_line_ > 0) {
    diagnostics_.warn(decimal_comma_line_,
                      "numbers with a decimal comma, the first here, are read as such");
  }
}

}  // namespace

void LasDiagnosticList::add(LasDiagnostic diagnostic) {
  if (list_.size() + 1 < las_diagnostics_max) {
    list_.push_back(std::move(diagnostic));
  } else {
    ++dropped_;
  }
}

std::vector<LasDiagnostic> LasDiagnosticList::take() {
  std::stable_sort(list_.begin(), list_.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  if (dropped_ > 0) {
    list_.push_back({0, LasSeverity::warning, std::to_string(dropped_) + " more diagnostics"});
  }
  return std::move(list_);
}

bool is_las_null_word(std::string_view text) {
  static constexpr std::array<std::string_view, 12> words = {
      "NAN", "NULL", "(NULL)",  "N/A",     "NA",     "#N/A",
      "-",   "NONE", "1.#QNAN", "-1.#IND", "1.#INF", "-1.#INF"};
  if (text.size() > 8) return false;
  return std::find(words.begin(), words.end(), upper_ascii(text)) != words.end();
}

std::vector<LasCurve> las_curves_of(const std::vector<LasHeader>& definition) {
  std::map<std::string, std::size_t> uses;
  const auto name_of = [](const LasHeader& header) {
    return header.mnemonic.empty() ? std::string("UNKNOWN") : header.mnemonic;
  };
  for (const auto& header : definition) ++uses[name_of(header)];
  std::set<std::string> taken;
  for (const auto& [name, count] : uses) {
    if (count == 1) taken.insert(name);
  }
  std::map<std::string, std::size_t> numbers;
  std::vector<LasCurve> curves;
  for (const auto& header : definition) {
    LasCurve curve;
    curve.mnemonic = name_of(header);
    if (uses[curve.mnemonic] > 1) {
      std::size_t& number = numbers[name_of(header)];
      do {
        curve.mnemonic = name_of(header) + ":" + std::to_string(++number);
      } while (!taken.insert(curve.mnemonic).second);
    }
    curve.unit = header.unit;
    curve.description = header.description;
    curve.format = header.format;
    curves.push_back(std::move(curve));
  }
  return curves;
}

Result<LasTable> read_las_table(std::string_view text, const LasRawSection& raw,
                                std::vector<LasCurve> curves, const LasDataRules& rules,
                                LasDiagnosticList& diagnostics, char& delimiter_used) {
  LasTable table;
  table.title = raw.title;
  table.line = raw.line;
  table.curves = std::move(curves);
  delimiter_used = rules.wrapped ? (rules.delimiter == 0 ? ' ' : rules.delimiter)
                                 : detect_las_delimiter(text, raw.begin, raw.end,
                                                        table.curves.size(), rules.delimiter);
  if (rules.delimiter != 0 && delimiter_used != rules.delimiter) {
    diagnostics.warn(raw.line, "the data are not delimited as DLM declares");
  }
  TableReader reader(text, raw, rules, table, LasFieldReader(text.data(), delimiter_used),
                     diagnostics);
  SPILLWAY_TRY(reader.read());
  return table;
}

}  // namespace spillway
