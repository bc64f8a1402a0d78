// What every part of this module works on: the two stores, the ledger, and who we are.
#pragma once

#include <atomic>
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

  /// The table's schema; remembered for a minute, since others may add indexes.
  Result<std::shared_ptr<const TableDescription>> table(const std::string& name, Deadline deadline);
  void forget_table(const std::string& name);

  /// The prefix that the object keys of the item with this primary key have.
  std::string prefix(const std::string& table_name, const Item& key) const;

  ItemStore& items;
  ObjectStore& objects;
  Ledger ledger;
  const ItemsConfig config;
  /// Set once while opening.
  std::string root;                        ///< what every object key begins with, before a '/'
  std::string bucket;                      ///< the name that references carry
  std::string ledger_table_id;             ///< empty where the item store has no ids of tables
  std::unique_ptr<Bucket> links;           ///< makes links to objects, on S3 only
  std::atomic<bool> owns_objects = false;  ///< seen once; see check_may_upload()

 private:
  std::mutex mutex_;
  struct Known {
    // Shared: a call may still use a description that another call forgets.
    std::shared_ptr<const TableDescription> table;
    Deadline fresh = Deadline::never();
  };
  std::map<std::string, Known> tables_;
};

}  // namespace spillway
