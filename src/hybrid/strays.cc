// Looking for strays in the tables that they are named after.
#include "hybrid/strays.h"

#include "dynamo/json.h"
#include "hybrid/manifest.h"
#include "hybrid/owner.h"

namespace spillway {
namespace {

/// Of a page, before its table is given up for this sweep. Each was tried again by the store.
constexpr int failures_max = 5;

/// Everything that begins so.
template <class Sorted>
std::pair<typename Sorted::iterator, typename Sorted::iterator> below(Sorted& all,
                                                                      const std::string& prefix) {
  const auto first = all.lower_bound(prefix);
  auto last = first;
  while (last != all.end() && last->first.starts_with(prefix)) ++last;
  return {first, last};
}

}  // namespace

void Strays::add(const std::string& root, const std::vector<ObjectInfo>& objects) {
  for (const ObjectInfo& object : objects) {
    objects_.emplace(object.key, object.size_bytes);
    unread_.insert(parse_object_key(root, object.key)->table);
  }
}

Result<void> Strays::read_on(Core& core, Reclaimer& reclaimer,
                             const std::set<std::string>& tables_gone, Deadline deadline) {
  const std::string table = *unread_.begin();
  QueryRequest scan;
  scan.table = table;
  scan.start_after = after_;
  auto page = core.items.query(scan, deadline);
  const bool gone = !page && page.error().code == Code::not_found && tables_gone.contains(table);
  auto done = page   ? strike_out(core, reclaimer, table, page.value().items, deadline)
              : gone ? ok()
                     : Result<void>(std::move(page).error());
  if (!done && deadline.passed()) return done;
  if (!done && done.error().transient && ++failures_ < failures_max) return ok();
  failures_ = 0;
  after_ = page && done ? std::move(page.value().last_key) : std::nullopt;
  if (after_) return ok();
  unread_.erase(table);
  if (done) return ok();
  const auto [first, last] = below(objects_, core.root + "/" + table + "/");
  reclaimer.undecided(std::to_string(std::distance(first, last)) + " objects of table " + table +
                          " that the ledger does not know",
                      done.error());
  objects_.erase(first, last);
  return ok();
}

Result<void> Strays::strike_out(Core& core, Reclaimer& reclaimer, const std::string& table,
                                const std::vector<Item>& items, Deadline deadline) {
  SPILLWAY_TRY(const auto description, core.table(table, deadline));
  for (const Item& item : items) {
    if (!item.contains(manifest_name)) continue;
    SPILLWAY_TRY(Item key, primary_key(item, description->keys));
    const LedgerOwner owner{table, std::move(key)};
    const auto [first, last] = below(objects_, core.prefix(table, owner.key));
    if (first == last) continue;
    const auto listed = listed_objects(item);
    for (auto stray = first; stray != last;) {
      if (!listed) {
        reclaimer.undecided(stray->first, make_error(Code::corrupt, "sweep", to_json(owner.key),
                                                     "its item's manifest cannot be read"));
      } else if (listed->contains(stray->first)) {
        const std::string attempt = parse_object_key(core.root, stray->first)->attempt;
        SPILLWAY_TRY(reclaimer.restore_row(attempt, owner));
      } else {
        ++stray;
        continue;
      }
      stray = objects_.erase(stray);
    }
  }
  return ok();
}

std::vector<ObjectInfo> Strays::take() {
  std::vector<ObjectInfo> left;
  for (const auto& [key, bytes] : objects_) {
    left.emplace_back();
    left.back().key = key;
    left.back().size_bytes = bytes;
  }
  objects_.clear();
  return left;
}

}  // namespace spillway
