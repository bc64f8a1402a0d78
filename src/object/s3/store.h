// ObjectStore in an S3 bucket. docs/formats/objects.md describes how objects look there.
#pragma once

#include <memory>

#include "object/object_store.h"
#include "object/s3/client.h"

namespace spillway {

class S3ObjectStore final : public ObjectStore {
 public:
  explicit S3ObjectStore(std::unique_ptr<S3Client> client) : client_(std::move(client)) {}

  Result<std::uint64_t> put(const ObjectKey& key, ByteSource& source,
                            const ObjectAttributes& attributes, Deadline deadline) override;
  Result<std::unique_ptr<ByteSource>> get(const ObjectKey& key, std::optional<ByteRange> range,
                                          Deadline deadline) override;
  Result<ObjectInfo> head(const ObjectKey& key, Deadline deadline) override;
  std::vector<Result<void>> remove(const std::vector<ObjectKey>& keys, Deadline deadline) override;
  Result<ObjectList> list(const std::string& prefix, const std::string& after,
                          Deadline deadline) override;

  S3Client& client() { return *client_; }

 private:
  Result<void> remove_one(const ObjectKey& key, Deadline deadline);
  void remove_batch(const std::vector<ObjectKey>& keys, const std::vector<std::size_t>& which,
                    std::vector<Result<void>>& results, Deadline deadline);

  std::unique_ptr<S3Client> client_;
};

/// Asks no server. Errors: invalid_argument.
Result<std::unique_ptr<S3ObjectStore>> open_s3_object_store(const std::string& url);

}  // namespace spillway
