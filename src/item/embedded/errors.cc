// What SQLite says, in Spillway's terms. Source: sqlite.org/rescode.html.
#include "item/embedded/errors.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace spillway {
namespace {

std::string path_of(sqlite3* database) {
  const char* path = database ? sqlite3_db_filename(database, "main") : nullptr;
  return path ? path : "";
}

bool out_of_space(sqlite3* database, int status) {
  if (status == SQLITE_FULL || status == SQLITE_IOERR_SHMSIZE) return true;
  if ((status & 0xff) != SQLITE_IOERR || !database) return false;
  const int error = sqlite3_system_errno(database);
  return error == ENOSPC || error == EDQUOT;
}

void abort_when_sync_failed(int status, const std::string& path) {
  if (status != SQLITE_IOERR_FSYNC && status != SQLITE_IOERR_DIR_FSYNC) return;
  std::fprintf(stderr,
               "spillway: %s could not be synced to disk. What was acknowledged is safe; the "
               "process stops so that nothing else is acknowledged. Check the disk, then start "
               "again.\n",
               path.c_str());
  std::abort();
}

}  // namespace

Error sqlite_error(sqlite3* database, int status) {
  const std::string path = path_of(database);
  abort_when_sync_failed(status, path);
  const std::string said = database ? sqlite3_errmsg(database) : sqlite3_errstr(status);
  const auto error = [&](Code code, const std::string& detail) {
    return make_error(code, "item.sqlite", path, detail);
  };
  if (out_of_space(database, status))
    return error(Code::storage_full, "no space is left on the disk; nothing was written");
  switch (status & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return error(Code::corrupt, "the database file is damaged (" + said +
                                      "); stop the server and restore the file from a backup");
    case SQLITE_IOERR: return error(Code::unavailable, "the disk failed: " + said);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error(Code::unavailable, "another program holds the database file: " + said);
    case SQLITE_NOMEM: return error(Code::unavailable, "out of memory");
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN: return error(Code::permission_denied, said);
    default: return error(Code::internal, said);
  }
}

}  // namespace spillway
