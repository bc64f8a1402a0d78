// Counting calls of an ObjectStore.
#include "object/metered.h"

#include <algorithm>

#include "base/stopwatch.h"

namespace spillway {
namespace {

using Operation = StoreUsage::Operation;

class CountedSource final : public ByteSource {
 public:
  CountedSource(std::unique_ptr<ByteSource> inner, std::shared_ptr<StoreUsage> usage)
      : inner_(std::move(inner)), usage_(std::move(usage)) {}

  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    Result<std::size_t> got = inner_->read(buffer, capacity);
    if (got) usage_->count_object_bytes(0, got.value());
    return got;
  }

 private:
  const std::unique_ptr<ByteSource> inner_;
  const std::shared_ptr<StoreUsage> usage_;  // shared: as MeteredObjectStore's
};

template <class T>
std::optional<Code> failure_of(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

}  // namespace

MeteredObjectStore::MeteredObjectStore(std::unique_ptr<ObjectStore> inner,
                                       std::shared_ptr<StoreUsage> usage)
    : inner_(std::move(inner)), usage_(std::move(usage)) {}

Result<std::uint64_t> MeteredObjectStore::put(const ObjectKey& key, ByteSource& source,
                                              const ObjectAttributes& attributes,
                                              Deadline deadline) {
  const Stopwatch watch;
  const Result<std::uint64_t> result = inner_->put(key, source, attributes, deadline);
  usage_->count_call(Operation::object_put, failure_of(result), watch.elapsed());
  if (result) usage_->count_object_bytes(result.value(), 0);
  return result;
}

Result<std::unique_ptr<ByteSource>> MeteredObjectStore::get(const ObjectKey& key,
                                                            std::optional<ByteRange> range,
                                                            Deadline deadline) {
  const Stopwatch watch;
  Result<std::unique_ptr<ByteSource>> result = inner_->get(key, range, deadline);
  usage_->count_call(Operation::object_get, failure_of(result), watch.elapsed());
  if (!result) return result;
  return std::unique_ptr<ByteSource>(
      std::make_unique<CountedSource>(std::move(result).value(), usage_));
}

Result<ObjectInfo> MeteredObjectStore::head(const ObjectKey& key, Deadline deadline) {
  const Stopwatch watch;
  Result<ObjectInfo> result = inner_->head(key, deadline);
  usage_->count_call(Operation::object_head, failure_of(result), watch.elapsed());
  return result;
}

std::vector<Result<void>> MeteredObjectStore::remove(const std::vector<ObjectKey>& keys,
                                                     Deadline deadline) {
  const Stopwatch watch;
  std::vector<Result<void>> results = inner_->remove(keys, deadline);
  const auto failed = std::find_if(results.begin(), results.end(),
                                   [](const Result<void>& result) { return !result; });
  usage_->count_call(Operation::object_remove,
                     failed == results.end() ? std::nullopt : failure_of(*failed), watch.elapsed());
  return results;
}

Result<ObjectList> MeteredObjectStore::list(const std::string& prefix, const std::string& after,
                                            Deadline deadline) {
  const Stopwatch watch;
  Result<ObjectList> result = inner_->list(prefix, after, deadline);
  usage_->count_call(Operation::object_list, failure_of(result), watch.elapsed());
  return result;
}

}  // namespace spillway
