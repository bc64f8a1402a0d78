// Reads one data section into a table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "welllog/las.h"
#include "welllog/las_header.h"

namespace spillway {

/// Collects diagnostics up to las_diagnostics_max and counts the rest.
class LasDiagnosticList {
 public:
  explicit LasDiagnosticList(std::vector<LasDiagnostic> first = {}) : list_(std::move(first)) {}
  void warn(std::uint64_t line, std::string text) {
    add({line, LasSeverity::warning, std::move(text)});
  }
  void inform(std::uint64_t line, std::string text) {
    add({line, LasSeverity::info, std::move(text)});
  }
  void add(LasDiagnostic diagnostic);
  std::vector<LasDiagnostic> take();

 private:
  std::vector<LasDiagnostic> list_;
  std::size_t dropped_ = 0;
};

/// What the header says about data sections.
struct LasDataRules {
  std::optional<double> null;
  std::string null_text;
  char delimiter = 0;  ///< ' ', '\t', ','; 0 when not declared
  bool wrapped = false;
};

/// "NaN", "N/A", "(null)" and other words for a missing number, in any case.
bool is_las_null_word(std::string_view text);

/// Makes the curves of a definition, with duplicate mnemonics numbered (SFLU:1, SFLU:2).
std::vector<LasCurve> las_curves_of(const std::vector<LasHeader>& definition);

/// Reads the rows of `raw`. Rows that are too short or too long, unreadable numbers and repairs go
/// to `diagnostics` by line. `delimiter_used` is set to the delimiter the data really have. Errors:
/// too_large.
Result<LasTable> read_las_table(std::string_view text, const LasRawSection& raw,
                                std::vector<LasCurve> curves, const LasDataRules& rules,
                                LasDiagnosticList& diagnostics, char& delimiter_used);

}  // namespace spillway
