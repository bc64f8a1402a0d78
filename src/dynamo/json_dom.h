// DynamoDB JSON within a larger document that simdjson has parsed already. Pure.
#pragma once

#include <simdjson.h>

#include "dynamo/json.h"

namespace spillway {

/// As item_from_json(), of one element of a document.
Result<Item> item_from_dom(simdjson::dom::element element);

}  // namespace spillway
