// The painter is a thread of its own, so that work that tells nothing still shows its age.
#include "cli/progress.h"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

namespace spillway {

Progress::Progress(const Console& console, std::string what,
                   std::optional<std::uint64_t> bytes_in_all)
    : what_(printable(what)), bytes_in_all_(bytes_in_all) {
  if (!console.shows_progress()) return;
  painter_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Progress::~Progress() {
  if (!painter_.joinable()) return;
  painter_.request_stop();
  painter_.join();
  std::fputs("\r\033[K", stderr);
}

void Progress::run(const std::stop_token& stop) {
  const auto start = std::chrono::steady_clock::now();
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock<std::mutex> lock(mutex);
  // The first drawing comes late: short work leaves no flicker.
  while (!stopped.wait_for(lock, stop, std::chrono::milliseconds(300),
                           [&] { return stop.stop_requested(); })) {
    draw(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
}

void Progress::draw(double seconds) const {
  const std::uint64_t bytes = bytes_;
  std::string line = what_ + ": ";
  if (bytes > 0) line += human_bytes(bytes);
  if (bytes > 0 && bytes_in_all_ && *bytes_in_all_ > 0) {
    line += " of " + human_bytes(*bytes_in_all_) + " (" +
            std::to_string(bytes * 100 / *bytes_in_all_) + " %)";
  }
  if (bytes > 0) line += ", ";
  std::fprintf(stderr, "\r\033[K%s%.0f s", line.c_str(), seconds);
  std::fflush(stderr);
}

Result<std::size_t> CountedSource::read(char* buffer, std::size_t capacity) {
  SPILLWAY_TRY(const std::size_t n, source_.read(buffer, capacity));
  progress_.add(n);
  return n;
}

}  // namespace spillway
