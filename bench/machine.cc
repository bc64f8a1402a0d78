// Cores, kernel, filesystem; noise.
#include "machine.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include "base/digest.h"
#include "measure.h"
#include "yardstick.h"

namespace spillway {
namespace {

constexpr int noise_repeats = 200;

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown CPU";
}

/// Its type as mounted. Source: proc(5), /proc/[pid]/mountinfo.
std::string filesystem_of(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) return "unknown";
  const std::string device =
      std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev));
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string id, parent, number;
    fields >> id >> parent >> number;
    const std::size_t dash = line.find(" - ");
    if (number != device || dash == std::string::npos) continue;
    return line.substr(dash + 3, line.find(' ', dash + 3) - dash - 3);
  }
  return "unknown";
}

void print_noise(const char* what, const std::function<void()>& work) {
  std::vector<double> millis;
  for (int i = 0; i < noise_repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    millis.push_back(took.count());
  }
  std::sort(millis.begin(), millis.end());
  const auto at = [&](int percent) {
    return millis[static_cast<std::size_t>(noise_repeats * percent / 100)];
  };
  std::printf("noise    %-28s median %.3f ms, 10–90 %%: %.3f–%.3f ms, worst %.3f ms\n", what,
              at(50), at(10), at(90), millis.back());
}

}  // namespace

void print_machine(const std::string& directory, bool measure_noise) {
  struct utsname system {};
  ::uname(&system);
  std::ifstream load_file("/proc/loadavg");
  std::string load;
  load_file >> load;
  std::printf("machine  %u cores, %s, %s %s, data on %s, load %s\n",
              std::thread::hardware_concurrency(), cpu_model().c_str(), system.sysname,
              system.release, filesystem_of(directory).c_str(), load.c_str());
  if (!measure_noise) return;
  const std::string block(1 << 20, 'x');
  print_noise("SHA-256 of 1 MiB", [&] { (void)sha256(block); });
  OverwriteYardstick disk(directory + "/noise", 1, 4096);
  print_noise("write of 4 KiB + fdatasync", [&] { disk.write(0); });
}

}  // namespace spillway
