// An ObjectStore around another that counts what passes through.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "object/object_store.h"
#include "spillway/usage.h"

namespace spillway {

/// Changes nothing about the calls and their results. The time of a get ends when its stream is
/// there; its bytes are counted as they are read.
class MeteredObjectStore final : public ObjectStore {
 public:
  /// `usage` is shared with whoever shows it.
  MeteredObjectStore(std::unique_ptr<ObjectStore> inner, std::shared_ptr<StoreUsage> usage);

  Result<std::uint64_t> put(const ObjectKey& key, ByteSource& source,
                            const ObjectAttributes& attributes, Deadline deadline) override;
  Result<std::unique_ptr<ByteSource>> get(const ObjectKey& key, std::optional<ByteRange> range,
                                          Deadline deadline) override;
  Result<ObjectInfo> head(const ObjectKey& key, Deadline deadline) override;
  /// Counted as one call, which failed if any of the removals did.
  std::vector<Result<void>> remove(const std::vector<ObjectKey>& keys, Deadline deadline) override;
  Result<ObjectList> list(const std::string& prefix, const std::string& after,
                          Deadline deadline) override;

 private:
  const std::unique_ptr<ObjectStore> inner_;
  const std::shared_ptr<StoreUsage> usage_;  // shared: streams and metrics may outlive the store
};

}  // namespace spillway
