// A consistent copy of an embedded store: first the items, then the objects they may refer to.
#include <filesystem>

#include "hybrid/items_state.h"

namespace spillway {

Result<void> Items::backup(const std::string& to, Deadline deadline) {
  Core& core = state_->core;
  std::error_code failure;
  if (!std::filesystem::create_directories(to + "/items", failure)) {
    return make_error(Code::conflict, "backup", to,
                      failure ? "the directory cannot be made: " + failure.message()
                              : "it exists; name a directory that does not");
  }
  // Objects are immutable, so every object of the copied items is still there as long as the sweep
  // removes nothing meanwhile; what is uploaded later is copied too and is only an orphan there.
  const std::unique_lock lock(state_->removals);
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

}  // namespace spillway
