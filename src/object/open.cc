// Which backend a URL names, and what is the same for all of them.
#include <string_view>

#include "object/filesystem/store.h"
#include "object/object_store.h"

namespace spillway {

Result<void> remove_object(ObjectStore& store, const ObjectKey& key, Deadline deadline) {
  return std::move(store.remove({key}, deadline).front());
}

Result<std::unique_ptr<ObjectStore>> open_object_store(const std::string& url) {
  constexpr std::string_view file_scheme = "file://";
  if (url.starts_with(file_scheme)) {
    const std::string root = url.substr(file_scheme.size());
    if (!root.starts_with('/')) {
      return make_error(Code::invalid_argument, "object.open", url,
                        "the directory must be an absolute path, as in file:///var/lib/spillway");
    }
    return open_filesystem_object_store({.root = root});
  }
  return make_error(Code::invalid_argument, "object.open", url,
                    "unknown kind of object store; known is file:///path/to/directory");
}

}  // namespace spillway
