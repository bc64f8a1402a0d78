// Copies of a database that is in use: SQLite's online backup into a temporary file, then a link.
#include "item/embedded/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/random.h"
#include "item/embedded/lock.h"
#include "item/embedded/schema.h"

namespace spillway {
namespace {

Error failed(Code code, const std::string& path, const std::string& what) {
  return make_error(code, "item.backup", path, what);
}

/// Removed when this leaves its scope.
struct TemporaryFile {
  explicit TemporaryFile(const std::string& target) : path(target + "." + random_id() + ".tmp") {}
  ~TemporaryFile() { ::unlink(path.c_str()); }
  std::string path;
};

Result<void> copy(const std::string& from, const std::string& to) {
  SPILLWAY_TRY(const Database source, open_for_reading(from));
  SPILLWAY_TRY(Database target, Database::open(to, Database::Mode::create));
  // No journal: a copy that does not get finished is thrown away.
  SPILLWAY_TRY(target.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"));
  sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
  if (!backup) return target.error(sqlite3_errcode(target.handle()));
  // All pages in one step, hence of one snapshot; steps would start over after each write between.
  const int status = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (status != SQLITE_DONE) return target.error(status);
  return ok();
}

Result<void> sync_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed(Code::unavailable, path, std::strerror(errno));
  const int status = ::fsync(file);
  const int error = errno;
  ::close(file);
  // Not fatal, unlike for the store itself: nothing was acknowledged, and the copy is removed.
  if (status != 0) return failed(Code::unavailable, path, std::strerror(error));
  return ok();
}

}  // namespace

Result<void> backup_database(const std::string& from, const std::string& to) {
  if (::access(to.c_str(), F_OK) == 0) return failed(Code::conflict, to, "the file exists");
  const TemporaryFile temporary(to);
  SPILLWAY_TRY(copy(from, temporary.path));
  SPILLWAY_TRY(sync_file(temporary.path));
  if (::link(temporary.path.c_str(), to.c_str()) != 0)
    return failed(errno == EEXIST ? Code::conflict : Code::unavailable, to, std::strerror(errno));
  return sync_directory(std::filesystem::absolute(to).parent_path().string());
}

}  // namespace spillway
