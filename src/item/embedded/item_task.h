// Puts, updates, removals and checks, one or a transaction of many, as a task of the writer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dynamo/expression.h"
#include "item/embedded/catalog.h"
#include "item/embedded/writer.h"

namespace spillway {

/// One action. Everything that needs no row is checked and encoded beforehand, on the caller's
/// thread; the writer's thread is for what must happen in order.
class ItemAction {
 public:
  /// `request` is borrowed. not_found for an unknown table, invalid_argument for a bad request.
  static Result<ItemAction> make(const WriteRequest& request, const Catalog& catalog);

  /// Reads the row, evaluates the condition and computes what is to be written.
  Result<void> decide(WriteConnection& connection);
  /// Writes it. Only after decide().
  Result<void> write(WriteConnection& connection);

  bool same_item(const ItemAction& other) const;
  std::size_t weight_bytes() const;
  double write_units() const;

  // What decide() found.
  bool condition_held() const { return held_; }
  std::uint64_t written_bytes() const { return new_size_; }
  std::optional<Item>& prior() { return prior_; }

 private:
  enum class Change { none, insert, update, remove };

  Result<void> decide_update();

  const WriteRequest* request_ = nullptr;
  std::shared_ptr<const Table> table_;  // shared: see Catalog
  StoredKey key_;
  Item key_item_;  ///< update: what a new item starts from
  std::optional<Condition> condition_;
  std::optional<Update> update_;
  std::string encoded_;
  std::uint64_t new_size_ = 0;

  bool held_ = true;
  Change change_ = Change::none;
  std::int64_t row_id_ = 0;
  std::optional<Item> prior_;
};

/// All of its actions, or none.
class ItemTask final : public WriteTask {
 public:
  /// `token` may be empty; otherwise `digest` is what it stands for. Both are borrowed.
  ItemTask(std::vector<ItemAction> actions, const std::string& token, const std::string& digest)
      : actions_(std::move(actions)), token_(token), digest_(digest) {}

  Result<void> prepare(WriteConnection& connection) override;
  Result<void> apply(WriteConnection& connection) override;
  void committed() override {}
  std::size_t weight_bytes() const override;

  bool applied() const { return applied_; }
  /// The token says that this transaction was applied before.
  bool repeated() const { return repeated_; }
  std::vector<ItemAction>& actions() { return actions_; }

 private:
  std::vector<ItemAction> actions_;
  const std::string& token_;
  const std::string& digest_;
  bool applied_ = false;
  bool repeated_ = false;
};

}  // namespace spillway
