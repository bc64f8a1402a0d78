// Help for the tests of well logs: files, small LAS texts, the artifact's JSON.
#pragma once

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "welllog/las.h"

namespace spillway {

inline const std::string wells_folder = std::string(SPILLWAY_SOURCE_DIR) + "/../shared/wells/";

inline bool have_wells() { return std::ifstream(wells_folder + "MANIFEST.json").good(); }

inline std::string read_well(const std::string& name) {
  std::ifstream file(wells_folder + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Parses text that must be a LAS file.
inline LasFile must_parse(std::string_view text) {
  auto file = parse_las(text);
  if (!file) {
    ADD_FAILURE() << describe(file.error());
    return {};
  }
  return std::move(file).value();
}

/// A LAS 2.0 file with these curves ("GR.gAPI") and data lines.
inline std::string las20(const std::vector<std::string>& curves, const std::string& data,
                         const std::string& well = "NULL. -999.25 :\nWELL. A-1 : WELL\n",
                         const std::string& version = "VERS. 2.0 :\nWRAP. NO :\n") {
  std::string text = "~V\n" + version + "~W\n" + well + "~C\n";
  for (const auto& curve : curves) text += curve + " : \n";
  return text + "~A\n" + data;
}

/// Does a diagnostic of that line contain the text?
inline bool reports(const LasFile& file, std::uint64_t line, std::string_view text) {
  return std::any_of(file.diagnostics.begin(), file.diagnostics.end(), [&](const auto& d) {
    return d.line == line && d.text.find(text) != std::string::npos;
  });
}

inline std::string all_diagnostics(const LasFile& file) {
  std::string all;
  for (const auto& d : file.diagnostics) all += std::to_string(d.line) + ": " + d.text + "\n";
  return all;
}

}  // namespace spillway
