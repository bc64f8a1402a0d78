// Item stores, and decorators of them, that need no server.
#include "contract/item_store_contract.h"
#include "contract/temporary_directory.h"

namespace spillway {

std::vector<ItemStoreFactory> item_store_factories() {
  const auto embedded = [] {
    auto folder = std::make_shared<TemporaryDirectory>();
    auto store = open_item_store("embedded://" + folder->path() + "/items");
    return ItemStoreHandle{folder, std::move(store).value()};
  };
  return {{"Embedded", embedded}};
}

}  // namespace spillway
