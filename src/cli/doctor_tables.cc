// DynamoDB: the tables, and each permission on the ledger by a probe row of its own.
#include <algorithm>

#include "artifact/idempotency.h"
#include "artifact/message_item.h"
#include "artifact/session_rows.h"
#include "base/random.h"
#include "cli/doctor.h"
#include "hybrid/ledger.h"
#include "item/item_store.h"

namespace spillway {
namespace {

using Kind = WriteRequest::Kind;

class TableExamination {
 public:
  TableExamination(ItemStore& store, std::string region, Findings& findings, Deadline deadline)
      : store_(store),
        region_(region.empty() ? "*" : std::move(region)),
        findings_(findings),
        deadline_(deadline) {}

  bool run() {
    if (!examine_tables()) return false;
    // In an order in which each needs only what came before.
    bool permitted = tell("dynamodb:PutItem", store_.write(probe(Kind::put, first_), deadline_));
    if (!permitted) {
      findings_.skip("dynamodb:GetItem and others", "they need a row that PutItem made");
      return false;
    }
    permitted &= tell("dynamodb:GetItem", store_.get(read(), deadline_));
    permitted &= tell("dynamodb:UpdateItem", store_.write(update(), deadline_));
    permitted &= tell("dynamodb:Query", store_.query(query(), deadline_));
    permitted &= tell("dynamodb:Scan", store_.query(scan(), deadline_));
    permitted &= tell(
        "dynamodb:ConditionCheckItem",
        store_.transact({probe(Kind::check, first_), probe(Kind::put, second_)}, "", deadline_));
    permitted &= tell("dynamodb:DeleteItem", store_.write(probe(Kind::remove, first_), deadline_));
    const auto second = store_.write(probe(Kind::remove, second_), deadline_);
    return permitted && second.has_value();
  }

 private:
  std::string arn(const std::string& table) const {
    return "arn:aws:dynamodb:" + region_ + ":*:table/" + table;
  }

  template <class T>
  bool tell(const std::string& action, const Result<T>& result) {
    if (result) {
      findings_.good(action, "");
      return true;
    }
    findings_.fail(action, result.error().detail,
                   advice_for(result.error(), action, arn(ledger_table)));
    return false;
  }

  bool examine_tables() {
    bool there = true;
    for (const char* name : {ledger_table, messages_table, sessions_table, idempotency_table}) {
      const auto described = store_.administer(DescribeTable{name}, deadline_);
      if (described) {
        examine_table(described.value().front());
        continue;
      }
      const Error& error = described.error();
      const bool missing = error.code == Code::not_found;
      findings_.fail(missing ? "table" : "dynamodb:DescribeTable",
                     std::string(name) + (missing ? " does not exist" : ": " + error.detail),
                     advice_for(error, "dynamodb:DescribeTable", arn(name)));
      there = false;
      if (concerns_all(error)) break;
    }
    return there;
  }

  void examine_table(const TableDescription& table) {
    const auto is_due = [](const IndexDescription& index) { return index.name == due_index; };
    if (table.name != ledger_table || std::ranges::any_of(table.indexes, is_due)) {
      return findings_.good("table", table.name);
    }
    findings_.warn(
        "table",
        table.name + " lacks the index \"" + due_index + "\": every sweep has to list all objects",
        "add it: docs/AWS.md, \"An older ledger\"");
  }

  static Item key(const std::string& id) { return Item{{"id", id}}; }

  WriteRequest probe(Kind kind, const std::string& id) const {
    WriteRequest request;
    request.kind = kind;
    request.table = ledger_table;
    request.item = key(id);
    if (kind == Kind::check) request.condition = "attribute_exists(id)";
    return request;
  }

  WriteRequest update() const {
    WriteRequest request = probe(Kind::update, first_);
    request.update = "SET probed = :yes";
    request.values = {{":yes", true}};
    return request;
  }

  GetRequest read() const {
    GetRequest request;
    request.table = ledger_table;
    request.key = key(first_);
    return request;
  }

  QueryRequest query() const {
    QueryRequest request = scan();
    request.key_condition = "id = :id";
    request.values = {{":id", first_}};
    return request;
  }

  static QueryRequest scan() {
    QueryRequest request;
    request.table = ledger_table;
    request.limit = 1;
    return request;
  }

  ItemStore& store_;
  std::string region_;
  Findings& findings_;
  Deadline deadline_;
  // Rows of no kind that anything else reads.
  const std::string first_ = "doctor#" + random_id(), second_ = "doctor#" + random_id();
};

}  // namespace

bool examine_tables(const Settings& settings, Findings& findings, Deadline deadline) {
  const auto location = item_location(settings.stores.items_url);
  const auto store = open_item_store(settings.stores.items_url);
  if (!location || !store) {
    const Error& error = location ? store.error() : location.error();
    findings.fail("tables", error.detail, "correct the URL of the items or the region");
    return false;
  }
  return TableExamination(*store.value(), location.value().region, findings, deadline).run();
}

}  // namespace spillway
