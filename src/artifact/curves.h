// Curves of artifacts: kept beside the body when it has many numbers, made on the spot otherwise.
#pragma once

#include <memory>
#include <string>

#include "curves/array_collector.h"
#include "curves/curves_writer.h"

namespace spillway {

inline constexpr const char* curves_media_type = "application/vnd.spillway.stored-curves";

/// Artifacts with fewer numbers in their curves are read whole when they are asked for in part.
inline constexpr std::uint64_t stored_curves_values_min = 128 * 1024;
/// Shorter texts are not looked through for so many when their size is known: a save of half a
/// megabyte would take a tenth longer.
inline constexpr std::uint64_t stored_curves_text_bytes_min = 8 * stored_curves_values_min;

/// The stored form of the curves in what was collected, to be written beside the body; nullptr
/// where there are too few numbers, or their names are too long to be kept. The collector outlives
/// it. Errors are the temporary file's.
Result<std::unique_ptr<CurvesWriter>> curves_to_store(const ArrayCollector& collected,
                                                      const std::string& sha256);

}  // namespace spillway
