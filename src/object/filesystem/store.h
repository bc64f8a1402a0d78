// ObjectStore in a directory: a file for each object, and one beside it for its attributes.
// docs/formats/objects.md describes the layout, docs/decisions/object-files.md the reasons.
#pragma once

#include <memory>

#include "object/filesystem/client.h"
#include "object/filesystem/config.h"
#include "object/object_store.h"

namespace spillway {

/// Makes the directory if it is missing and removes what crashed processes left in DIR/.tmp.
/// Several processes may share a directory on a local disk.
Result<std::unique_ptr<ObjectStore>> open_filesystem_object_store(FilesystemConfig config);

/// One page of the objects beneath `root`; see ObjectStore::list.
Result<ObjectList> list_directory(const Fd& root, const std::string& prefix,
                                  const std::string& after, Deadline deadline);

}  // namespace spillway
