// Compares what the header of a LAS file promises with its data.
#pragma once

#include "welllog/las.h"
#include "welllog/las_data.h"

namespace spillway {

/// Start, stop, step and direction of the index, from the data alone. A step is regular when every
/// row is where it should be, within half a unit of the last decimal spelled (rounded indexes).
LasIndex index_of(const LasFile& file);

/// Warns where STRT, STOP, STEP or the unit of the index differ from the data, where the index
/// turns back or repeats itself, and where values look like a null that is not declared. Changes no
/// value.
void check_las_data(const LasFile& file, LasDiagnosticList& diagnostics);

}  // namespace spillway
