// Real embedded stores in a temporary folder, and decorators that make them fail on purpose.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "item/item_store.h"
#include "object/object_store.h"
#include "spillway/items.h"

namespace spillway {

/// A folder that is gone when the test is over.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "spillway-test-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// What a test may do to a store's calls. Returning an Error makes the call fail with it.
struct Faults {
  std::function<Result<void>(const std::string& operation)> before;
  /// After a write was applied: an Error here is a reply that was lost.
  std::function<Result<void>(const std::string& operation)> after;
  bool transact_twice = false;    ///< as if a request had been sent again on the way
  bool puts_stall = false;        ///< a put of an object has no answer until its deadline
  std::uint32_t queried_max = 0;  ///< items that a page of a query has; 0: as asked for
  std::size_t listed_max = ~std::size_t{0};  ///< objects that a page of a listing has
};

inline Result<void> run(const std::function<Result<void>(const std::string&)>& hook,
                        const std::string& operation) {
  return hook ? hook(operation) : Result<void>(ok());
}

class FaultyItemStore final : public ItemStore {
 public:
  FaultyItemStore(std::shared_ptr<ItemStore> store, std::shared_ptr<Faults> faults)
      : store_(std::move(store)), faults_(std::move(faults)) {}
  Result<GetResult> get(const GetRequest& request, Deadline deadline) override {
    SPILLWAY_TRY(run(faults_->before, "get " + request.table));
    return store_->get(request, deadline);
  }
  Result<WriteResult> write(const WriteRequest& request, Deadline deadline) override {
    SPILLWAY_TRY(run(faults_->before, "write " + request.table));
    auto result = store_->write(request, deadline);
    SPILLWAY_TRY(run(faults_->after, "write " + request.table));
    return result;
  }
  Result<TransactResult> transact(const std::vector<WriteRequest>& actions,
                                  const std::string& token, Deadline deadline) override {
    SPILLWAY_TRY(run(faults_->before, "transact"));
    if (faults_->transact_twice) static_cast<void>(store_->transact(actions, token, deadline));
    auto result = store_->transact(actions, token, deadline);
    SPILLWAY_TRY(run(faults_->after, "transact"));
    return result;
  }
  Result<QueryPage> query(const QueryRequest& request, Deadline deadline) override {
    SPILLWAY_TRY(
        run(faults_->before, (request.consistent ? "query " : "weak query ") + request.table));
    QueryRequest asked = request;
    if (faults_->queried_max > 0) asked.limit = faults_->queried_max;
    return store_->query(asked, deadline);
  }
  Result<TableReply> administer(const TableRequest& request, Deadline deadline) override {
    static constexpr std::array names = {"create", "delete", "describe", "list"};
    SPILLWAY_TRY(run(faults_->before, std::string("administer ") + names[request.index()]));
    return store_->administer(request, deadline);
  }

 private:
  std::shared_ptr<ItemStore> store_;  // shared with other gateways of a test
  std::shared_ptr<Faults> faults_;    // shared with the test, which changes them
};

class FaultyObjectStore final : public ObjectStore {
 public:
  FaultyObjectStore(std::shared_ptr<ObjectStore> store, std::shared_ptr<Faults> faults)
      : store_(std::move(store)), faults_(std::move(faults)) {}
  Result<std::uint64_t> put(const ObjectKey& key, ByteSource& source,
                            const ObjectAttributes& attributes, Deadline deadline) override {
    SPILLWAY_TRY(run(faults_->before, "object put"));
    if (faults_->puts_stall) {
      std::unique_lock lock(never_mutex_);
      never_.wait_until(lock, deadline.at(), [] { return false; });
      return make_error(Code::timeout, "test", "", "stalled on purpose");
    }
    return store_->put(key, source, attributes, deadline);
  }
  Result<std::unique_ptr<ByteSource>> get(const ObjectKey& key, std::optional<ByteRange> range,
                                          Deadline deadline) override {
    SPILLWAY_TRY(run(faults_->before, "object get"));
    return store_->get(key, range, deadline);
  }
  Result<ObjectInfo> head(const ObjectKey& key, Deadline deadline) override {
    return store_->head(key, deadline);
  }
  std::vector<Result<void>> remove(const std::vector<ObjectKey>& keys, Deadline deadline) override {
    const Result<void> hooked = run(faults_->before, "object remove");
    if (!hooked) return std::vector<Result<void>>(keys.size(), hooked);
    return store_->remove(keys, deadline);
  }
  Result<ObjectList> list(const std::string& prefix, const std::string& after,
                          Deadline deadline) override {
    SPILLWAY_TRY(run(faults_->before, "object list"));
    SPILLWAY_TRY(ObjectList list, store_->list(prefix, after, deadline));
    if (list.objects.size() > faults_->listed_max) {
      list.objects.resize(faults_->listed_max);
      list.next = list.objects.back().key;
    }
    return list;
  }

 private:
  std::shared_ptr<ObjectStore> store_;  // shared with other gateways of a test
  std::mutex never_mutex_;
  std::condition_variable never_;   ///< nobody notifies it
  std::shared_ptr<Faults> faults_;  // shared with the test, which changes them
};

/// Items over embedded stores, with a table "things" keyed by pk (S) and sk (S).
class ItemsTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }

  void open(SpillPolicy policy = {}) {
    items_.reset();
    auto item_store = open_item_store("embedded://" + folder_.path() + "/items");
    ASSERT_TRUE(item_store) << describe(item_store.error());
    auto object_store = open_object_store("file://" + folder_.path() + "/objects");
    ASSERT_TRUE(object_store) << describe(object_store.error());
    ItemsConfig config;
    config.policy = policy;
    config.objects_url = "file://" + folder_.path() + "/objects";
    config.sole_owner = true;
    auto faulty_items =
        std::make_unique<FaultyItemStore>(std::move(item_store).value(), item_faults_);
    auto faulty_objects =
        std::make_unique<FaultyObjectStore>(std::move(object_store).value(), object_faults_);
    raw_items_ = faulty_items.get();
    raw_objects_ = faulty_objects.get();
    auto items = Items::over(std::move(faulty_items), std::move(faulty_objects), config);
    ASSERT_TRUE(items) << describe(items.error());
    items_ = std::move(items).value();
    TableDescription table;
    table.name = "things";
    table.keys.partition = {"pk", KeyType::string};
    table.keys.sort = KeyAttribute{"sk", KeyType::string};
    static_cast<void>(
        items_->administer(CreateTable{table}, soon()));  // there from the second time
  }

  static Deadline soon() { return Deadline::after(std::chrono::seconds(30)); }
  static Item key(const std::string& sk = "1") { return Item{{"pk", "p"}, {"sk", sk}}; }

  static WriteRequest put(Item item) {
    WriteRequest request;
    request.table = "things";
    request.item = std::move(item);
    return request;
  }
  static WriteRequest update(const Item& at, std::string expression, Values values = {}) {
    WriteRequest request;
    request.kind = WriteRequest::Kind::update;
    request.table = "things";
    request.item = at;
    request.update = std::move(expression);
    request.values = std::move(values);
    return request;
  }
  static WriteRequest remove(const Item& at) {
    WriteRequest request;
    request.kind = WriteRequest::Kind::remove;
    request.table = "things";
    request.item = at;
    return request;
  }
  static GetRequest get(const Item& at) {
    GetRequest request;
    request.table = "things";
    request.key = at;
    return request;
  }

  std::optional<Item> read(const Item& at) {
    auto got = items_->get(get(at), Hydrate::whole, soon());
    EXPECT_TRUE(got) << describe(got.error());
    return got ? got.value().item : std::nullopt;
  }
  WriteReply write(const WriteRequest& request) {
    auto reply = items_->write(request, soon());
    EXPECT_TRUE(reply) << describe(reply.error());
    return reply ? reply.value() : WriteReply{};
  }
  std::size_t object_count() {
    auto list = raw_objects_->list("", "", soon());
    EXPECT_TRUE(list);
    return list.value().objects.size();
  }
  SweepReport sweep_all() {
    SweepOptions options;
    options.fence_age_millis = 0;
    options.retention_millis = 0;
    auto report = items_->sweep(options, soon());
    EXPECT_TRUE(report) << describe(report.error());
    return report.value();
  }

  TemporaryFolder folder_;
  std::shared_ptr<Faults> item_faults_ = std::make_shared<Faults>();
  std::shared_ptr<Faults> object_faults_ = std::make_shared<Faults>();
  ItemStore* raw_items_ = nullptr;
  ObjectStore* raw_objects_ = nullptr;
  std::unique_ptr<Items> items_;
};

/// Bytes that zstd cannot shrink: what leaves becomes an object.
inline std::string noise(std::size_t bytes, std::uint32_t seed = 1) {
  std::string text(bytes, '\0');
  std::uint64_t state = seed * 0x9E3779B97F4A7C15ull + 1;
  for (char& c : text) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    c = static_cast<char>(33 + state % 90);  // printable, so that it is valid UTF-8
  }
  return text;
}

}  // namespace spillway
