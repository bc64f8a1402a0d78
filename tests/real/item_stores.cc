// Item stores on real servers: AWS's DynamoDB Local, and dynalite for what it can.
#include <cstdlib>

#include "base/random.h"
#include "contract/item_store_contract.h"
#include "net/url.h"

namespace spillway {
namespace {

/// Every test has tables of its own on the one server.
ItemStoreFactory on_server(const std::string& name, const char* variable,
                           std::map<std::string, std::string> skips) {
  const auto make = [variable] {
    const char* endpoint = std::getenv(variable);
    if (endpoint == nullptr || *endpoint == '\0') {
      return ItemStoreHandle{nullptr, nullptr, std::string("no server: ") + variable + " is empty"};
    }
    const std::string url = std::string("dynamodb://?endpoint=") + uri_encode(endpoint) +
                            "&prefix=" + random_id() + "-";
    return ItemStoreHandle{nullptr, open_item_store(url).value()};
  };
  return {name, make, std::move(skips)};
}

}  // namespace

std::vector<ItemStoreFactory> item_store_factories() {
  const std::string creates = "it creates the item, other than AWS (scylladb/scylladb issue 5862)";
  const std::string no_transactions = "dynalite has no transactions";
  return {on_server("DynamoDbLocal", "SPILLWAY_TEST_DYNAMODB",
                    {{"AnUpdateThatOnlyRemovesCreatesNothing", creates}}),
          on_server("Dynalite", "SPILLWAY_TEST_DYNALITE",
                    {{"AnUpdateThatOnlyRemovesCreatesNothing", creates},
                     {"RefusedConditionsWriteNothingAndShowTheItem",
                      "dynalite knows no ReturnValuesOnConditionCheckFailure"},
                     {"RefusesDeepNesting", "dynalite does not count levels"},
                     {"ConditionsThatHoldLetTheWriteThrough", no_transactions},
                     {"TransactionsApplyAllOrNothing", no_transactions},
                     {"ATransactionThatFailsAppliesNothing", no_transactions},
                     {"TransactionsHaveBounds", no_transactions},
                     {"ATokenAppliesATransactionOnce", no_transactions}})};
}

}  // namespace spillway
