// The decorator.
#include "cli/refusing_store.h"

namespace spillway {
namespace {

class RefusingStore final : public ObjectStore {
 public:
  explicit RefusingStore(std::unique_ptr<ObjectStore> inner) : inner_(std::move(inner)) {}

  Result<std::uint64_t> put(const ObjectKey& key, ByteSource&, const ObjectAttributes&,
                            Deadline) override {
    return make_error(Code::unavailable, "object.put", key, "refused by the selftest");
  }
  Result<std::unique_ptr<ByteSource>> get(const ObjectKey& key, std::optional<ByteRange> range,
                                          Deadline deadline) override {
    return inner_->get(key, range, deadline);
  }
  Result<ObjectInfo> head(const ObjectKey& key, Deadline deadline) override {
    return inner_->head(key, deadline);
  }
  std::vector<Result<void>> remove(const std::vector<ObjectKey>& keys, Deadline deadline) override {
    return inner_->remove(keys, deadline);
  }
  Result<ObjectList> list(const std::string& prefix, const std::string& after,
                          Deadline deadline) override {
    return inner_->list(prefix, after, deadline);
  }

 private:
  std::unique_ptr<ObjectStore> inner_;
};

}  // namespace

std::unique_ptr<ObjectStore> refusing_store(std::unique_ptr<ObjectStore> inner) {
  return std::make_unique<RefusingStore>(std::move(inner));
}

}  // namespace spillway
