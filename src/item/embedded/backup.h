// Copies of a database that is in use.
#pragma once

#include <string>

#include "spillway/error.h"

namespace spillway {

/// Copies the database `from` as it is at this moment into the new file `to`: durable when it
/// returns, absent when it fails. Writers go on meanwhile (the WAL grows until it is done).
/// conflict when `to` exists.
Result<void> backup_database(const std::string& from, const std::string& to);

}  // namespace spillway
