// Splits the lines of a data section into fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "welllog/las.h"

namespace spillway {

enum class LasFieldKind : std::uint8_t { number, absent, text };

struct LasField {
  LasCell cell;
  double value;  ///< of a number
  LasFieldKind kind;
};

/// Reads lines of `text`, which must end with a NUL and contain no other. One thread at a time.
class LasFieldReader {
 public:
  /// `delimiter` is ' ' (any blanks and tabs), '\t' or ','.
  LasFieldReader(const char* text, char delimiter) : text_(text), delimiter_(delimiter) {}

  /// Replaces `fields` by those of the line at offset `at` (none if it is blank or a comment) and
  /// returns the offset after the line.
  std::size_t read(std::size_t at, std::vector<LasField>& fields);

  /// Numbers seen so far whose decimal mark is a comma.
  std::size_t decimal_comma_count() const { return decimal_comma_count_; }
  char delimiter() const { return delimiter_; }

 private:
  const char* read_blank_delimited(const char* at, std::vector<LasField>& fields);
  const char* read_delimited(const char* at, std::vector<LasField>& fields);
  const char* read_quoted(const char* at, std::vector<LasField>& fields);
  void add(const char* begin, const char* end, std::vector<LasField>& fields);
  void add_number(const char* begin, const char* end, double value, std::vector<LasField>& fields);

  const char* text_;
  char delimiter_;
  std::size_t decimal_comma_count_ = 0;
};

/// The delimiter the lines of [begin, end) really have: `declared` (0: none) if it gives `width`
/// fields, else the one that gives most numbers.
char detect_las_delimiter(std::string_view text, std::size_t begin, std::size_t end,
                          std::size_t width, char declared);

/// Splits numbers that have run together, such as "123.45-999.25" or "7.020101130.188", into
/// fields for the columns from `column`. `decimals` are those of a clean row: where two numbers
/// touch without a sign only they tell where the first one ends. False when nothing can be split
/// with certainty.
bool split_run_on(std::string_view text, LasCell token, std::size_t column,
                  const std::vector<int>& decimals, std::vector<LasField>& fields);

}  // namespace spillway
