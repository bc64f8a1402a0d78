// What is counted of artifacts that an outage of the object store kept in their items.
#include <atomic>

#include "unit/artifact/artifact_test.h"

namespace spillway {
namespace {

/// Takes no objects while it is told so.
class RefusingObjects final : public ObjectStore {
 public:
  RefusingObjects(std::unique_ptr<ObjectStore> store, const std::atomic<bool>& refuses)
      : store_(std::move(store)), refuses_(refuses) {}
  Result<std::uint64_t> put(const ObjectKey& key, ByteSource& source,
                            const ObjectAttributes& attributes, Deadline deadline) override {
    if (refuses_) return make_error(Code::unavailable, "object.put", key, "on purpose");
    return store_->put(key, source, attributes, deadline);
  }
  Result<std::unique_ptr<ByteSource>> get(const ObjectKey& key, std::optional<ByteRange> range,
                                          Deadline deadline) override {
    return store_->get(key, range, deadline);
  }
  Result<ObjectInfo> head(const ObjectKey& key, Deadline deadline) override {
    return store_->head(key, deadline);
  }
  std::vector<Result<void>> remove(const std::vector<ObjectKey>& keys, Deadline deadline) override {
    return store_->remove(keys, deadline);
  }
  Result<ObjectList> list(const std::string& prefix, const std::string& after,
                          Deadline deadline) override {
    return store_->list(prefix, after, deadline);
  }

 private:
  std::unique_ptr<ObjectStore> store_;
  const std::atomic<bool>& refuses_;
};

TEST(Moved, ArtifactsThatMoveOutAreCountedAsSpilled) {
  const TemporaryFolder folder;
  const ItemsConfig config = embedded_config(folder.path());
  std::atomic<bool> refuses = true;
  auto objects =
      std::make_unique<RefusingObjects>(open_object_store(config.objects_url).value(), refuses);
  const auto items =
      Items::over(open_item_store(config.items_url).value(), std::move(objects), config).value();
  const auto sessions = Sessions::open(*items).value();
  NewMessage message;
  message.role = "user";
  message.content = "hello";
  message.artifacts = {dense_json(480'000)};
  const auto saved = sessions->post("s", message, soon());
  ASSERT_TRUE(saved) << describe(saved.error());
  StorageStats stats = sessions->stats(soon()).value();
  EXPECT_EQ(stats.fallbacks, 1u);
  EXPECT_EQ(stats.encoded.count, 1u);

  refuses = false;
  const SweepReport report = sessions->sweep({}, soon()).value();
  EXPECT_EQ(report.fallbacks_moved, 1u);
  stats = sessions->stats(soon()).value();
  EXPECT_EQ(stats.fallbacks, 0u);
  EXPECT_EQ(stats.encoded.count, 0u);
  EXPECT_EQ(stats.spilled.count, 1u);
  EXPECT_EQ(stats.spilled.raw_bytes, 480'000u);

  ASSERT_TRUE(sessions->remove_message("s", saved.value().message.id, soon()));
  EXPECT_EQ(sessions->stats(soon()).value().spilled.count, 0u);
}

}  // namespace
}  // namespace spillway
