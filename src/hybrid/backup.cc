// A consistent copy of an embedded store: first the items, then the objects they may refer to.
#include <filesystem>

#include "hybrid/items_state.h"

namespace spillway {

namespace {

Result<void> copy_stores(Core& core, std::shared_mutex& removals, const std::string& to,
                         Deadline deadline) {
  // Objects are immutable, so every object of the copied items is still there as long as the sweep
  // removes nothing meanwhile; what is uploaded later is copied too and is only an orphan there.
  const std::unique_lock lock(removals);
  SPILLWAY_TRY(backup_item_store(core.items, to + "/items/items.db"));
  SPILLWAY_TRY(auto copy, open_object_store("file://" + to + "/objects"));
  std::string after;
  do {
    SPILLWAY_TRY(ObjectList list, core.objects.list("", after, deadline));
    for (const ObjectInfo& object : list.objects) {
      SPILLWAY_TRY(const ObjectInfo info, core.objects.head(object.key, deadline));
      SPILLWAY_TRY(auto source, core.objects.get(object.key, std::nullopt, deadline));
      SPILLWAY_TRY(copy->put(object.key, *source, info.attributes, deadline));
    }
    after = std::move(list.next);
  } while (!after.empty());
  return ok();
}

}  // namespace

Result<void> Items::backup(const std::string& to, Deadline deadline) {
  std::error_code failure;
  if (std::filesystem::exists(to, failure)) {
    return make_error(Code::conflict, "backup", to, "it exists; name a directory that does not");
  }
  if (!std::filesystem::create_directories(to + "/items", failure)) {
    return make_error(Code::unavailable, "backup", to,
                      "the directory cannot be made: " + failure.message());
  }
  auto copied = copy_stores(state_->core, state_->removals, to, deadline);
  // Half a copy must not be taken for a backup.
  if (!copied) std::filesystem::remove_all(to, failure);
  return copied;
}

}  // namespace spillway
