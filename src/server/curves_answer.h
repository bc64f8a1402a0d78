// Curves as answers: described, as JSON Well Log Format, and as numbers for the page. Pure.
#pragma once

#include <string>

#include "spillway/curves.h"

namespace spillway {

inline constexpr const char* curves_binary_type = "application/vnd.spillway.curves";

/// What there is: {sha256, rows, index, tileBuckets, levels, curves[], artifact}.
std::string describe_curves(const CurvesInfo& info);

/// One log (jsonwelllogformat.org, 1.0): the index first; with more than one row a bucket the
/// others have the dimensions first, min, max and last.
std::string curves_as_well_log(const CurvesInfo& info, const CurveBuckets& buckets);

/// docs/formats/curves.md, "The binary answer".
std::string curves_as_binary(const CurvesInfo& info, const CurveBuckets& buckets);

}  // namespace spillway
