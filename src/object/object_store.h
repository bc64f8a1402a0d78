// ObjectStore: immutable bytes under keys. What S3 does, in the few operations Spillway needs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spillway/bytes.h"
#include "spillway/deadline.h"
#include "spillway/error.h"

namespace spillway {

/// 1 to 1,024 bytes of UTF-8; '/' separates levels for LIST only.
using ObjectKey = std::string;

struct ObjectAttributes {
  std::string content_type = "application/octet-stream";
  std::string content_encoding = {};  ///< "zstd", "gzip" or empty
  /// User metadata. Names of lower-case letters, digits, '-' and '.'; values of UTF-8.
  std::map<std::string, std::string> metadata = {};
};

struct ObjectInfo {
  ObjectKey key;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_millis = 0;  ///< Unix time; for people and reports, never for decisions
  ObjectAttributes attributes;       ///< empty in a list
};

struct ObjectList {
  std::vector<ObjectInfo> objects;  ///< ascending by key
  std::string next;                 ///< pass as `after` for the next page; empty at the end
};

/// Thread-safe. Errors: not_found, permission_denied, storage_full, unavailable, timeout.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// Stores the whole stream under a fresh key, durable when it returns; never overwrites: if the
  /// key exists the answer is condition_failed and the stored object is untouched. All or nothing:
  /// if the source fails, its error is returned and no object appears. Returns the size in bytes.
  virtual Result<std::uint64_t> put(const ObjectKey& key, ByteSource& source,
                                    const ObjectAttributes& attributes, Deadline deadline) = 0;

  /// The object's bytes, or a range of them (which must lie within the object: else
  /// invalid_argument). The stream may outlive the call, not the store.
  virtual Result<std::unique_ptr<ByteSource>> get(const ObjectKey& key,
                                                  std::optional<ByteRange> range,
                                                  Deadline deadline) = 0;

  virtual Result<ObjectInfo> head(const ObjectKey& key, Deadline deadline) = 0;

  /// Removes up to 1,000 objects, in no order. One result a key, in the order given: ok where there
  /// is no such object any more, also if there never was; what failed may still be there.
  virtual std::vector<Result<void>> remove(const std::vector<ObjectKey>& keys,
                                           Deadline deadline) = 0;

  /// Up to 1,000 objects whose keys start with `prefix` and sort after `after`, in byte order.
  virtual Result<ObjectList> list(const std::string& prefix, const std::string& after,
                                  Deadline deadline) = 0;
};

/// remove() of one object.
Result<void> remove_object(ObjectStore& store, const ObjectKey& key, Deadline deadline);

/// Where the objects of a store lie, as references to them say it.
struct ObjectLocation {
  std::string bucket;  ///< "embedded" where it is a directory
  std::string
      prefix;  ///< "prefix/" of every key, which whoever makes keys puts before them; or empty
};

/// Of a URL that open_object_store() takes; empty for any other. Pure.
ObjectLocation object_location(const std::string& url);

/// "file:///path/to/directory" (made if missing), or "s3://bucket/prefix" with the settings of
/// object/s3/config.h as a query. Errors: invalid_argument for a URL of another kind.
Result<std::unique_ptr<ObjectStore>> open_object_store(const std::string& url);

}  // namespace spillway
