// errno to Error.
#include "object/filesystem/errors.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace spillway {

Error filesystem_error(int number, std::string op, std::string subject) {
  const std::string text = std::generic_category().message(number);
  const auto error = [&](Code code, std::string detail) {
    return make_error(code, std::move(op), std::move(subject), std::move(detail));
  };
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return error(Code::storage_full,
                   text +
                       "; nothing was written. Free space (or inodes, or quota) on the disk of "
                       "the object directory, or enlarge it, then try again.");
    case ENOENT: return error(Code::not_found, "no such object");
    case EACCES:
    case EPERM:
    case EROFS:
      return error(Code::permission_denied,
                   text + "; the process must be able to write to the object directory");
    case EMFILE:
    case ENFILE:
      return error(Code::unavailable, text + "; raise the limit of open files (ulimit -n)");
    default: return error(Code::unavailable, text);
  }
}

void die_of_failed_fsync(int number, const std::string& what) {
  std::fprintf(stderr,
               "spillway: fsync of %s failed: %s. What was written may be lost, and trying again "
               "could falsely succeed, so the process stops. Check the disk, then start again.\n",
               what.c_str(), std::generic_category().message(number).c_str());
  std::abort();
}

}  // namespace spillway
