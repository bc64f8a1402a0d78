// One process owns a store's directory.
#pragma once

#include <string>

#include "spillway/error.h"

namespace spillway {

/// An exclusive lock on `directory`/lock (flock), held until destroyed; the kernel drops it when
/// the process ends in any way.
class DirectoryLock {
 public:
  /// Makes the directory if missing. conflict when another opener holds it, in this process or not.
  static Result<DirectoryLock> acquire(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;

 private:
  explicit DirectoryLock(int file) : file_(file) {}
  int file_;
};

/// Makes the names in `directory` durable. Aborts the process when the sync fails (COMMIT.md).
Result<void> sync_directory(const std::string& directory);

}  // namespace spillway
