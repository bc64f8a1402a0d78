// What is saved, loaded, encoded and parsed: artifacts and wells.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace spillway {

struct Sample {
  std::string name;
  std::string bytes;  ///< JSON text, or a LAS file
};

/// The log plot that did not fit into DynamoDB: 9,048 points, about 563 KB of JSON.
Sample mission_plot();
/// The same with other numbers of rows: about 62 bytes a row.
Sample synthetic_plot(const std::string& name, std::size_t rows);
/// JSON of numbers like the log plot's, of exactly `bytes` bytes.
Sample small_json(const std::string& name, std::size_t bytes);
/// JSON of random printable characters: zstd saves a fifth of it at most.
Sample random_json(const std::string& name, std::size_t bytes);

/// The real wells beside the source tree; empty where there are none.
std::vector<Sample> real_wells();
/// The log plot of the largest of them.
std::optional<Sample> real_plot();

}  // namespace spillway
