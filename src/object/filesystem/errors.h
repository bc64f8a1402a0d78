// What an errno means to callers of the object store. Private to object.
#pragma once

#include <string>

#include "spillway/error.h"

namespace spillway {

/// An Error for `number` (an errno) that stopped `op` on `subject`.
Error filesystem_error(int number, std::string op, std::string subject);

/// Says so on stderr and aborts. After a failed fsync the kernel may have dropped the dirty pages
/// and marked them clean, so that a second fsync would falsely succeed; only a fresh start, which
/// reads what the disk truly holds, is safe (PostgreSQL's decision of 2018, "fsyncgate").
[[noreturn]] void die_of_failed_fsync(int number, const std::string& what);

}  // namespace spillway
