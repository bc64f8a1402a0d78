// The tables that exist, in memory.
#include "item/embedded/catalog.h"

namespace spillway {

Catalog::Catalog(std::vector<Table> tables) {
  for (Table& table : tables) add(std::move(table));
}

Result<std::shared_ptr<const Table>> Catalog::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = tables_.find(name);
  if (found == tables_.end())
    return make_error(Code::not_found, "item.table", name, "Requested resource not found");
  return found->second;
}

std::vector<std::string> Catalog::names(const std::string& after, std::uint32_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (auto it = tables_.upper_bound(after); it != tables_.end() && names.size() < limit; ++it)
    names.push_back(it->first);
  return names;
}

void Catalog::add(Table table) {
  const std::lock_guard lock(mutex_);
  const std::string name = table.description.name;
  tables_[name] = std::make_shared<const Table>(std::move(table));
}

void Catalog::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  tables_.erase(name);
}

}  // namespace spillway
