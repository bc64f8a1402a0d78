// fsck: reads every item and says what does not hold together. Adoption: the same, and the ledger's
// rows are restored.
#include <algorithm>
#include <map>
#include <set>

#include "dynamo/json.h"
#include "hybrid/hydrate.h"
#include "hybrid/identity.h"
#include "hybrid/items_state.h"
#include "hybrid/manifest.h"
#include "hybrid/owner.h"

namespace spillway {
namespace {

enum class Rows { check, restore };

class Fsck {
 public:
  Fsck(Core& core, const FsckOptions& options, Rows rows, Deadline deadline)
      : core_(core), options_(options), rows_(rows), deadline_(deadline) {}

  Result<FsckReport> run() {
    SPILLWAY_TRY(const auto tables, options_.tables.empty() ? all_tables() : named_tables());
    for (const std::string& table : tables) {
      if (table == ledger_table) continue;
      SPILLWAY_TRY(check_table(table));
    }
    SPILLWAY_TRY(count_objects());
    return std::move(report_);
  }

 private:
  Result<std::set<std::string>> all_tables() {
    std::set<std::string> all;
    ListTables names;
    for (;;) {
      SPILLWAY_TRY(const TableReply tables, core_.items.administer(names, deadline_));
      for (const TableDescription& table : tables) all.insert(table.name);
      if (tables.size() < names.limit) return all;
      names.start_after = tables.back().name;
    }
  }

  /// One LIST a table: the first object of each says its name, and '0' follows '/'.
  Result<std::set<std::string>> named_tables() {
    std::set<std::string> named(options_.tables.begin(), options_.tables.end());
    std::string after;
    for (;;) {
      SPILLWAY_TRY(const ObjectList list, core_.objects.list(core_.root + "/", after, deadline_));
      if (list.objects.empty()) return named;
      const std::string& key = list.objects.front().key;
      const auto object = parse_object_key(core_.root, key);
      after = key;
      if (!object) continue;  // the identity, a probe
      named.insert(object->table);
      after = core_.root + "/" + object->table + "0";
    }
  }

  Result<void> check_table(const std::string& name) {
    auto found = core_.table(name, deadline_);
    if (!found && found.error().code == Code::not_found) {
      if (options_.tables_gone.contains(name)) return ok();
      problem("table " + name, "it is gone; if for good, run spillway sweep --table-gone " + name);
      return ok();
    }
    SPILLWAY_TRY(const auto table, std::move(found));
    QueryRequest scan;
    scan.table = name;
    do {
      auto page = core_.items.query(scan, deadline_);
      if (!page) {
        // A damaged row ends the scan of its table: what was read so far has been checked.
        if (page.error().code != Code::corrupt) return std::move(page).error();
        problem("table " + name, page.error().detail);
        return ok();
      }
      for (Item& item : page.value().items) {
        SPILLWAY_TRY(check_item(*table, std::move(item)));
      }
      scan.start_after = std::move(page.value().last_key);
    } while (scan.start_after);
    return ok();
  }

  Result<void> check_item(const TableDescription& table, Item stored) {
    ++report_.items;
    if (!stored.contains(manifest_name)) return ok();
    SPILLWAY_TRY(const Item key, primary_key(stored, table.keys));
    const std::string subject = table.name + " " + to_json(key);
    if (const auto listed = listed_objects(stored))
      referred_.insert(listed->begin(), listed->end());
    auto loaded = load_item(std::move(stored), core_.prefix(table.name, key));
    if (!loaded) {
      problem(subject, loaded.error().detail);
      return ok();
    }
    for (const std::string& path : loaded.value().overwritten) {
      problem(subject, path +
                           " was overwritten by a writer that does not know Spillway; what it "
                           "wrote is what is read, and the spilled value is superseded");
    }
    std::vector<AttributeValue*> handles;
    for (auto& [name, value] : loaded.value().item) collect_handles(value, handles);
    // The members of a pack are checked together: their object is read once.
    std::map<const StoredBytes*, std::vector<AttributeValue*>> values;
    for (AttributeValue* handle : handles) {
      values[entry_of(*handle->as<Spilled>()).stored.get()].push_back(handle);
    }
    std::map<std::string, ObjectKey> attempts;
    for (const auto& [bytes, places] : values) {
      if (const auto name = parse_object_key(core_.root, bytes->object_key)) {
        attempts.emplace(name->attempt, bytes->object_key);
      }
    }
    for (const auto& [bytes, places] : values) {  // handles give way to what they stand for
      SPILLWAY_TRY(check_values(subject, key, table, places));
    }
    for (const auto& [attempt, object] : attempts) {
      SPILLWAY_TRY(check_row(subject, {table.name, key}, attempt, object));
    }
    return ok();
  }

  /// What an item refers to was committed. A row that says otherwise was restored to another moment
  /// than the item.
  Result<void> check_row(const std::string& subject, const LedgerOwner& owner,
                         const std::string& attempt, const ObjectKey& object) {
    if (rows_ == Rows::restore) {
      SPILLWAY_TRY(core_.ledger.restore(attempt, owner, deadline_));
      return ok();
    }
    SPILLWAY_TRY(const auto row, core_.ledger.read(attempt, deadline_));
    if (row && row->state == AttemptState::committed &&
        std::ranges::find(row->owners, owner) != row->owners.end()) {
      return ok();
    }
    SPILLWAY_TRY(const bool same, still_refers(core_, owner.table, owner.key, object, deadline_));
    if (same) {
      problem(subject, "the ledger does not say that its write (attempt " + attempt +
                           ") was committed, as after a restore of one without the other; "
                           "`spillway sweep --full` mends that");
    }
    return ok();
  }

  /// Handles of the same stored bytes.
  Result<void> check_values(const std::string& subject, const Item& key,
                            const TableDescription& table,
                            const std::vector<AttributeValue*>& handles) {
    report_.references += handles.size();
    const auto stored = entry_of(*handles.front()->as<Spilled>()).stored;
    auto sound = options_.read_objects || stored->object_key.empty()
                     ? hydrate_values(core_, handles, deadline_)
                     : check_size(*stored);
    if (sound) return ok();
    if (sound.error().code != Code::corrupt) return sound;
    // The item may have been written while it was looked at.
    if (!stored->object_key.empty()) {
      SPILLWAY_TRY(const bool same,
                   still_refers(core_, table.name, key, stored->object_key, deadline_));
      if (!same) return ok();
    }
    problem(subject,
            sound.error().detail +
                (stored->object_key.empty() ? "" : " (object " + stored->object_key + ")"));
    return ok();
  }

  Result<void> check_size(const StoredBytes& stored) {
    auto head = core_.objects.head(stored.object_key, deadline_);
    if (!head && head.error().code != Code::not_found) return std::move(head).error();
    if (head && head.value().size_bytes == stored.index.encoded_bytes) return ok();
    return make_error(
        Code::corrupt, "fsck", stored.object_key,
        head ? "the object's size is not what its reference says" : "the object is missing");
  }

  Result<void> count_objects() {
    std::string after;
    do {
      SPILLWAY_TRY(ObjectList list, core_.objects.list(core_.root + "/", after, deadline_));
      for (const ObjectInfo& object : list.objects) {
        if (!parse_object_key(core_.root, object.key)) continue;  // the identity, a probe
        ++report_.objects;
        if (!referred_.contains(object.key)) ++report_.orphans;
      }
      after = std::move(list.next);
    } while (!after.empty());
    return ok();
  }

  void problem(const std::string& subject, const std::string& what) {
    report_.problems.push_back(subject + ": " + what);
  }

  Core& core_;
  const FsckOptions& options_;
  const Rows rows_;
  Deadline deadline_;
  FsckReport report_;
  std::set<ObjectKey> referred_;
};

}  // namespace

Result<FsckReport> Items::fsck(const FsckOptions& options, Deadline deadline) {
  return Fsck(state_->core, options, Rows::check, deadline).run();
}

Result<void> Items::adopt_store(const FsckOptions& check, Deadline deadline) {
  Core& core = state_->core;
  if (core.ledger_table_id.empty()) {
    return make_error(Code::unsupported, "adopt", "",
                      "this item store gives its tables no ids, so there is no other owner");
  }
  SPILLWAY_TRY(const FsckReport report, Fsck(core, check, Rows::restore, deadline).run());
  if (!report.problems.empty()) {
    return make_error(Code::corrupt, "adopt", core.root,
                      std::to_string(report.problems.size()) +
                          " problems, see `spillway fsck`; the owner is as it was. The first: " +
                          report.problems.front());
  }
  return replace_identity(core, deadline);
}

}  // namespace spillway
