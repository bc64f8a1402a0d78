// Puts, updates, removals and checks, one or a transaction of many.
#include "item/embedded/item_task.h"

#include <algorithm>

#include "base/clock.h"
#include "dynamo/item_size.h"
#include "item/embedded/item_encoding.h"
#include "item/embedded/table_tasks.h"
#include "item/embedded/validate.h"

namespace spillway {
namespace {

constexpr std::uint64_t transaction_bytes_max = std::uint64_t{4} << 20;
constexpr std::size_t row_overhead_bytes = 128;

Error invalid(std::string detail) {
  return make_error(Code::invalid_argument, "item.write", "", std::move(detail));
}

Result<void> refuse_key_changes(const KeySchema& schema, const Update& update) {
  for (const Path& path : update.writes()) {
    const std::string& root = std::get<std::string>(path.front());
    if (root == schema.partition.name || (schema.sort && root == schema.sort->name))
      return invalid("One or more parameter values were invalid: Cannot update attribute " + root +
                     ". This attribute is part of the key");
  }
  return ok();
}

}  // namespace

Result<ItemAction> ItemAction::make(const WriteRequest& request, const Catalog& catalog) {
  using Kind = WriteRequest::Kind;
  ItemAction action;
  action.request_ = &request;
  SPILLWAY_TRY(action.table_, catalog.find(request.table));
  const KeySchema& schema = action.table_->description.keys;
  if (!request.condition.empty()) {
    SPILLWAY_TRY(action.condition_,
                 Condition::parse(request.condition, request.names, request.values));
  }
  if (request.kind == Kind::check && !action.condition_)
    return invalid("a condition check needs a ConditionExpression");
  Item item = request.item;
  if (request.kind == Kind::put) {
    SPILLWAY_TRY(action.key_, key_of_item(schema, item));
    SPILLWAY_TRY(validate_item(item));
    action.encoded_ = encode_item(item);
    action.new_size_ = item_size(item);
    return action;
  }
  SPILLWAY_TRY(action.key_, key_alone(schema, item));
  action.key_item_ = std::move(item);
  if (request.kind == Kind::update && !request.update.empty()) {
    SPILLWAY_TRY(action.update_, Update::parse(request.update, request.names, request.values));
    SPILLWAY_TRY(refuse_key_changes(schema, *action.update_));
  }
  return action;
}

Result<void> ItemAction::decide(WriteConnection& connection) {
  using Kind = WriteRequest::Kind;
  change_ = Change::none;
  if (request_->kind == Kind::update) new_size_ = 0;  // of an earlier run in a group that failed
  SPILLWAY_TRY(require_table(connection, *table_));
  SPILLWAY_TRY(std::optional<StoredItem> row, connection.items.find(*table_, key_));
  prior_.reset();
  if (row) {
    row_id_ = row->row_id;
    prior_ = std::move(row->item);
  }
  held_ = true;
  if (condition_) {
    SPILLWAY_TRY(held_, condition_->evaluate(prior_ ? &*prior_ : nullptr));
  }
  if (!held_) return ok();
  switch (request_->kind) {
    case Kind::put: change_ = prior_ ? Change::update : Change::insert; break;
    case Kind::remove: change_ = prior_ ? Change::remove : Change::none; break;
    case Kind::check: break;
    case Kind::update: return decide_update();
  }
  return ok();
}

Result<void> ItemAction::decide_update() {
  if (!prior_ && update_ && update_->only_removes()) return ok();
  Item item = prior_ ? *prior_ : key_item_;
  if (update_) {
    SPILLWAY_TRY(update_->apply(item));
  }
  if (item_size(item) > item_bytes_max)
    return make_error(Code::too_large, "item.write", "",
                      "Item size to update has exceeded the maximum allowed size");
  SPILLWAY_TRY(validate_item(item));
  encoded_ = encode_item(item);
  new_size_ = item_size(item);
  change_ = prior_ ? Change::update : Change::insert;
  return ok();
}

Result<void> ItemAction::write(WriteConnection& connection) {
  switch (change_) {
    case Change::none: return ok();
    case Change::insert: return connection.items.insert(*table_, key_, encoded_);
    case Change::update: return connection.items.update(row_id_, *table_, key_, encoded_);
    case Change::remove: return connection.items.remove(row_id_);
  }
  return ok();
}

bool ItemAction::same_item(const ItemAction& other) const {
  return table_->id == other.table_->id && key_ == other.key_;
}

std::size_t ItemAction::weight_bytes() const {
  const bool grows_later = request_->kind == WriteRequest::Kind::update;
  return row_overhead_bytes + (grows_later ? item_bytes_max / 8 : encoded_.size());
}

double ItemAction::write_units() const {
  const std::uint64_t prior_size = prior_ ? item_size(*prior_) : 0;
  return spillway::write_units(std::max(prior_size, held_ ? new_size_ : 0));
}

Result<void> ItemTask::prepare(WriteConnection& connection) {
  applied_ = repeated_ = false;
  if (!token_.empty()) {
    SPILLWAY_TRY(const std::optional<std::string> known,
                 connection.tokens.find(token_, unix_millis()));
    if (known && *known != digest_)
      return invalid(
          "IdempotentParameterMismatch: the ClientRequestToken was used with other actions within "
          "the last ten minutes");
    if (known) {
      applied_ = repeated_ = true;
      return ok();
    }
  }
  bool all_held = true;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < actions_.size(); ++i) {
    Result<void> decided = actions_[i].decide(connection);
    if (!decided) {
      if (actions_.size() > 1 && decided.error().subject.empty())
        decided.error().subject = "action " + std::to_string(i);
      return decided;
    }
    all_held = all_held && actions_[i].condition_held();
    bytes += actions_[i].written_bytes();
  }
  if (actions_.size() > 1 && bytes > transaction_bytes_max)
    return invalid("the items of a transaction cannot exceed 4 MB together");
  applied_ = all_held;
  return ok();
}

Result<void> ItemTask::apply(WriteConnection& connection) {
  if (!applied_ || repeated_) return ok();
  for (ItemAction& action : actions_) {
    SPILLWAY_TRY(action.write(connection));
  }
  if (token_.empty()) return ok();
  return connection.tokens.keep(token_, digest_, unix_millis());
}

std::size_t ItemTask::weight_bytes() const {
  std::size_t bytes = 0;
  for (const ItemAction& action : actions_) bytes += action.weight_bytes();
  return bytes;
}

}  // namespace spillway
