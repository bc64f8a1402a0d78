// What SQLite says, in Spillway's terms.
#pragma once

#include <sqlite3.h>

#include "spillway/error.h"

namespace spillway {

/// The Error for a failed call on `database` (may be null). Does not return when a file could not
/// be synced: the kernel may have dropped the dirty pages, so that a retry would falsely succeed.
/// The process says so on stderr and aborts; the write-ahead log is recovered at the next start.
Error sqlite_error(sqlite3* database, int status);

}  // namespace spillway
