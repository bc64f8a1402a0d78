// Turns a LAS file into the log plot artifact of chat messages and of the viewer.
#pragma once

#include <string>
#include <string_view>

#include "welllog/las.h"

namespace spillway {

/// The artifact {"type":"logPlotViewer",…} as JSON text. Numbers are spelled as in the file; only
/// what JSON forbids (".5", "+1", "007", "1,5", "1.D3") is respelled, with the same value, and
/// integers beyond 64 bits get a ".0". Nulls are null. Text curves are in logData as strings and in
/// no track. The first warnings of the file are texts in `warnings`, which is absent without any.
/// `well_name_if_unnamed` is used when the file names no well. Pure; any thread.
std::string log_plot_json(const LasFile& las, std::string_view well_name_if_unnamed = {});

/// `spelling` as a JSON number of the same value; empty if it is no number.
std::string json_number(std::string_view spelling);

}  // namespace spillway
