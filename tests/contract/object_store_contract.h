// The fixture of the ObjectStore contract.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "object/object_store.h"

namespace spillway {

/// A way to get an empty store. `make` is called once a test and keeps whatever the store needs
/// (a folder, a server) until the returned handle dies; it gives no store where there is no server.
struct ObjectStoreHandle {
  std::shared_ptr<void> world;  // shared because its type is each factory's own affair
  std::unique_ptr<ObjectStore> store;
};
struct ObjectStoreFactory {
  std::string name;
  std::function<ObjectStoreHandle()> make;
};
/// What a test is named by in reports.
inline std::ostream& operator<<(std::ostream& out, const ObjectStoreFactory& factory) {
  return out << factory.name;
}

class ObjectStoreContract : public testing::TestWithParam<ObjectStoreFactory> {
 protected:
  void SetUp() override {
    if (!handle_.store) GTEST_SKIP() << "the server of this store does not run";
  }
  Result<std::uint64_t> put(const ObjectKey& key, std::string bytes,
                            const ObjectAttributes& attributes = {}) {
    StringSource source(std::move(bytes));
    return store().put(key, source, attributes, soon());
  }
  Result<std::string> get(const ObjectKey& key, std::optional<ByteRange> range = std::nullopt) {
    SPILLWAY_TRY(const auto source, store().get(key, range, soon()));
    return read_all(*source, 1u << 30);
  }
  /// All keys with the prefix, by as many pages as it takes; checks each page on the way.
  std::vector<ObjectKey> keys(const std::string& prefix = "", std::string after = "") {
    std::vector<ObjectKey> all;
    for (;;) {
      auto page = store().list(prefix, after, soon());
      EXPECT_TRUE(page) << describe(page.error());
      if (!page) return all;
      EXPECT_LE(page.value().objects.size(), 1000u);
      for (const ObjectInfo& info : page.value().objects) all.push_back(info.key);
      after = page.value().next;
      if (after.empty()) return all;
    }
  }
  static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }
  ObjectStore& store() { return *handle_.store; }

 private:
  ObjectStoreHandle handle_ = GetParam().make();
};

}  // namespace spillway
