// SQLite's handles as values with owners. No SQL here, and none anywhere is made from user data.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "spillway/error.h"

namespace spillway {

/// One execution of a prepared statement: bound, stepped, and reset when it leaves its scope.
/// Bytes that were bound are borrowed until then; what a column yields lives until the next step.
class Run {
 public:
  Run(sqlite3_stmt* statement, int bind_status)
      : statement_(statement), bind_status_(bind_status) {}
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// True when there is a row, false when the statement is done.
  Result<bool> step();
  /// Steps to the end; for statements that yield nothing.
  Result<void> finish();

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  /// The bytes of a blob or text; empty for NULL.
  std::string_view bytes(int column) const;
  bool is(int column, int sqlite_type) const {
    return sqlite3_column_type(statement_, column) == sqlite_type;
  }

 private:
  sqlite3_stmt* statement_;
  int bind_status_;
};

/// A prepared statement. Used by one thread at a time, one Run at a time.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  /// Binds every argument in order (integers; string_view as a blob) and hands out the execution.
  template <class... Arguments>
  Run run(const Arguments&... arguments) {
    int status = SQLITE_OK, index = 0;
    ((status = status == SQLITE_OK ? bind(++index, arguments) : status), ...);
    return Run(statement_.get(), status);
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  int bind(int index, std::int64_t value) {
    return sqlite3_bind_int64(statement_.get(), index, value);
  }
  int bind(int index, std::string_view bytes) {
    const char* data = bytes.data() ? bytes.data() : "";  // a null pointer would bind NULL
    return sqlite3_bind_blob64(statement_.get(), index, data, bytes.size(), SQLITE_STATIC);
  }

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A connection. Used by one thread at a time; statements must go before it does.
class Database {
 public:
  enum class Mode { create, read_write, read_only };
  static Result<Database> open(const std::string& path, Mode mode);

  /// Runs fixed SQL (pragmas, DDL, BEGIN …).
  Result<void> execute(const char* sql);
  Result<Statement> prepare(const char* sql);
  /// False inside a transaction; true again when SQLite has rolled it back by itself.
  bool autocommit() const { return sqlite3_get_autocommit(handle_.get()) != 0; }
  /// The Error for a status that a direct call on handle() returned.
  Error error(int status) const;
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace spillway
