// Decimal numbers: parsing, comparing, exact sums. Source: DynamoDB Developer Guide, "Data types".
#include "dynamo/number.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <charconv>
#include <optional>

namespace spillway {
namespace {

using boost::multiprecision::cpp_int;

constexpr std::size_t digits_max = 38;
constexpr int exponent_max = 125;
constexpr int exponent_min = -130;

// sign 0.d1d2d3… * 10^(exponent+1), that is d1.d2d3… * 10^exponent; no zeros at either end.
// Zero has no digits.
struct Decimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

Error bad_number(std::string_view text, std::string detail) {
  constexpr std::size_t shown_bytes_max = 64;
  return make_error(Code::invalid_argument, "number", std::string(text.substr(0, shown_bytes_max)),
                    std::move(detail));
}

Error not_numeric(std::string_view text) {
  return bad_number(text,
                    "The parameter cannot be converted to a numeric value: " + std::string(text));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "e-12" -> -12; nullopt when malformed. Exponents no number can have are clamped, far outside
// what is allowed yet far inside what an int holds.
std::optional<int> exponent_part(std::string_view text) {
  constexpr int clamp = 100'000'000;
  text.remove_prefix(1);
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = std::min(value * 10 + (c - '0'), clamp / 10);
  }
  return negative ? -value : value;
}

void trim(Decimal& decimal) {
  const std::size_t first = decimal.digits.find_first_not_of('0');
  if (first == std::string::npos) {
    decimal = Decimal{};
    return;
  }
  decimal.digits.erase(0, first);
  decimal.exponent -= static_cast<int>(first);
  decimal.digits.erase(decimal.digits.find_last_not_of('0') + 1);
}

// Any decimal notation, of any magnitude.
std::optional<Decimal> read(std::string_view text) {
  Decimal decimal;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::size_t i = 0;
  std::optional<std::size_t> point;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && !point)); ++i) {
    if (text[i] == '.') {
      point = i;
    } else {
      decimal.digits += text[i];
    }
  }
  if (decimal.digits.empty()) return std::nullopt;
  const std::size_t whole = point.value_or(decimal.digits.size());
  // Megabytes of digits would not fit an int's exponent: nobody sends them.
  constexpr std::size_t text_bytes_max = 1 << 20;
  if (text.size() > text_bytes_max) return std::nullopt;
  decimal.exponent = static_cast<int>(whole) - 1;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
    const std::optional<int> exponent = exponent_part(text.substr(i));
    if (!exponent) return std::nullopt;
    decimal.exponent += *exponent;
  }
  trim(decimal);
  return decimal;
}

// DynamoDB answers in plain notation, whatever the exponent.
std::string write(const Decimal& decimal) {
  if (decimal.digits.empty()) return "0";
  std::string text = decimal.negative ? "-" : "";
  const int size = static_cast<int>(decimal.digits.size());
  if (decimal.exponent < 0) {
    text += "0." + std::string(static_cast<std::size_t>(-decimal.exponent - 1), '0');
    text += decimal.digits;
  } else if (decimal.exponent + 1 >= size) {
    text +=
        decimal.digits + std::string(static_cast<std::size_t>(decimal.exponent + 1 - size), '0');
  } else {
    const auto whole = static_cast<std::size_t>(decimal.exponent + 1);
    text += decimal.digits.substr(0, whole) + "." + decimal.digits.substr(whole);
  }
  return text;
}

Result<Number> checked(const Decimal& decimal, std::string_view subject) {
  if (!decimal.digits.empty()) {
    if (decimal.exponent > exponent_max) {
      return bad_number(subject,
                        "Number overflow. Attempting to store a number with magnitude larger than "
                        "supported range");
    }
    if (decimal.exponent < exponent_min) {
      return bad_number(
          subject,
          "Number underflow. Attempting to store a number with magnitude smaller than "
          "supported range");
    }
    if (decimal.digits.size() > digits_max) {
      return bad_number(subject, "Attempting to store more than 38 significant digits in a Number");
    }
  }
  return Number{write(decimal)};
}

Result<Decimal> operand(const Number& number) {
  std::optional<Decimal> decimal = read(number.text);
  if (!decimal) return not_numeric(number.text);
  return std::move(*decimal);
}

// The power of ten of a decimal's last digit.
int last_place(const Decimal& decimal) {
  return decimal.exponent - static_cast<int>(decimal.digits.size()) + 1;
}

cpp_int scaled(const Decimal& decimal, int place) {
  if (decimal.digits.empty()) return 0;
  std::string digits = decimal.digits;
  digits.append(static_cast<std::size_t>(last_place(decimal) - place), '0');
  const cpp_int magnitude(digits);
  return decimal.negative ? cpp_int(-magnitude) : magnitude;
}

Result<Number> sum(const Decimal& a, const Decimal& b, std::string_view subject) {
  int place = 0;
  if (a.digits.empty()) {
    place = b.digits.empty() ? 0 : last_place(b);
  } else {
    place = b.digits.empty() ? last_place(a) : std::min(last_place(a), last_place(b));
  }
  const cpp_int total = scaled(a, place) + scaled(b, place);
  Decimal result;
  result.negative = total < 0;
  result.digits = cpp_int(abs(total)).str();
  result.exponent = place + static_cast<int>(result.digits.size()) - 1;
  trim(result);
  return checked(result, subject);
}

int magnitude_order(const Decimal& a, const Decimal& b) {
  if (a.digits.empty() || b.digits.empty()) {
    return static_cast<int>(!a.digits.empty()) - static_cast<int>(!b.digits.empty());
  }
  if (a.exponent != b.exponent) return a.exponent < b.exponent ? -1 : 1;
  return a.digits.compare(b.digits);
}

}  // namespace

Result<Number> parse_number(std::string_view text) {
  const std::optional<Decimal> decimal = read(text);
  if (!decimal) return not_numeric(text);
  return checked(*decimal, text);
}

std::strong_ordering compare(const Number& a, const Number& b) {
  const Decimal x = read(a.text).value_or(Decimal{});
  const Decimal y = read(b.text).value_or(Decimal{});
  if (x.negative != y.negative) {
    return x.negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  const int order = x.negative ? magnitude_order(y, x) : magnitude_order(x, y);
  return order <=> 0;
}

Result<Number> add(const Number& a, const Number& b) {
  SPILLWAY_TRY(const Decimal x, operand(a));
  SPILLWAY_TRY(const Decimal y, operand(b));
  return sum(x, y, a.text + " + " + b.text);
}

Result<Number> subtract(const Number& a, const Number& b) {
  SPILLWAY_TRY(const Decimal x, operand(a));
  SPILLWAY_TRY(Decimal y, operand(b));
  if (!y.digits.empty()) y.negative = !y.negative;
  return sum(x, y, a.text + " - " + b.text);
}

//   sign: 0 negative, 1 zero, 2 positive
//   | sign | exponent + 130 | pairs of digits + 1 … | 0 |     all but the sign inverted if negative
std::string order_preserving_bytes(const Number& number) {
  const Decimal decimal = read(number.text).value_or(Decimal{});
  if (decimal.digits.empty()) return std::string(1, '\1');
  std::string bytes(1, decimal.negative ? '\0' : '\2');
  bytes += static_cast<char>(decimal.exponent - exponent_min);
  for (std::size_t i = 0; i < decimal.digits.size(); i += 2) {
    const int low = i + 1 < decimal.digits.size() ? decimal.digits[i + 1] - '0' : 0;
    bytes += static_cast<char>((decimal.digits[i] - '0') * 10 + low + 1);
  }
  bytes += '\0';
  if (decimal.negative) {
    std::transform(bytes.begin() + 1, bytes.end(), bytes.begin() + 1,
                   [](char c) { return static_cast<char>(~static_cast<unsigned char>(c)); });
  }
  return bytes;
}

}  // namespace spillway
