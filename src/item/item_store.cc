// Item stores by the scheme of their URL.
#include "item/item_store.h"

#include "item/dynamodb/store.h"
#include "item/embedded/store.h"
#include "item/metered.h"

namespace spillway {

Result<std::unique_ptr<ItemStore>> open_item_store(const std::string& url) {
  constexpr std::string_view embedded = "embedded://";
  if (url.starts_with(embedded) && url.size() > embedded.size())
    return EmbeddedStore::open(url.substr(embedded.size()));
  if (url.starts_with(dynamodb_scheme)) return DynamoStore::open(url);
  return make_error(Code::invalid_argument, "item.open", url,
                    "an item store is embedded:// and the path of a directory, or dynamodb:// and "
                    "a region");
}

Result<void> backup_item_store(ItemStore& store, const std::string& to) {
  if (auto* metered = dynamic_cast<MeteredItemStore*>(&store))
    return backup_item_store(metered->inner(), to);
  const auto* embedded = dynamic_cast<EmbeddedStore*>(&store);
  if (!embedded)
    return make_error(Code::invalid_argument, "item.backup", to,
                      "only an embedded store is backed up here; use DynamoDB's own backups");
  return embedded->backup(to);
}

}  // namespace spillway
