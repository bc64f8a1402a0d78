// Objects that the ledger does not account for: their attempt has no row, or one that does not name
// their item. Their keys say only a hash of the item's, so the items themselves are read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hybrid/reclaim.h"

namespace spillway {

/// What a full sweep has come by so far. A value: part of where the sweep goes on.
class Strays {
 public:
  void add(const std::string& root, const std::vector<ObjectInfo>& objects);
  /// Is there a table to be read on?
  bool unread() const { return !unread_.empty(); }
  std::size_t size() const { return objects_.size(); }
  /// Reads a page of a table. What its items refer to is no stray: it stays and its row is
  /// restored. What cannot be told stays, too, and is noted as undecided; where the reason may pass
  /// a later call tries again first. Errors: of the deadline alone.
  Result<void> read_on(Core& core, Reclaimer& reclaimer, const std::set<std::string>& tables_gone,
                       Deadline deadline);
  /// Those that no item refers to, once all is read.
  std::vector<ObjectInfo> take();

 private:
  Result<void> strike_out(Core& core, Reclaimer& reclaimer, const std::string& table,
                          const std::vector<Item>& items, Deadline deadline);

  std::map<ObjectKey, std::uint64_t> objects_;  ///< and their sizes in bytes
  std::set<std::string> unread_;                ///< tables
  std::optional<Item> after_;                   ///< where the first of them is read on
  int failures_ = 0;                            ///< at that place, one after the other
};

}  // namespace spillway
