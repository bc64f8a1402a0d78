// Artifacts and wells, the same in every run.
#include "samples.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "measure.h"
#include "welllog/las.h"
#include "welllog/log_plot.h"
#include "welllog/synthetic.h"

namespace spillway {
namespace {

namespace fs = std::filesystem;

std::string plot_of(const std::string& las) { return log_plot_json(value_of(parse_las(las))); }

}  // namespace

Sample mission_plot() { return {"log plot, 9,048 points", plot_of(synthetic_las("WELL-001"))}; }

Sample synthetic_plot(const std::string& name, std::size_t rows) {
  return {name, plot_of(synthetic_las("WELL-002", rows))};
}

Sample small_json(const std::string& name, std::size_t bytes) {
  const std::string plot = mission_plot().bytes;
  const std::string numbers = plot.substr(plot.find("logData"));
  std::string body = numbers.substr(0, bytes);
  std::replace_if(
      body.begin(), body.end(), [](char c) { return c == '"' || c == '\\'; }, ' ');
  body.front() = '"';
  body.back() = '"';
  return {name, body};
}

Sample random_json(const std::string& name, std::size_t bytes) {
  std::mt19937_64 generator(1);
  std::uniform_int_distribution<int> printable(' ', '~');
  std::string body(bytes, '"');
  for (std::size_t i = 1; i + 1 < bytes; ++i) {
    char c = static_cast<char>(printable(generator));
    if (c == '"' || c == '\\') c = 'x';
    body[i] = c;
  }
  return {name, body};
}

std::vector<Sample> real_wells() {
  std::vector<Sample> wells;
  std::error_code missing;
  for (const auto& entry :
       fs::directory_iterator(std::string(SPILLWAY_SOURCE_DIR) + "/../shared/wells", missing)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".las" && extension != ".LAS") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    wells.push_back(
        {entry.path().filename().string(), std::string(std::istreambuf_iterator<char>(file), {})});
  }
  std::sort(wells.begin(), wells.end(), [](const Sample& a, const Sample& b) {
    return a.bytes.size() != b.bytes.size() ? a.bytes.size() > b.bytes.size() : a.name < b.name;
  });
  return wells;
}

std::optional<Sample> real_plot() {
  const std::vector<Sample> wells = real_wells();
  if (wells.empty()) return std::nullopt;
  return Sample{"plot of a real well", plot_of(wells.front().bytes)};
}

}  // namespace spillway
