// Plain files, without anything of ours but SHA-256.
#include "yardstick.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/digest.h"
#include "base/random.h"
#include "measure.h"

namespace spillway {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t slots = 4;  ///< places in a file that is overwritten, taken in turn
constexpr std::size_t block_bytes = 4096;

void check(bool good, const std::string& what) {
  if (!good) die(what + ": " + std::strerror(errno));
}

int open_file(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  check(file >= 0, path);
  return file;
}

void write_all(int file, const std::string& bytes, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n =
        ::pwrite(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    check(n > 0, "a write of the yardstick");
    done += static_cast<std::size_t>(n);
  }
}

std::uint64_t slot_bytes(std::size_t bytes) {
  return (bytes + block_bytes - 1) / block_bytes * block_bytes;
}

}  // namespace

OverwriteYardstick::OverwriteYardstick(const std::string& directory, int threads, std::size_t bytes)
    : directory_(directory), bytes_(random_bytes(bytes)), next_(static_cast<std::size_t>(threads)) {
  fs::create_directories(directory);
  for (int i = 0; i < threads; ++i) {
    const int file = open_file(directory + "/" + std::to_string(i), O_WRONLY | O_CREAT);
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      // Written, not only allocated: the first write to a hole or unwritten extent costs more.
      write_all(file, std::string(slot_bytes(bytes), '\0'), slot * slot_bytes(bytes));
    }
    check(::fsync(file) == 0, "fsync");
    files_.push_back(file);
  }
}

OverwriteYardstick::~OverwriteYardstick() {
  for (const int file : files_) ::close(file);
  fs::remove_all(directory_);
}

void OverwriteYardstick::write(int thread) {
  const auto i = static_cast<std::size_t>(thread);
  write_all(files_[i], bytes_, next_[i]++ % slots * slot_bytes(bytes_.size()));
  check(::fdatasync(files_[i]) == 0, "fdatasync");
}

NewFileYardstick::NewFileYardstick(const std::string& directory, std::size_t bytes)
    : directory_(directory), bytes_(random_bytes(bytes)) {
  fs::create_directories(directory);
  directory_file_ = open_file(directory, O_RDONLY | O_DIRECTORY);
}

NewFileYardstick::~NewFileYardstick() {
  ::close(directory_file_);
  fs::remove_all(directory_);
}

void NewFileYardstick::write() {
  const int file =
      open_file(directory_ + "/" + std::to_string(next_.fetch_add(1)), O_WRONLY | O_CREAT | O_EXCL);
  write_all(file, bytes_, 0);
  check(::fsync(file) == 0, "fsync");
  ::close(file);
  check(::fsync(directory_file_) == 0, "fsync of the directory");
}

ReadYardstick::ReadYardstick(const std::string& directory, const std::string& bytes)
    : directory_(directory), bytes_(bytes.size()) {
  fs::create_directories(directory);
  file_ = open_file(directory + "/bytes", O_RDWR | O_CREAT);
  write_all(file_, bytes, 0);
}

ReadYardstick::~ReadYardstick() {
  ::close(file_);
  fs::remove_all(directory_);
}

void ReadYardstick::read() const {
  std::string buffer(bytes_, '\0');
  const ssize_t n = ::pread(file_, buffer.data(), buffer.size(), 0);
  check(n == static_cast<ssize_t>(bytes_), "a read of the yardstick");
  static std::atomic<unsigned char> sink;
  sink = static_cast<unsigned char>(sha256(buffer)[0]);
}

}  // namespace spillway
