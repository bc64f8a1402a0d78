// Numbers as log files spell them: ".5", "+1", "1,5", "1.2D+03".
#pragma once

#include <optional>
#include <string_view>

namespace spillway {

/// The double nearest to `text`, which must be one whole number with a decimal point or comma and
/// an exponent after e or d, in any case. nullopt otherwise, also for "nan", "inf" and overflow.
std::optional<double> parse_las_number(std::string_view text);

/// Reads a plain decimal (sign, digits, point, digits) at `at`, in text that ends with a NUL.
/// Returns the byte after it, or nullptr where the long way is needed; `value` is then not set.
const char* scan_plain_decimal(const char* at, double& value);

/// Digits after the decimal mark; -1 when there is no mark.
int decimals_of(std::string_view number);

}  // namespace spillway
