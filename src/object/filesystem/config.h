// What the filesystem object store needs to know.
#pragma once

#include <unistd.h>

#include <string>

namespace spillway {

struct FilesystemConfig {
  std::string root;            ///< absolute; made if missing
  int (*sync)(int) = ::fsync;  ///< replaced in tests to see what a failing disk does
};

}  // namespace spillway
