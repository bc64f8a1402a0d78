// The sections of a LAS file and the lines of their headers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "welllog/las.h"

namespace spillway {

enum class LasSectionKind { version, well, curve, parameter, other, data };

/// A section as it stands in the text, before anything in it is understood.
struct LasRawSection {
  LasSectionKind kind = LasSectionKind::other;
  std::string title;        ///< after the ~, to the end of the line
  std::string name;         ///< upper case, the part before blanks and '|': "LOG_DATA[1]"
  std::string association;  ///< upper case, after '|': the definition of a data section
  std::uint64_t line = 0;   ///< of the title
  std::size_t begin = 0;    ///< offset of the line after the title
  std::size_t end = 0;
};

/// Splits the text at lines that start with '~'. Errors: no section at all; too many of them.
Result<std::vector<LasRawSection>> split_las_sections(std::string_view text,
                                                      std::vector<LasDiagnostic>& diagnostics);

/// MNEM.UNIT VALUE : DESCRIPTION {FORMAT} | ASSOCIATION; nullopt if the line is not of that form.
std::optional<LasHeader> parse_las_header_line(std::string_view line, std::uint64_t number);

/// Puts value and description of a LAS 1.2 ~Well line the right way round (all but STRT, STOP,
/// STEP, NULL have the value after the colon), unless the line is plainly in 2.0 order.
void swap_las12_well_header(LasHeader& header);

/// Reads the lines of a section; a line that is no header goes to its text.
Result<LasSection> read_las_section(std::string_view text, const LasRawSection& raw);

}  // namespace spillway
