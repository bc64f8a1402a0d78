// Reads well logs: puts sections, headers, data and checks together.
#include "welllog/las.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "welllog/las_check.h"
#include "welllog/las_data.h"
#include "welllog/las_header.h"
#include "welllog/las_number.h"
#include "welllog/las_text.h"

namespace spillway {
namespace {

class FileReader {
 public:
  explicit FileReader(LasFile& file) : file_(file) {}
  Result<void> read(std::string_view bytes);

 private:
  Result<void> read_headers();
  void read_version();
  void read_well();
  Result<void> read_tables();
  Result<void> read_table(const LasRawSection& raw);
  Result<void> read_log(const LasRawSection& raw, const LasSection* definition);
  Result<std::vector<LasCurve>> log_curves(const LasRawSection& raw, const LasSection* definition);
  const LasSection* definition_of(const LasRawSection& raw) const;
  bool is_log(const LasRawSection& raw) const;

  LasFile& file_;
  std::vector<LasRawSection> raw_;
  std::vector<LasSection> sections_;  // as raw_; those of data are empty
  LasDataRules rules_;
  LasDiagnosticList diagnostics_;
  bool log_found_ = false;
};

Result<void> FileReader::read(std::string_view bytes) {
  std::string_view encoding;
  SPILLWAY_TRY(file_.source, las_text_to_utf8(bytes, encoding));
  std::vector<LasDiagnostic> first;
  if (encoding != "UTF-8") {
    first.push_back({0, LasSeverity::info, "the text is read as " + std::string(encoding)});
  }
  SPILLWAY_TRY(raw_, split_las_sections(file_.source, first));
  diagnostics_ = LasDiagnosticList(std::move(first));
  SPILLWAY_TRY(read_headers());
  read_version();
  read_well();
  SPILLWAY_TRY(read_tables());
  for (std::size_t i = 0; i < raw_.size(); ++i) {
    if (raw_[i].kind != LasSectionKind::data) file_.sections.push_back(std::move(sections_[i]));
  }
  file_.index = index_of(file_);
  check_las_data(file_, diagnostics_);
  file_.diagnostics = diagnostics_.take();
  return ok();
}

Result<void> FileReader::read_headers() {
  for (const auto& raw : raw_) {
    LasSection section;
    section.title = raw.title;
    if (raw.kind != LasSectionKind::data) {
      SPILLWAY_TRY(section, read_las_section(file_.source, raw));
    }
    if (section.headers.size() > las_columns_max && raw.kind == LasSectionKind::curve) {
      return make_error(Code::too_large, "las.parse", "line " + std::to_string(raw.line),
                        "more than " + std::to_string(las_columns_max) + " curves");
    }
    sections_.push_back(std::move(section));
  }
  return ok();
}

void FileReader::read_version() {
  for (std::size_t i = 0; i < raw_.size(); ++i) {
    if (raw_[i].kind != LasSectionKind::version) continue;
    for (const auto& header : sections_[i].headers) {
      const std::string mnemonic = upper_ascii(header.mnemonic);
      const std::string value = upper_ascii(header.value);
      if (mnemonic == "VERS") file_.version = header.value;
      if (mnemonic == "WRAP") file_.wrapped = value == "YES";
      if (mnemonic != "DLM") continue;
      if (value == "COMMA") rules_.delimiter = ',';
      if (value == "TAB") rules_.delimiter = '\t';
      if (value == "SPACE") rules_.delimiter = ' ';
    }
  }
  if (file_.version.empty()) {
    file_.version = "2.0";
    diagnostics_.warn(raw_.front().line, "no VERS in a ~Version section; read as LAS 2.0");
  }
  rules_.wrapped = file_.wrapped;
}

void FileReader::read_well() {
  const bool swapped = parse_las_number(file_.version).value_or(2.0) < 2.0;
  std::uint64_t null_line = 0;
  for (std::size_t i = 0; i < raw_.size(); ++i) {
    if (raw_[i].kind != LasSectionKind::well) continue;
    for (auto& header : sections_[i].headers) {
      if (swapped) swap_las12_well_header(header);
      const std::string mnemonic = upper_ascii(header.mnemonic);
      if (mnemonic == "WELL" && file_.well_name.empty()) file_.well_name = header.value;
      if (mnemonic == "COMP") {
        file_.synthetic = upper_ascii(header.value).find("SYNTHETIC") != std::string::npos;
      }
      if (mnemonic != "NULL") continue;
      file_.null_value = header.value;
      null_line = header.line;
    }
  }
  rules_.null_text = file_.null_value;
  rules_.null = parse_las_number(file_.null_value);
  if (file_.null_value.empty()) {
    diagnostics_.warn(0, "the file declares no NULL");
  } else if (!rules_.null && !is_las_null_word(file_.null_value)) {
    diagnostics_.warn(null_line, "NULL \"" + excerpt(file_.null_value) + "\" is no number");
  }
}

bool FileReader::is_log(const LasRawSection& raw) const {
  return !raw.name.ends_with("]") ? !raw.name.ends_with("_DATA") || raw.name == "LOG_DATA"
                                  : raw.name.starts_with("LOG_DATA[");
}

// The definition is named after '|', or by the section's own name; ~Curve defines the log.
const LasSection* FileReader::definition_of(const LasRawSection& raw) const {
  std::string wanted = raw.association;
  if (wanted.empty()) {
    wanted = raw.name;
    const std::size_t suffix = wanted.find("_DATA");
    if (suffix != std::string::npos) wanted.replace(suffix, 5, "_DEFINITION");
  }
  for (std::size_t i = 0; i < raw_.size(); ++i) {
    if (raw_[i].kind != LasSectionKind::data && raw_[i].name == wanted) return &sections_[i];
  }
  if (!is_log(raw)) return nullptr;
  for (std::size_t i = 0; i < raw_.size(); ++i) {
    if (raw_[i].kind == LasSectionKind::curve) return &sections_[i];
  }
  return nullptr;
}

Result<void> FileReader::read_tables() {
  for (const auto& raw : raw_) {
    if (raw.kind == LasSectionKind::data) {
      SPILLWAY_TRY(read_table(raw));
    }
  }
  if (!log_found_) {
    const auto lines = std::count(file_.source.begin(), file_.source.end(), '\n');
    return las_error(static_cast<std::size_t>(lines) + 1,
                     "the file ends without a data section (~ASCII or ~Log_Data)");
  }
  if (file_.log.row_count == 0) diagnostics_.warn(file_.log.line, "the data section is empty");
  return ok();
}

Result<void> FileReader::read_table(const LasRawSection& raw) {
  const LasSection* definition = definition_of(raw);
  if (is_log(raw) && !log_found_) return read_log(raw, definition);
  if (definition == nullptr || definition->headers.empty() ||
      definition->headers.size() > las_columns_max) {
    diagnostics_.warn(raw.line, "~" + excerpt(raw.title) + " has no usable definition; not read");
    return ok();
  }
  LasDataRules rules = rules_;
  rules.wrapped = false;  // only logs wrap, and not in LAS 3
  char used = ' ';
  SPILLWAY_TRY(LasTable table, read_las_table(file_.source, raw, las_curves_of(definition->headers),
                                              rules, diagnostics_, used));
  file_.tables.push_back(std::move(table));
  return ok();
}

Result<std::vector<LasCurve>> FileReader::log_curves(const LasRawSection& raw,
                                                     const LasSection* definition) {
  if (definition != nullptr && !definition->headers.empty()) {
    return las_curves_of(definition->headers);
  }
  // Without definitions the title may still name the columns: "~A  DEPT  GR  RHOB".
  std::vector<LasHeader> named;
  std::string_view title = trim(std::string_view(raw.title).substr(raw.name.size()));
  while (!title.empty() && raw.association.empty()) {
    LasHeader header;
    header.mnemonic = title.substr(0, title.find_first_of(" \t"));
    title = trim(title.substr(header.mnemonic.size()));
    named.push_back(std::move(header));
  }
  if (named.empty() || named.size() > las_columns_max) {
    return las_error(raw.line, "the data have no ~Curve section that names their columns");
  }
  diagnostics_.warn(raw.line, "no ~Curve section; the columns are named by the title of the data");
  return las_curves_of(named);
}

Result<void> FileReader::read_log(const LasRawSection& raw, const LasSection* definition) {
  log_found_ = true;
  SPILLWAY_TRY(auto curves, log_curves(raw, definition));
  SPILLWAY_TRY(file_.log, read_las_table(file_.source, raw, std::move(curves), rules_, diagnostics_,
                                         file_.delimiter));
  return ok();
}

}  // namespace

std::string_view LasFile::text(const LasTable& table, std::size_t row, std::size_t column) const {
  const LasCell cell = table.cells[row * table.curves.size() + column];
  return std::string_view(source).substr(cell.offset, cell.length);
}

bool LasFile::is_null(const LasTable& table, std::size_t row, std::size_t column) const {
  const LasCurve& curve = table.curves[column];
  if (!curve.is_text) return std::isnan(curve.values[row]);
  const std::string_view spelling = text(table, row, column);
  if (spelling.empty() || spelling == null_value) return true;
  const auto null = parse_las_number(null_value);
  return null && parse_las_number(spelling) == null;
}

const LasHeader* LasFile::header(char section, std::string_view mnemonic) const {
  const std::string wanted = upper_ascii(mnemonic);
  for (const auto& candidate : sections) {
    if (upper_ascii(candidate.title.substr(0, 1)) != std::string(1, section)) continue;
    for (const auto& header : candidate.headers) {
      if (upper_ascii(header.mnemonic) == wanted) return &header;
    }
  }
  return nullptr;
}

Result<LasFile> parse_las(std::string_view bytes) {
  if (bytes.size() > las_bytes_max) {
    return make_error(
        Code::too_large, "las.parse", "the file",
        std::to_string(bytes.size()) + " bytes are more than " + std::to_string(las_bytes_max));
  }
  LasFile file;
  SPILLWAY_TRY(FileReader(file).read(bytes));
  return file;
}

}  // namespace spillway
