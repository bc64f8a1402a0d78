// Reads well logs in LAS (Log ASCII Standard, Canadian Well Logging Society) 1.2, 2.0 and 3.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spillway/error.h"

namespace spillway {

constexpr std::size_t las_bytes_max = std::size_t{512} << 20;
constexpr std::size_t las_cells_max = std::size_t{64} << 20;  ///< rows × columns of all tables
/// Cells that short rows leave out: without it a small file could ask for a lot of memory.
constexpr std::size_t las_absent_cells_max = std::size_t{4} << 20;
constexpr std::size_t las_sections_max = 10'000;
constexpr std::size_t las_header_lines_max = 100'000;
constexpr std::size_t las_columns_max = 10'000;
constexpr std::size_t las_diagnostics_max = 1'000;  ///< the last one says how many more there were

enum class LasSeverity { info, warning };

/// Something a reader should know about the file. `line` counts from 1; 0 is the file as a whole.
struct LasDiagnostic {
  std::uint64_t line = 0;
  LasSeverity severity = LasSeverity::warning;
  std::string text;
};

/// MNEM.UNIT VALUE : DESCRIPTION {FORMAT}. Everything is as it stands in the file, without the
/// blanks around it. In LAS 1.2 value and description of ~Well are put the right way round.
struct LasHeader {
  std::string mnemonic, unit, value, description, format;
  std::uint64_t line = 0;
};

/// A section that is not a table: headers, and the lines that are none (such as ~Other).
struct LasSection {
  std::string title;  ///< without the ~
  std::uint64_t line = 0;
  std::vector<LasHeader> headers;
  std::string text;
};

/// Where the spelling of a value stands in the file's text; length 0: the row does not have it.
struct LasCell {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

/// A column of a table. Numbers are in `values` with NaN for null, absent and unreadable; a column
/// of text (names, dates) has no `values`: read its cells with LasFile::text.
struct LasCurve {
  std::string mnemonic;  ///< unique in its table: duplicates are SFLU:1, SFLU:2
  std::string unit, description, format;
  bool is_text = false;
  std::size_t null_count = 0;
  std::vector<double> values;
};

/// A data section with its definition. The first curve is the index.
struct LasTable {
  std::string title;
  std::uint64_t line = 0;
  std::vector<LasCurve> curves;
  std::size_t row_count = 0;
  std::vector<LasCell> cells;  ///< row by row, one a curve
};

/// What the data say of the index, never what the header claims (differences are diagnostics).
struct LasIndex {
  double start = 0, stop = 0;  ///< first and last row; NaN without rows or if the index is text
  double step = 0;             ///< signed; 0 when irregular
  bool descending = false;
  bool irregular = false;
};

struct LasFile {
  std::string version;  ///< "1.2", "2.0", "3.0" as spelled
  bool wrapped = false;
  char delimiter = ' ';  ///< ' ', '\t' or ',', as used by the log data
  std::string well_name;
  std::string null_value;  ///< as spelled; empty when the file declares none
  bool synthetic = false;  ///< made by synthetic_las, and says so
  LasTable log;
  LasIndex index;
  std::vector<LasTable> tables;  ///< the other data sections of LAS 3: tops, cores, tests
  std::vector<LasSection> sections;
  std::vector<LasDiagnostic> diagnostics;
  std::string source;  ///< the whole file as UTF-8 with LF or CRLF; the cells point into it

  /// The spelling of a value, without quotes; empty when absent.
  std::string_view text(const LasTable& table, std::size_t row, std::size_t column) const;
  /// Does the cell hold nothing: absent, the declared NULL, or a word for it ("NaN", "N/A")?
  bool is_null(const LasTable& table, std::size_t row, std::size_t column) const;
  /// The first header of that mnemonic in a section whose title starts with `section` ('W', 'P').
  const LasHeader* header(char section, std::string_view mnemonic) const;
};

/// Reads a LAS file: any of the three versions, wrapped or not, delimited by blanks, tabs or commas
/// (declared or not), decimal points or commas, run-on numbers, UTF-8, UTF-16 or Latin-1. Values
/// are neither resampled nor rounded: doubles are the nearest to the spelling, which is kept.
/// Oddities are diagnostics with line numbers. Errors: invalid_argument with the line as subject
/// when the bytes are no LAS file; too_large beyond the limits above. Pure; any thread.
/// Source: CWLS LAS 1.2 (1989), 2.0 (2017 update), 3.0 (2000).
Result<LasFile> parse_las(std::string_view bytes);

}  // namespace spillway
