// One process owns a store's directory.
#pragma once

#include <string>

#include "spillway/error.h"

namespace spillway {

/// An exclusive lock on `directory`/lock (flock), held until destroyed; the kernel drops it when
/// the process ends in any way.
class StoreLock {
 public:
  /// Makes the directory if missing. conflict when another opener holds it, in this process or not.
  static Result<StoreLock> acquire(const std::string& directory);
  ~StoreLock();
  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;

 private:
  explicit StoreLock(int file) : file_(file) {}
  int file_;
};

/// Makes the names in `directory` durable. Aborts the process when the sync fails
/// (docs/commit-protocol.md).
Result<void> sync_directory(const std::string& directory);

}  // namespace spillway
