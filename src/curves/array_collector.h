// Finds the long arrays of numbers in a JSON document that streams by, and keeps the rest of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "curves/value_spool.h"

namespace spillway {

/// An array of numbers and nulls: `count` values of the spool, from `first`; null is NaN.
struct NumberArray {
  std::string
      parent;        ///< JSON pointer (RFC 6901) of the object or array that holds it; "": the top
  std::string name;  ///< its key or position there, as it is
  std::uint64_t first = 0, count = 0;
};

/// A key as a step of a JSON pointer (RFC 6901, section 3).
std::string pointer_step(std::string_view key);

/// Told of a document event by event; what the events of a valid document cannot say it does not
/// check. Constant memory but for the arrays' names and the skeleton. One thread at a time.
class ArrayCollector {
 public:
  /// Shorter arrays are part of the skeleton.
  static constexpr std::uint64_t array_values_min = 64;
  /// Further ones are not collected: such a document is not one of curves.
  static constexpr std::size_t arrays_max = 4096;
  static constexpr std::size_t skeleton_bytes_max = 256 * 1024;
  /// A document with a longer key, or with more numbers, is given up: it has no curves then. 2 GiB
  /// of the temporary file.
  static constexpr std::size_t key_bytes_max = 4 * 1024;
  static constexpr std::uint64_t values_max = std::uint64_t{1} << 28;

  void begin(bool object);
  void end();
  /// Keys and strings may come in parts; `last` with the last one.
  void key(std::string_view part, bool last);
  void string(std::string_view part, bool last);
  void number(std::string_view text);   ///< the whole token
  void literal(std::string_view text);  ///< true, false or null

  const std::vector<NumberArray>& arrays() const { return arrays_; }
  const ValueSpool& values() const { return values_; }
  /// The document with null in the place of each array collected; empty when it is too long, or is
  /// not all there because a long array turned out to hold something else.
  const std::string& skeleton() const { return skeleton_; }

 private:
  struct Level {
    bool object = false;
    bool numeric = false;  ///< an array of nothing but numbers and nulls so far
    std::string key;       ///< of the member under way
    std::uint64_t children = 0;
    std::uint64_t first = 0;  ///< in the spool
    bool any_number = false;
    std::size_t skeleton_at = 0;  ///< where its text begins
  };
  void begin_value();
  /// Something that is no number stands in the innermost array.
  void not_numeric();
  void write(std::string_view text);
  void write_string(std::string_view text);
  bool elides() const;
  void collect(const Level& level);
  void give_up();

  std::vector<Level> levels_;
  std::string text_;  ///< of the string under way
  std::vector<NumberArray> arrays_;
  ValueSpool values_;
  std::string skeleton_;
  bool skeleton_lost_ = false;
  bool given_up_ = false;
};

}  // namespace spillway
