// One process owns a store's directory.
#include "item/embedded/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace spillway {
namespace {

Error failed(Code code, const std::string& path, const std::string& what) {
  return make_error(code, "item.open", path, what);
}

/// Makes `path` (absolute) and what is missing above it; each new name is synced, lest a crash of
/// the machine takes away a store that has acknowledged writes.
Result<void> make_directory(const std::filesystem::path& path) {
  std::error_code error;
  if (!path.has_relative_path() || std::filesystem::is_directory(path, error)) return ok();
  SPILLWAY_TRY(make_directory(path.parent_path()));
  std::filesystem::create_directory(path, error);
  if (error) return failed(Code::unavailable, path, "cannot make it: " + error.message());
  return sync_directory(path.parent_path());
}

}  // namespace

Result<void> sync_directory(const std::string& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return failed(Code::unavailable, directory, std::strerror(errno));
  if (::fsync(file) != 0) {
    std::fprintf(stderr, "spillway: %s could not be synced to disk: %s\n", directory.c_str(),
                 std::strerror(errno));
    std::abort();
  }
  ::close(file);
  return ok();
}

Result<StoreLock> StoreLock::acquire(const std::string& directory) {
  const std::filesystem::path absolute = std::filesystem::absolute(directory);
  // "store/" would be its own parent.
  SPILLWAY_TRY(make_directory(absolute.has_filename() ? absolute : absolute.parent_path()));
  const std::string path = directory + "/lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return failed(errno == EACCES ? Code::permission_denied : Code::unavailable, path,
                  std::strerror(errno));
  StoreLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return failed(Code::unavailable, path, std::strerror(errno));
  return failed(Code::conflict, directory,
                "another process has this store open; stop it first, send the requests to it, or "
                "choose another directory");
}

StoreLock::StoreLock(StoreLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

StoreLock::~StoreLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace spillway
