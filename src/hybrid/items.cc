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
  {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.find(name);
    if (found != tables_.end()) return found->second;
  }
  SPILLWAY_TRY(TableReply reply, items.administer(DescribeTable{name}, deadline));
  auto described = std::make_shared<const TableDescription>(std::move(reply.front()));
  const std::lock_guard lock(mutex_);
  tables_[name] = described;
  return described;
}

void Core::forget_table(const std::string& name) {
  const std::lock_guard lock(mutex_);
  tables_.erase(name);
}

std::string Core::prefix(const std::string& table_name, const Item& key) const {
  return owner_prefix(store_id, table_name, key);
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
  return over(std::move(items), std::move(objects), config);
}

Result<std::unique_ptr<Items>> Items::over(std::unique_ptr<ItemStore> items,
                                           std::unique_ptr<ObjectStore> objects,
                                           const ItemsConfig& config) {
  auto state = std::make_unique<State>(std::move(items), std::move(objects), config);
  const Deadline deadline = Deadline::after(open_wait);
  SPILLWAY_TRY(state->core.store_id, state->core.ledger.open(deadline));
  state->core.bucket = "embedded";  // what a reference names where there is no bucket
  SPILLWAY_TRY(abort_pending(state->core, deadline));
  return std::unique_ptr<Items>(new Items(std::move(state)));
}

Result<TableReply> Items::administer(const TableRequest& request, Deadline deadline) {
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
  const std::string probe = core.store_id + "/probe/" + random_id();
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
