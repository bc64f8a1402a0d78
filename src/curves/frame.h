// Which of a document's arrays belong together, and what the document says of them.
#pragma once

#include <string>
#include <vector>

#include "curves/array_collector.h"
#include "spillway/curves.h"

namespace spillway {

/// The arrays of one parent and one length that together have the most values, as curves whose
/// extents are not known yet; `arrays` are theirs, in the same order.
struct Frame {
  CurvesInfo info;
  std::vector<NumberArray> arrays;
};

/// nullopt when no array was collected. In a log plot the index is the curve that /index/mnemonic
/// names, else one with the name of a depth; other documents have none. Units come from /units and
/// /index/unit.
std::optional<Frame> choose_frame(const ArrayCollector& collected);

}  // namespace spillway
