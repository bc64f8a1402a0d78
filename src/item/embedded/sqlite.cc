// SQLite's handles as values with owners.
#include "item/embedded/sqlite.h"

#include "item/embedded/errors.h"

namespace spillway {

Run::~Run() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<bool> Run::step() {
  if (bind_status_ != SQLITE_OK) return sqlite_error(sqlite3_db_handle(statement_), bind_status_);
  const int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  return sqlite_error(sqlite3_db_handle(statement_), status);
}

Result<void> Run::finish() {
  for (;;) {
    SPILLWAY_TRY(const bool row, step());
    if (!row) return ok();
  }
}

std::string_view Run::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return data ? std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size))
              : std::string_view();
}

Result<Database> Database::open(const std::string& path, Mode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (mode == Mode::read_only) flags |= SQLITE_OPEN_READONLY;
  if (mode != Mode::read_only) flags |= SQLITE_OPEN_READWRITE;
  if (mode == Mode::create) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database database(handle);  // SQLite hands out a handle to close even when it could not open
  if (status != SQLITE_OK) return sqlite_error(handle, status);
  return database;
}

Result<void> Database::execute(const char* sql) {
  const int status = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return error(status);
  return ok();
}

Result<Statement> Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int status =
      sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (status != SQLITE_OK) return error(status);
  return Statement(statement);
}

Error Database::error(int status) const { return sqlite_error(handle_.get(), status); }

}  // namespace spillway
