// Item stores, and decorators of them, that need no server.
#include "contract/item_store_contract.h"
#include "contract/temporary_directory.h"
#include "item/metered.h"

namespace spillway {

std::vector<ItemStoreFactory> item_store_factories() {
  const auto embedded = [] {
    auto folder = std::make_shared<TemporaryDirectory>();
    auto store = open_item_store("embedded://" + folder->path() + "/items");
    return ItemStoreHandle{folder, std::move(store).value()};
  };
  const auto metered = [embedded] {
    ItemStoreHandle handle = embedded();
    handle.store =
        std::make_unique<MeteredItemStore>(std::move(handle.store), std::make_shared<StoreUsage>());
    return handle;
  };
  return {{"Embedded", embedded}, {"MeteredEmbedded", metered}};
}

}  // namespace spillway
