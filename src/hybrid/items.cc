// Opening the stores, and what is passed on to them.
#include "spillway/items.h"

#include "base/clock.h"
#include "base/random.h"
#include "hybrid/items_state.h"
#include "hybrid/manifest.h"
#include "hybrid/owner.h"

namespace spillway {
namespace {

constexpr std::chrono::minutes open_wait{10};  // recovery of a large store after a crash
constexpr std::chrono::minutes description_age_max{1};

/// Values of one item that move in parallel: each request to S3 waits longer than one to a disk.
constexpr std::uint32_t uploads_beside_files = 4, uploads_to_s3 = 8;

/// With what is left to the URLs filled in.
ItemsConfig resolved(ItemsConfig config) {
  if (config.uploads_max == 0) {
    const bool s3 = config.objects_url.starts_with("s3://");
    config.uploads_max = s3 ? uploads_to_s3 : uploads_beside_files;
  }
  return config;
}

/// One process owns an embedded store: whoever wrote the pending rows is gone.
Result<void> abort_pending(Core& core, Deadline deadline) {
  std::optional<Item> after;
  do {
    SPILLWAY_TRY(Ledger::Page page, core.ledger.scan(after, deadline));
    for (const LedgerRow& row : page.attempts) {
      if (row.state != AttemptState::pending) continue;
      SPILLWAY_TRY(core.ledger.abort(row.attempt, deadline));
    }
    after = std::move(page.next);
  } while (after);
  return ok();
}

}  // namespace

Result<std::shared_ptr<const TableDescription>> Core::table(const std::string& name,
                                                            Deadline deadline) {
  std::shared_ptr<const TableDescription> old;
  {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.find(name);
    if (found != tables_.end() && !found->second.fresh.passed()) return found->second.table;
    if (found != tables_.end()) old = found->second.table;
  }
  auto reply = items.administer(DescribeTable{name}, deadline);
  if (!reply && reply.error().transient && old) return old;
  if (!reply) return std::move(reply).error();
  auto described = std::make_shared<const TableDescription>(std::move(reply.value().front()));
  const std::lock_guard lock(mutex_);
  tables_[name] = {described, Deadline::after(description_age_max)};
  return described;
}

void Core::forget_table(const std::string& name) {
  const std::lock_guard lock(mutex_);
  tables_.erase(name);
}

std::string Core::prefix(const std::string& table_name, const Item& key) const {
  return owner_prefix(root, table_name, key);
}

std::string_view to_string(Storage storage) {
  switch (storage) {
    case Storage::in_item: return "inline";
    case Storage::encoded: return "encoded";
    case Storage::spilled: return "spilled";
  }
  return "inline";
}

Items::Items(std::unique_ptr<State> state) : state_(std::move(state)) {}
Items::~Items() = default;

Result<std::unique_ptr<Items>> Items::open(const ItemsConfig& config) {
  SPILLWAY_TRY(auto items, open_item_store(config.items_url));
  SPILLWAY_TRY(auto objects, open_object_store(config.objects_url));
  ItemsConfig opened = config;
  opened.sole_owner = config.items_url.starts_with("embedded://");
  return over(std::move(items), std::move(objects), opened);
}

Result<std::unique_ptr<Items>> Items::over(std::unique_ptr<ItemStore> items,
                                           std::unique_ptr<ObjectStore> objects,
                                           const ItemsConfig& config) {
  auto state = std::make_unique<State>(std::move(items), std::move(objects), resolved(config));
  const Deadline deadline = Deadline::after(open_wait);
  Core& core = state->core;
  SPILLWAY_TRY(LedgerIdentity identity, core.ledger.open(deadline));
  const ObjectLocation location = object_location(config.objects_url);
  core.root = location.prefix + identity.store;
  core.bucket = location.bucket;
  core.ledger_table_id = std::move(identity.table_id);
  if (config.objects_url.starts_with("s3://")) {
    SPILLWAY_TRY(core.links, Bucket::open(config.objects_url));
  }
  if (config.sole_owner) {
    SPILLWAY_TRY(abort_pending(core, deadline));
  }
  return std::unique_ptr<Items>(new Items(std::move(state)));
}

Result<TableReply> Items::administer(const TableRequest& request, Deadline deadline) {
  if (const auto* wanted = std::get_if<CreateTable>(&request)) {
    // Looked for first: whoever may not make tables can still use one that is there.
    const std::string& name = wanted->table.name;
    if (state_->core.items.administer(DescribeTable{name}, deadline)) {
      return make_error(Code::conflict, "item.create_table", name, "the table exists");
    }
  }
  SPILLWAY_TRY(TableReply reply, state_->core.items.administer(request, deadline));
  if (const auto* removed = std::get_if<DeleteTable>(&request)) {
    state_->core.forget_table(removed->name);
  }
  return reply;
}

Placement Items::describe(const Spilled& handle) {
  return placement_of(entry_of(handle).member, entry_of(handle));
}

Result<void> Items::check_ready(Deadline deadline) {
  Core& core = state_->core;
  const std::string probe = probe_prefix(core.root) + random_id();
  StringSource bytes("spillway");
  SPILLWAY_TRY(core.objects.put(probe, bytes, ObjectAttributes{}, deadline));
  auto got = core.objects.get(probe, std::nullopt, deadline);
  SPILLWAY_TRY(remove_object(core.objects, probe, deadline));
  SPILLWAY_TRY(auto source, std::move(got));
  SPILLWAY_TRY(const std::string read, read_all(*source, 64));
  if (read != "spillway") {
    return make_error(Code::corrupt, "object.probe", probe,
                      "the object store gave back other bytes than were put");
  }
  SPILLWAY_TRY(core.ledger.token_digest("probe", deadline));
  return ok();
}

const SpillPolicy& Items::policy() const { return state_->core.config.policy; }

StoreUsage::Snapshot Items::usage() const { return state_->usage->snapshot(); }

}  // namespace spillway
