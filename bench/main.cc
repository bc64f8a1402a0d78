// Prints what Spillway costs on this machine. `./dev bench` runs it; docs/PERFORMANCE.md explains.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/random.h"
#include "machine.h"
#include "measure.h"
#include "sections.h"

namespace spillway {
namespace {

namespace fs = std::filesystem;

/// Removed with everything in it when this leaves its scope.
struct DataDirectory {
  explicit DataDirectory(const std::string& parent)
      : path(fs::absolute(parent).string() + "/bench-" + random_id()) {
    std::error_code failure;
    fs::create_directories(path, failure);
    if (failure) die(path + ": " + failure.message());
  }
  ~DataDirectory() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string path;
};

int run(int argc, char** argv) {
  CLI::App app("Measures Spillway; about a minute and a half for everything.");
  std::vector<std::string> sections;
  std::string parent = fs::read_symlink("/proc/self/exe").parent_path().string();
  double seconds = 0.2;
  bool real = false;
  app.add_option("sections", sections,
                 "codec, las, saves, sweep, long; all but long if none is named")
      ->check(CLI::IsMember({"codec", "las", "saves", "sweep", "long"}));
  app.add_option("--data", parent, "where the data lie while measured: the disk that counts")
      ->check(CLI::ExistingDirectory);
  app.add_option("--seconds", seconds, "for each of the five turns of a rate")
      ->check(CLI::Range(0.01, 60.0));
  app.add_flag("--real", real, "instead: spilled artifacts on real DynamoDB and S3 servers");
  CLI11_PARSE(app, argc, argv);
  const auto wanted = [&](const char* section) {
    return sections.empty() || std::count(sections.begin(), sections.end(), section) > 0;
  };
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const DataDirectory data(parent);
  print_machine(data.path, true);
  if (real) {
    bench_real();
    return 0;
  }
  if (wanted("codec")) bench_codec();
  if (wanted("las")) bench_las();
  if (wanted("saves")) bench_saves_and_loads(data.path, seconds);
  if (wanted("sweep")) bench_sweeps(data.path);
  if (std::count(sections.begin(), sections.end(), "long") > 0) bench_long_logs(data.path);
  return 0;
}

}  // namespace
}  // namespace spillway

int main(int argc, char** argv) { return spillway::run(argc, argv); }
