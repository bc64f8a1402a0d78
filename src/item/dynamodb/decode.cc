// Answers on items out of JSON.
#include <simdjson.h>

#include "dynamo/json_dom.h"
#include "item/dynamodb/codec.h"

namespace spillway {
namespace {

using Element = simdjson::dom::element;
using Array = simdjson::dom::array;

Error unreadable(std::string_view what) {
  return make_error(Code::corrupt, "dynamodb.answer", "",
                    "the answer is not what DynamoDB sends: " + std::string(what));
}

/// The member `name`; nullopt where there is none.
std::optional<Element> member(Element object, std::string_view name) {
  Element found;
  if (object[name].get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

Result<std::optional<Item>> item_in(Element object, std::string_view name) {
  const std::optional<Element> held = member(object, name);
  if (!held) return std::optional<Item>();
  Result<Item> item = item_from_dom(*held);
  if (!item) return unreadable(item.error().subject + " " + item.error().detail);
  return std::optional<Item>(std::move(item).value());
}

double units(Element capacity, std::string_view name) {
  double value = 0;
  return capacity[name].get(value) == simdjson::SUCCESS ? value : 0;
}

enum class Billed { reads, writes };

/// Adds one ConsumedCapacity: by kind where DynamoDB says so, else all of the call's kind.
void add_capacity(Element consumed, Billed billed, Capacity& capacity) {
  const double reads = units(consumed, "ReadCapacityUnits");
  const double writes = units(consumed, "WriteCapacityUnits");
  const double all = units(consumed, "CapacityUnits");
  const bool by_kind = reads > 0 || writes > 0;
  capacity.read_units += by_kind ? reads : billed == Billed::reads ? all : 0;
  capacity.write_units += by_kind ? writes : billed == Billed::writes ? all : 0;
}

Capacity capacity_of(Element answer, Billed billed) {
  Capacity capacity;
  const std::optional<Element> consumed = member(answer, "ConsumedCapacity");
  if (!consumed) return capacity;
  Array tables;
  if (consumed->get(tables) != simdjson::SUCCESS) {
    add_capacity(*consumed, billed, capacity);
    return capacity;
  }
  for (const Element one : tables) add_capacity(one, billed, capacity);
  return capacity;
}

/// Parses `body` and gives its root, an object, to `use`.
template <class Use>
auto with_answer(std::string_view body, Use use) -> decltype(use(Element())) {
  simdjson::dom::parser parser;
  Element root;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS || !root.is_object())
    return unreadable("it is no JSON object");
  return use(root);
}

Result<TransactResult::Action> action_of(Element reason) {
  std::string_view code;
  if (reason["Code"].get(code) != simdjson::SUCCESS) return unreadable("a reason without a code");
  TransactResult::Action action;
  action.condition_held = code != "ConditionalCheckFailed";
  SPILLWAY_TRY(action.prior, item_in(reason, "Item"));
  return action;
}

}  // namespace

Result<GetResult> decode_get(std::string_view body) {
  return with_answer(body, [](Element root) -> Result<GetResult> {
    GetResult result;
    SPILLWAY_TRY(result.item, item_in(root, "Item"));
    result.capacity = capacity_of(root, Billed::reads);
    return result;
  });
}

Result<WriteResult> decode_write(std::string_view body, bool refused) {
  return with_answer(body, [&](Element root) -> Result<WriteResult> {
    WriteResult result;
    result.applied = !refused;
    SPILLWAY_TRY(result.prior, item_in(root, refused ? "Item" : "Attributes"));
    result.capacity = capacity_of(root, Billed::writes);
    return result;
  });
}

Result<TransactResult> decode_transaction(std::string_view body, bool cancelled) {
  return with_answer(body, [&](Element root) -> Result<TransactResult> {
    TransactResult result;
    result.applied = !cancelled;
    result.capacity = capacity_of(root, Billed::writes);
    if (!cancelled) return result;
    Array reasons;
    if (root["CancellationReasons"].get(reasons) != simdjson::SUCCESS)
      return unreadable("a cancelled transaction without reasons");
    for (const Element reason : reasons) {
      SPILLWAY_TRY(TransactResult::Action action, action_of(reason));
      result.actions.push_back(std::move(action));
    }
    return result;
  });
}

Result<QueryPage> decode_page(std::string_view body) {
  return with_answer(body, [](Element root) -> Result<QueryPage> {
    QueryPage page;
    Array items;
    std::uint64_t scanned = 0;
    if (root["Items"].get(items) != simdjson::SUCCESS ||
        root["ScannedCount"].get(scanned) != simdjson::SUCCESS)
      return unreadable("a page without Items or ScannedCount");
    page.items.reserve(items.size());
    for (const Element one : items) {
      Result<Item> item = item_from_dom(one);
      if (!item) return unreadable(item.error().subject + " " + item.error().detail);
      page.items.push_back(std::move(item).value());
    }
    page.scanned_count = static_cast<std::uint32_t>(scanned);
    SPILLWAY_TRY(page.last_key, item_in(root, "LastEvaluatedKey"));
    page.capacity = capacity_of(root, Billed::reads);
    return page;
  });
}

}  // namespace spillway
