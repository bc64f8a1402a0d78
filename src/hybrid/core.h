// What every part of this module works on: the two stores, the ledger, and who we are.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "hybrid/ledger.h"
#include "item/item_store.h"
#include "object/bucket.h"
#include "object/object_store.h"
#include "spillway/items.h"

namespace spillway {

/// Thread-safe. Lives in Items; everything else borrows it.
class Core {
 public:
  Core(ItemStore& item_store, ObjectStore& object_store, const ItemsConfig& items_config)
      : items(item_store), objects(object_store), ledger(item_store), config(items_config) {}

  /// The table's schema; asked for once and remembered.
  Result<std::shared_ptr<const TableDescription>> table(const std::string& name, Deadline deadline);
  void forget_table(const std::string& name);

  /// The prefix that the object keys of the item with this primary key have.
  std::string prefix(const std::string& table_name, const Item& key) const;

  ItemStore& items;
  ObjectStore& objects;
  Ledger ledger;
  const ItemsConfig config;
  std::string store_id;  ///< set once while opening
  std::string bucket;    ///< the name that references carry; set once while opening
  std::unique_ptr<Bucket> links;  ///< makes links to objects; set once while opening, on S3 only

 private:
  std::mutex mutex_;
  // Shared: a call may still use a description that another call forgets.
  std::map<std::string, std::shared_ptr<const TableDescription>> tables_;
};

}  // namespace spillway
