// DynamoDB numbers: decimals of up to 38 significant digits, never rounded silently. Pure.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "spillway/error.h"
#include "spillway/value.h"

namespace spillway {

/// Parses and normalises ("5.0" -> "5", "+.5e1" -> "5", "-0" -> "0"). invalid_argument when it is
/// not a number, has more than 38 significant digits, or lies outside 1E-130 … 9.99…E+125.
Result<Number> parse_number(std::string_view text);

std::strong_ordering compare(const Number& a, const Number& b);

/// Exact sum and difference; invalid_argument when 38 digits do not hold the result.
Result<Number> add(const Number& a, const Number& b);
Result<Number> subtract(const Number& a, const Number& b);

/// Bytes whose lexicographic order is the numeric order; equal numbers give equal bytes.
std::string order_preserving_bytes(const Number& number);

}  // namespace spillway
