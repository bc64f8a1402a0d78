// What the metered object store counts, over one in a directory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/object_store_contract.h"
#include "contract/temporary_directory.h"
#include "contract/usage_calls.h"
#include "object/metered.h"

namespace spillway {
namespace {

using Operation = StoreUsage::Operation;

class MeteredObjects : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

  Result<std::uint64_t> put(const ObjectKey& key, const std::string& bytes) {
    StringSource source(bytes);
    return store_.put(key, source, {}, soon());
  }

  TemporaryDirectory folder_;
  std::shared_ptr<StoreUsage> usage_ = std::make_shared<StoreUsage>();  // shared with store_
  MeteredObjectStore store_{open_object_store("file://" + folder_.path() + "/objects").value(),
                            usage_};
};

TEST_F(MeteredObjects, CountEveryOperationByItsOutcome) {
  ASSERT_TRUE(put("a", "bytes"));
  EXPECT_FALSE(put("a", "other"));
  EXPECT_TRUE(store_.head("a", soon()));
  EXPECT_FALSE(store_.head("b", soon()));
  EXPECT_FALSE(store_.get("b", std::nullopt, soon()));
  EXPECT_TRUE(store_.list("", "", soon()));
  store_.remove({"a", "b"}, soon());
  EXPECT_EQ(calls(*usage_, Operation::object_put), 1u);
  EXPECT_EQ(calls(*usage_, Operation::object_put, Code::condition_failed), 1u);
  EXPECT_EQ(calls(*usage_, Operation::object_head), 1u);
  EXPECT_EQ(calls(*usage_, Operation::object_head, Code::not_found), 1u);
  EXPECT_EQ(calls(*usage_, Operation::object_get, Code::not_found), 1u);
  EXPECT_EQ(calls(*usage_, Operation::object_list), 1u);
  EXPECT_EQ(calls(*usage_, Operation::object_remove), 1u);
}

TEST_F(MeteredObjects, CountBytesAsTheyAreStoredAndRead) {
  ASSERT_TRUE(put("a", std::string(1000, 'x')));
  EXPECT_FALSE(put("a", std::string(500, 'y')));  // nothing was stored
  const auto source = store_.get("a", ByteRange{100, 300}, soon());
  ASSERT_TRUE(source);
  EXPECT_EQ(usage_->snapshot().object_bytes_out, 0u);
  char buffer[100];
  ASSERT_TRUE(read_full(*source.value(), buffer, sizeof buffer));
  EXPECT_EQ(usage_->snapshot().object_bytes_out, 100u);
  ASSERT_TRUE(read_all(*source.value(), 1000));
  EXPECT_EQ(usage_->snapshot().object_bytes_out, 300u);
  EXPECT_EQ(usage_->snapshot().object_bytes_in, 1000u);
}

ObjectStoreHandle make_metered_store() {
  auto folder = std::make_shared<TemporaryDirectory>();
  auto store = open_object_store("file://" + folder->path());
  if (!store) std::abort();
  return {folder, std::make_unique<MeteredObjectStore>(std::move(store).value(),
                                                       std::make_shared<StoreUsage>())};
}

INSTANTIATE_TEST_SUITE_P(Metered, ObjectStoreContract,
                         testing::Values(ObjectStoreFactory{"directory", make_metered_store}),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace spillway
