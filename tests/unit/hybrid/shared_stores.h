// Stores that several gateways share, with secondary indexes and ids of tables as DynamoDB has
// them, on top of the embedded ones.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "dynamo/expression.h"
#include "hybrid/ledger.h"
#include "unit/hybrid/stores.h"

namespace spillway {

/// Global secondary indexes by scanning. Thread-safe. What an index says may be out of date, on
/// purpose: with `stale_one_in` = n every nth query answers what the one before would have.
class IndexedItems final : public ItemStore {
 public:
  explicit IndexedItems(std::unique_ptr<ItemStore> store) : store_(std::move(store)) {}

  std::string table_id = "table-1";  ///< of every table
  /// As if an index had been added later.
  void set_indexes(const std::string& table, std::vector<IndexDescription> indexes) {
    const std::lock_guard lock(mutex_);
    indexes_[table] = std::move(indexes);
  }
  std::atomic<unsigned> stale_one_in = 0;
  std::atomic<unsigned> scans = 0;  ///< Scans that callers asked for

  Result<GetResult> get(const GetRequest& request, Deadline deadline) override {
    return store_->get(request, deadline);
  }
  Result<WriteResult> write(const WriteRequest& request, Deadline deadline) override {
    return store_->write(request, deadline);
  }
  Result<TransactResult> transact(const std::vector<WriteRequest>& actions,
                                  const std::string& token, Deadline deadline) override {
    return store_->transact(actions, token, deadline);
  }

  Result<TableReply> administer(const TableRequest& request, Deadline deadline) override {
    const std::lock_guard lock(mutex_);
    TableRequest native = request;
    if (auto* create = std::get_if<CreateTable>(&native)) {
      const auto indexes = std::exchange(create->table.indexes, {});
      auto made = store_->administer(native, deadline);
      if (made) indexes_[create->table.name] = indexes;
      return made ? with_indexes(std::move(made).value()) : std::move(made);
    }
    SPILLWAY_TRY(TableReply reply, store_->administer(native, deadline));
    return with_indexes(std::move(reply));
  }

  Result<QueryPage> query(const QueryRequest& request, Deadline deadline) override {
    if (request.index.empty()) {
      if (request.key_condition.empty()) ++scans;
      return store_->query(request, deadline);
    }
    if (request.consistent) {
      return make_error(Code::invalid_argument, "test.query", request.index,
                        "Consistent reads are not supported on global secondary indexes");
    }
    const std::lock_guard lock(mutex_);
    SPILLWAY_TRY(std::vector<Item> entries, entries_of(request, deadline));
    std::vector<Item>& before = before_[to_text(request)];
    std::swap(before, entries);
    const bool stale = stale_one_in > 0 && ++queries_ % stale_one_in == 0;
    return page(request, stale ? entries : before);
  }

 private:
  static std::string to_text(const QueryRequest& request) {
    return request.table + " " + request.index + " " +
           (request.values.contains(":shard") ? *request.values.at(":shard").as<std::string>()
                                              : "");
  }

  TableReply with_indexes(TableReply reply) const {
    for (TableDescription& table : reply) {
      table.id = table_id;
      if (indexes_.contains(table.name)) table.indexes = indexes_.at(table.name);
    }
    return reply;
  }

  /// All entries that the key condition and the filter let through, in the index's order.
  Result<std::vector<Item>> entries_of(const QueryRequest& request, Deadline deadline) {
    const auto& indexes = indexes_.at(request.table);
    const auto index = *std::ranges::find(indexes, request.index, &IndexDescription::name);
    SPILLWAY_TRY(const auto table, store_->administer(DescribeTable{request.table}, deadline));
    std::set<std::string> names{table[0].keys.partition.name, index.keys.partition.name,
                                index.keys.sort->name};
    if (table[0].keys.sort) names.insert(table[0].keys.sort->name);
    names.insert(index.included.begin(), index.included.end());
    SPILLWAY_TRY(const Condition wanted,
                 Condition::parse(request.key_condition, request.names, request.values));
    SPILLWAY_TRY(const Condition filter,
                 Condition::parse(request.filter, request.names, request.values));
    SPILLWAY_TRY(const Projection projection, Projection::parse(request.projection, request.names));
    std::vector<Item> entries;
    QueryRequest scan;
    scan.table = request.table;
    do {
      SPILLWAY_TRY(QueryPage page, store_->query(scan, deadline));
      for (Item& item : page.items) {
        SPILLWAY_TRY(const bool in, wanted.evaluate(&item));
        if (!in) continue;
        if (index.projects != IndexDescription::Projects::all) {
          std::erase_if(item, [&](const auto& entry) { return !names.contains(entry.first); });
        }
        SPILLWAY_TRY(const bool passes, filter.evaluate(&item));
        if (!passes) continue;
        entries.push_back(projection.paths().empty() ? item : projection.apply(item));
      }
      scan.start_after = page.last_key;
    } while (scan.start_after);
    std::ranges::stable_sort(entries, std::less{}, [&](const Item& entry) {
      const auto* digits = entry.at(index.keys.sort->name).as<Number>();
      return digits == nullptr ? 0 : std::stoll(digits->text);
    });
    return entries;
  }

  static QueryPage page(const QueryRequest& request, const std::vector<Item>& entries) {
    QueryPage page;
    bool begun = !request.start_after;
    for (const Item& entry : entries) {
      if (begun) page.items.push_back(entry);
      begun = begun || std::ranges::all_of(*request.start_after, [&](const auto& part) {
                return entry.contains(part.first) && entry.at(part.first) == part.second;
              });
      if (request.limit == 0 || page.items.size() < request.limit) continue;
      page.last_key = entry;
      break;
    }
    return page;
  }

  std::unique_ptr<ItemStore> store_;
  std::mutex mutex_;  ///< guards what follows
  std::map<std::string, std::vector<IndexDescription>> indexes_;
  std::map<std::string, std::vector<Item>> before_;
  unsigned queries_ = 0;
};

/// Several Items over one pair of stores; each with faults of its own.
class GatewaysTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto items = open_item_store("embedded://" + folder_.path() + "/items");
    ASSERT_TRUE(items) << describe(items.error());
    shared_items_ = std::make_shared<IndexedItems>(std::move(items).value());
    auto objects = open_object_store("file://" + folder_.path() + "/objects");
    ASSERT_TRUE(objects) << describe(objects.error());
    shared_objects_ = std::move(objects).value();
    gateway_ = gateway();
    TableDescription table;
    table.name = "things";
    table.keys.partition = {"pk", KeyType::string};
    table.keys.sort = KeyAttribute{"sk", KeyType::string};
    table.indexes = indexes_;
    ASSERT_TRUE(gateway_->administer(CreateTable{table}, soon()));
  }

  ItemsConfig config() const {
    ItemsConfig config;
    config.objects_url = "s3://the-bucket/some/prefix?region=eu-central-1";
    config.hydrated_page_bytes_max = hydrated_page_bytes_max_;
    return config;
  }

  std::unique_ptr<Items> gateway(std::shared_ptr<Faults> item_faults = std::make_shared<Faults>()) {
    auto items =
        Items::over(std::make_unique<FaultyItemStore>(shared_items_, std::move(item_faults)),
                    std::make_unique<FaultyObjectStore>(shared_objects_, object_faults_), config());
    EXPECT_TRUE(items) << describe(items.error());
    return std::move(items).value();
  }

  static Deadline soon() { return Deadline::after(std::chrono::seconds(30)); }
  static Item key(const std::string& sk = "1") { return Item{{"pk", "p"}, {"sk", sk}}; }
  static Item large(const std::string& sk = "1", std::uint32_t seed = 1) {
    return Item{{"pk", "p"}, {"sk", sk}, {"text", noise(400'000, seed)}};
  }
  static WriteRequest request(WriteRequest::Kind kind, Item item, std::string update = "",
                              Values values = {}) {
    WriteRequest request;
    request.kind = kind;
    request.table = "things";
    request.item = std::move(item);
    request.update = std::move(update);
    request.values = std::move(values);
    return request;
  }
  static WriteRequest put(Item item) { return request(WriteRequest::Kind::put, std::move(item)); }
  static WriteRequest remove(Item item) {
    return request(WriteRequest::Kind::remove, std::move(item));
  }
  static GetRequest get(Item key) {
    GetRequest request;
    request.table = "things";
    request.key = std::move(key);
    return request;
  }

  WriteReply write(const WriteRequest& request) {
    auto reply = gateway_->write(request, soon());
    EXPECT_TRUE(reply) << describe(reply.error());
    return reply ? reply.value() : WriteReply{};
  }
  std::optional<Item> read(const Item& at) {
    auto got = gateway_->get(get(at), Hydrate::whole, soon());
    EXPECT_TRUE(got) << describe(got.error());
    return got ? got.value().item : std::nullopt;
  }
  /// Opens again: what waits in the background is written.
  void reopen() {
    gateway_.reset();
    gateway_ = gateway();
  }
  static SweepOptions at_once(SweepScope scope) {
    SweepOptions options;
    options.fence_age_millis = 0;
    options.retention_millis = 0;
    options.scope = scope;
    return options;
  }
  SweepReport sweep(const SweepOptions& options) {
    auto report = gateway_->sweep(options, soon());
    EXPECT_TRUE(report) << describe(report.error());
    return report ? report.value() : SweepReport{};
  }
  SweepReport routine() { return sweep(at_once(SweepScope::routine)); }
  SweepReport full() { return sweep(at_once(SweepScope::full)); }
  /// But for the identity.
  std::vector<ObjectKey> objects() {
    std::vector<ObjectKey> keys;
    const ObjectList list = shared_objects_->list("", "", soon()).value();
    for (const ObjectInfo& object : list.objects) {
      if (!object.key.ends_with("/identity")) keys.push_back(object.key);
    }
    return keys;
  }
  std::vector<LedgerRow> rows() {
    return Ledger(*shared_items_).scan(std::nullopt, soon()).value().attempts;
  }

  /// For a hook: the call ends as one does that its deadline ended.
  static Result<void> outlast(Deadline deadline) {
    while (!deadline.passed()) std::this_thread::yield();
    return make_error(Code::timeout, "test", "", "on purpose");
  }

  std::vector<IndexDescription> indexes_;  ///< of the table "things"
  std::uint64_t hydrated_page_bytes_max_ = 64ull << 20;
  TemporaryFolder folder_;
  std::shared_ptr<IndexedItems> shared_items_;   // shared by the gateways
  std::shared_ptr<ObjectStore> shared_objects_;  // likewise
  std::shared_ptr<Faults> object_faults_ = std::make_shared<Faults>();
  std::unique_ptr<Items> gateway_;
};

}  // namespace spillway
