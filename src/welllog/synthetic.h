// Makes believable wells for demonstrations and tests. They say in their headers that they are
// made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace spillway {

/// Rows of the well that did not fit into DynamoDB: its artifact is about 563 KB.
constexpr std::size_t synthetic_rows_default = 9'048;

/// A LAS 2.0 file of DEPT, GR, RHOB, NPHI, RT, DT, CALI: sand, shale and carbonate layers with
/// compaction trends, tool noise, washouts and gaps. The same name and rows give the same bytes
/// on every machine. Pure; any thread.
std::string synthetic_las(std::string_view well_name, std::size_t rows = synthetic_rows_default);

/// WELL-001 … WELL-999: the names of the wells that exist as synthetic ones.
bool is_synthetic_well_name(std::string_view well_name);

}  // namespace spillway
