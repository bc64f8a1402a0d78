// Compares what the header of a LAS file promises with its data.
#include "welllog/las_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/counted.h"
#include "welllog/las_number.h"
#include "welllog/las_text.h"

namespace spillway {
namespace {

constexpr std::array<double, 8> usual_nulls = {-999.25,  -999.0,   -9999.0, -9999.25,
                                               -99999.0, -32768.0, 999.25,  -999.99};

// Each report counts lines from the start of the file, so their number is limited.
constexpr std::size_t usual_nulls_reported_max = 50;

const std::vector<double>* index_values(const LasFile& file) {
  if (file.log.curves.empty() || file.log.row_count == 0) return nullptr;
  return file.log.curves.front().is_text ? nullptr : &file.log.curves.front().values;
}

// One unit of the last decimal that the first and last index both spell: two rounded values may
// differ from the true step by so much.
double rounding(const LasFile& file) {
  const int first = decimals_of(file.text(file.log, 0, 0));
  const int last = decimals_of(file.text(file.log, file.log.row_count - 1, 0));
  return 1.001 * std::pow(10.0, -std::max(0, std::min(first, last)));
}

std::uint64_t line_of(const LasFile& file, std::size_t row) {
  const LasCell cell = file.log.cells[row * file.log.curves.size()];
  const auto end = file.source.begin() + static_cast<std::ptrdiff_t>(cell.offset);
  return static_cast<std::uint64_t>(std::count(file.source.begin(), end, '\n')) + 1;
}

std::string spelled(double value) {
  std::array<char, 32> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.10g", value);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

void check_declared(const LasFile& file, std::string_view mnemonic, double actual, double tolerance,
                    LasDiagnosticList& diagnostics) {
  const LasHeader* header = file.header('W', mnemonic);
  if (header == nullptr || header->value.empty()) return;
  const auto declared = parse_las_number(header->value);
  if (!declared) {
    diagnostics.warn(header->line,
                     header->mnemonic + " \"" + excerpt(header->value) + "\" is no number");
  } else if (!(std::abs(*declared - actual) <= tolerance)) {
    const bool irregular = mnemonic == "STEP" && actual == 0;
    diagnostics.warn(header->line,
                     header->mnemonic + " is " + header->value + ", but the data " +
                         (irregular ? "have no constant step" : "have " + spelled(actual)));
  }
}

void check_direction(const LasFile& file, const std::vector<double>& values,
                     LasDiagnosticList& diagnostics) {
  for (std::size_t row = 1; row < values.size(); ++row) {
    const double step = values[row] - values[row - 1];
    if (file.index.descending ? step >= 0 : step <= 0) {
      return diagnostics.warn(line_of(file, row), step == 0 ? "the index repeats itself from here"
                                                            : "the index turns back here");
    }
  }
}

void check_nulls(const LasFile& file, LasDiagnosticList& diagnostics) {
  std::size_t reported = 0;
  for (std::size_t column = 1; column < file.log.curves.size(); ++column) {
    const LasCurve& curve = file.log.curves[column];
    for (const double null : usual_nulls) {
      const auto first = std::find(curve.values.begin(), curve.values.end(), null);
      if (first == curve.values.end()) continue;
      if (++reported > usual_nulls_reported_max) {
        return diagnostics.warn(0, "more curves have nulls that are not declared");
      }
      const auto count = static_cast<std::uint64_t>(std::count(first, curve.values.end(), null));
      diagnostics.warn(line_of(file, static_cast<std::size_t>(first - curve.values.begin())),
                       curve.mnemonic + " has " + counted(count, "value") + " of " + spelled(null) +
                           ", the first here: a null that is not declared?");
    }
  }
}

}  // namespace

LasIndex index_of(const LasFile& file) {
  LasIndex index;
  const auto* values = index_values(file);
  if (values == nullptr) {
    index.start = index.stop = std::numeric_limits<double>::quiet_NaN();
    return index;
  }
  index.start = values->front();
  index.stop = values->back();
  index.descending = index.stop < index.start;
  if (values->size() < 2) return index;
  const double step = (index.stop - index.start) / static_cast<double>(values->size() - 1);
  const double tolerance =
      std::min(std::max(rounding(file), 1e-6 * std::abs(step)), 0.5 * std::abs(step));
  for (std::size_t row = 1; row < values->size(); ++row) {
    const double actual = (*values)[row] - (*values)[row - 1];
    if (!(std::abs(actual - step) < tolerance)) index.irregular = true;
  }
  if (!index.irregular) index.step = step;
  return index;
}

void check_las_data(const LasFile& file, LasDiagnosticList& diagnostics) {
  check_nulls(file, diagnostics);
  const auto* values = index_values(file);
  if (values == nullptr) return;
  const double tolerance = rounding(file);
  check_declared(file, "STRT", file.index.start, tolerance, diagnostics);
  check_declared(file, "STOP", file.index.stop, tolerance, diagnostics);
  if (values->size() > 1) {
    // A wrong step adds up over the rows, so it is told from a rounded one by what it leads to.
    const double rows = static_cast<double>(values->size() - 1);
    check_declared(file, "STEP", file.index.step,
                   std::max(tolerance / rows, 1e-4 * std::abs(file.index.step)), diagnostics);
  }
  check_direction(file, *values, diagnostics);
  const LasHeader* start = file.header('W', "STRT");
  const std::string& unit = file.log.curves.front().unit;
  if (start != nullptr && upper_ascii(start->unit) != upper_ascii(unit)) {
    diagnostics.warn(start->line, "STRT is in \"" + excerpt(start->unit) +
                                      "\", the index curve in \"" + excerpt(unit) + "\"");
  }
}

}  // namespace spillway
