// The tables that exist, in memory, for every thread to look up.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "item/embedded/schema.h"

namespace spillway {

/// Thread-safe. Follows the stored tables: only the writer's thread changes it, after each commit.
class Catalog {
 public:
  explicit Catalog(std::vector<Table> tables);
  /// not_found, in DynamoDB's words, when there is no such table.
  Result<std::shared_ptr<const Table>> find(const std::string& name) const;
  /// Names above `after`, ascending, at most `limit`.
  std::vector<std::string> names(const std::string& after, std::uint32_t limit) const;
  void add(Table table);
  void remove(const std::string& name);

 private:
  mutable std::mutex mutex_;
  // Shared: a request that found a table keeps it while another thread drops it.
  std::map<std::string, std::shared_ptr<const Table>> tables_;
};

}  // namespace spillway
