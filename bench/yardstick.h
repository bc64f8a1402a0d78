// The raw cost of storing and reading bytes, against which the library is measured: what a program
// would pay that keeps them in files by itself and does nothing else with them.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace spillway {

/// Overwrites files that are there in full, one a thread, and calls fdatasync: nothing durable is
/// cheaper without bundling the writes of several callers.
class OverwriteYardstick {
 public:
  OverwriteYardstick(const std::string& directory, int threads, std::size_t bytes);
  ~OverwriteYardstick();
  OverwriteYardstick(const OverwriteYardstick&) = delete;
  OverwriteYardstick& operator=(const OverwriteYardstick&) = delete;
  void write(int thread);

 private:
  std::string directory_, bytes_;
  std::vector<int> files_;
  std::vector<std::uint64_t> next_;  ///< slot of each thread
};

/// Makes a new file each time: write, fsync, fsync of the directory.
class NewFileYardstick {
 public:
  NewFileYardstick(const std::string& directory, std::size_t bytes);
  ~NewFileYardstick();
  NewFileYardstick(const NewFileYardstick&) = delete;
  NewFileYardstick& operator=(const NewFileYardstick&) = delete;
  void write();

 private:
  std::string directory_, bytes_;
  int directory_file_;
  std::atomic<std::uint64_t> next_ = 0;
};

/// Reads a file in full and computes the SHA-256 of its bytes. From the page cache, as the loads
/// of the library are.
class ReadYardstick {
 public:
  ReadYardstick(const std::string& directory, const std::string& bytes);
  ~ReadYardstick();
  ReadYardstick(const ReadYardstick&) = delete;
  ReadYardstick& operator=(const ReadYardstick&) = delete;
  void read() const;

 private:
  std::string directory_;
  std::size_t bytes_;
  int file_;
};

}  // namespace spillway
