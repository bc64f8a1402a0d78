// libFuzzer: answers of a server that may send anything: no crash, and what is read can be sent
// back.
#include <cstddef>
#include <cstdint>
#include <string>

#include "dynamo/json.h"
#include "item/dynamodb/codec.h"
#include "item/dynamodb/errors.h"
#include "item/dynamodb/tables.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spillway;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const DynamoCall call{"TransactWriteItems", "items", Repeat::idempotent};
  (void)refusal_error(call, parse_refusal(400, body));
  (void)check_cancellation(call, body);
  (void)decode_write(body, false);
  (void)decode_write(body, true);
  (void)decode_transaction(body, true);
  (void)decode_table_names(body);
  if (const auto got = decode_get(body); got && got.value().item) (void)to_json(*got.value().item);
  if (const auto page = decode_page(body))
    for (const Item& item : page.value().items) (void)to_json(item);
  if (const auto table = decode_table(body))
    (void)encode_create_table(table.value().table, table.value().table.name);
  return 0;
}
