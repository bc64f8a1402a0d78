// The temporary file is opened without a name (O_TMPFILE), in $TMPDIR or the system's place for
// such.
#include "curves/value_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace spillway {
namespace {

Error disk_failed(const char* what, int number) {
  std::error_code ignored;
  const std::string folder = std::filesystem::temp_directory_path(ignored).string();
  const bool full = number == ENOSPC || number == EDQUOT;
  return make_error(full ? Code::storage_full : Code::unavailable, "curves.spool", folder,
                    std::string(what) + ": " + std::strerror(number) +
                        "; make room there, or set TMPDIR to a folder that has it");
}

/// Without a name from the start, or, where the file system has no such files, at once.
int open_nameless() {
  std::error_code failure;
  const std::string folder = std::filesystem::temp_directory_path(failure).string();
  if (failure) return -1;
  const int file = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0 || errno != EOPNOTSUPP) return file;
  std::string name = folder + "/spillway-XXXXXX";
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) unlink(name.c_str());
  return named;
}

}  // namespace

ValueSpool::~ValueSpool() {
  if (file_ >= 0) close(file_);
}

void ValueSpool::flush() {
  if (failure_) return memory_.clear();
  if (file_ < 0) file_ = open_nameless();
  const char* bytes = reinterpret_cast<const char*>(memory_.data());
  std::size_t left = memory_.size() * sizeof(double);
  auto at = static_cast<off_t>(file_values_ * sizeof(double));
  while (left > 0 && file_ >= 0) {
    const ssize_t n = pwrite(file_, bytes, left, at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    bytes += n;
    at += n;
    left -= static_cast<std::size_t>(n);
  }
  if (left > 0) failure_ = disk_failed("a temporary file cannot be written", errno);
  file_values_ += memory_.size();
  memory_.clear();
}

void ValueSpool::truncate(std::uint64_t count) {
  if (count >= file_values_) {
    memory_.resize(static_cast<std::size_t>(count - file_values_));
  } else {
    memory_.clear();
    file_values_ = count;
  }
}

Result<std::vector<double>> ValueSpool::read(std::uint64_t first, std::uint64_t count) const {
  if (failure_) return *failure_;
  std::vector<double> values(static_cast<std::size_t>(count));
  const std::uint64_t filed =
      first >= file_values_ ? 0 : std::min<std::uint64_t>(count, file_values_ - first);
  char* bytes = reinterpret_cast<char*>(values.data());
  std::size_t left = static_cast<std::size_t>(filed) * sizeof(double);
  auto at = static_cast<off_t>(first * sizeof(double));
  while (left > 0) {
    const ssize_t n = pread(file_, bytes, left, at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return disk_failed("a temporary file cannot be read", n < 0 ? errno : EIO);
    bytes += n;
    at += n;
    left -= static_cast<std::size_t>(n);
  }
  const auto from = memory_.begin() + static_cast<std::ptrdiff_t>(first + filed - file_values_);
  if (filed < count) {
    std::copy_n(from, count - filed, values.begin() + static_cast<std::ptrdiff_t>(filed));
  }
  return values;
}

}  // namespace spillway
