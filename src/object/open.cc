// Which backend a URL names, and what is the same for all of them.
#include <string_view>

#include "object/filesystem/store.h"
#include "object/object_store.h"
#include "object/s3/store.h"

namespace spillway {
namespace {

constexpr std::string_view file_scheme = "file://", s3_scheme = "s3://";

Error unknown_kind() {
  return make_error(Code::invalid_argument, "object.open", "",
                    "unknown kind of object store; known are file:///path/to/directory and "
                    "s3://bucket/prefix");
}

}  // namespace

Result<void> remove_object(ObjectStore& store, const ObjectKey& key, Deadline deadline) {
  return std::move(store.remove({key}, deadline).front());
}

ObjectLocation object_location(const std::string& url) {
  if (url.starts_with(file_scheme)) return {"embedded", ""};
  Result<S3Config> config = parse_s3_url(url);
  if (config.has_error()) return {};
  return {std::move(config.value().bucket), std::move(config.value().prefix)};
}

Result<std::unique_ptr<ObjectStore>> open_object_store(const std::string& url) {
  if (url.starts_with(s3_scheme)) {
    SPILLWAY_TRY(std::unique_ptr<ObjectStore> store, open_s3_object_store(url));
    return store;
  }
  if (!url.starts_with(file_scheme)) return unknown_kind();
  const std::string root = url.substr(file_scheme.size());
  if (!root.starts_with('/')) {
    return make_error(Code::invalid_argument, "object.open", url,
                      "the directory must be an absolute path, as in file:///var/lib/spillway");
  }
  return open_filesystem_object_store({.root = root});
}

}  // namespace spillway
