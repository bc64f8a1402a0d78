// libFuzzer: whatever parses as DynamoDB JSON survives the round trip; nothing else crashes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "dynamo/item_size.h"
#include "dynamo/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spillway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)value_from_json(text);
  const auto item = item_from_json(text);
  if (!item) return 0;
  const auto again = item_from_json(to_json(item.value()));
  if (!again || again.value() != item.value()) std::abort();
  if (item_size(again.value()) != item_size(item.value())) std::abort();
  return 0;
}
