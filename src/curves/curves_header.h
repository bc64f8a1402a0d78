// The header of stored curves: what CurvesInfo says, as JSON.
#pragma once

#include <string>
#include <string_view>

#include "spillway/curves.h"

namespace spillway {

/// Magic, length and JSON, padded with blanks so that the numbers behind it are aligned.
std::string curves_header(const CurvesInfo& info);

/// The JSON of a header. corrupt when it is not one.
Result<CurvesInfo> parse_curves_header(std::string_view json);

/// The shortest decimal that reads back as `value`, which is finite (ECMA-262 does likewise).
std::string shortest(double value);

}  // namespace spillway
