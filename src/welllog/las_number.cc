// Numbers as log files spell them: ".5", "+1", "1,5", "1.2D+03".
#include "welllog/las_number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

namespace spillway {
namespace {

// The powers of ten that doubles hold exactly. A mantissa below 2^53 divided by one of them is
// correctly rounded (Clinger, "How to read floating point numbers accurately", 1990).
constexpr std::array<double, 23> powers_of_ten = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t exact_mantissa_max = std::uint64_t{1} << 53;
constexpr std::ptrdiff_t mantissa_digits_max = 18;  // always fits 64 bits

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// Checks [sign] digits [mark digits] [e|d [sign] digits] and writes it the way from_chars reads it.
bool respell(std::string_view text, std::string& out) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    if (text[at] == '-') out += '-';
    ++at;
  }
  std::size_t digits = 0;
  for (; at < text.size() && is_digit(text[at]); ++at, ++digits) out += text[at];
  // A comma counts only before a digit: "1," is a field of a comma-delimited row.
  const bool comma = at + 1 < text.size() && text[at] == ',' && is_digit(text[at + 1]);
  if (comma || (at < text.size() && text[at] == '.')) {
    if (digits == 0) out += '0';
    out += '.';
    for (++at; at < text.size() && is_digit(text[at]); ++at, ++digits) out += text[at];
  }
  if (digits == 0) return false;
  if (at == text.size()) return true;
  const char mark = text[at];
  if (mark != 'e' && mark != 'E' && mark != 'd' && mark != 'D') return false;
  out += 'e';
  if (++at < text.size() && (text[at] == '+' || text[at] == '-')) {
    if (text[at] == '-') out += '-';
    ++at;
  }
  const std::size_t exponent = at;
  for (; at < text.size() && is_digit(text[at]); ++at) out += text[at];
  return at == text.size() && at > exponent;
}

}  // namespace

const char* scan_plain_decimal(const char* at, double& value) {
  const bool negative = *at == '-';
  at += negative || *at == '+';
  std::uint64_t mantissa = 0;
  const char* const whole = at;
  for (; is_digit(*at); ++at) mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
  std::ptrdiff_t digits = at - whole;
  std::ptrdiff_t decimals = 0;
  if (*at == '.') {
    const char* const fraction = ++at;
    for (; is_digit(*at); ++at) mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
    decimals = at - fraction;
    digits += decimals;
  }
  // Beyond 18 digits the mantissa may have overflowed, without harm: it is not used.
  if (digits == 0 || digits > mantissa_digits_max || mantissa > exact_mantissa_max) return nullptr;
  const double magnitude =
      static_cast<double>(mantissa) / powers_of_ten[static_cast<std::size_t>(decimals)];
  value = negative ? -magnitude : magnitude;
  return at;
}

std::optional<double> parse_las_number(std::string_view text) {
  std::string spelled;
  if (!respell(text, spelled)) return std::nullopt;
  double value = 0;
  const char* const end = spelled.data() + spelled.size();
  const auto [rest, error] = std::from_chars(spelled.data(), end, value);
  if (error == std::errc::result_out_of_range) {
    // Too small is zero, near enough to what no double can hold; too large is no number of a log.
    const bool has_exponent = spelled.find('e') != std::string::npos;
    const bool fraction = spelled.find_first_not_of("-0") == spelled.find('.');
    const bool tiny = has_exponent ? spelled.find("e-") != std::string::npos : fraction;
    if (!tiny) return std::nullopt;
    return spelled.front() == '-' ? -0.0 : 0.0;
  }
  if (error != std::errc{} || rest != end) return std::nullopt;
  return value;
}

int decimals_of(std::string_view number) {
  const std::size_t mark = number.find_first_of(".,");
  if (mark == std::string_view::npos) return -1;
  int decimals = 0;
  for (std::size_t at = mark + 1; at < number.size() && is_digit(number[at]); ++at) ++decimals;
  return decimals;
}

}  // namespace spillway
