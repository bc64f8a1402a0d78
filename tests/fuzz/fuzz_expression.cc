// libFuzzer: no text crashes, hangs or overflows the parsers and evaluators of expressions.
#include <cstddef>
#include <cstdint>

#include "dynamo/expression.h"

namespace {

spillway::Item sample() {
  using namespace spillway;
  return {{"a", number(5)},
          {"b", Map{{"c", List{number(1), "text"}}}},
          {"l", List{number(1), number(2)}},
          {"s", "text"},
          {"t", StringSet{{"p", "q"}}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spillway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const Names names = {{"#n", "a"}, {"#m", "b"}};
  static const Values values = {
      {":n", number(1)}, {":s", "te"}, {":l", List{number(3)}}, {":t", StringSet{{"p"}}}};
  const Item item = sample();
  if (const auto condition = Condition::parse(text, names, values)) {
    (void)condition.value().evaluate(&item);
  }
  if (const auto update = Update::parse(text, names, values)) {
    Item changed = item;
    (void)update.value().apply(changed);
  }
  if (const auto projection = Projection::parse(text, names)) (void)projection.value().apply(item);
  (void)KeyCondition::parse(text, names, values);
  (void)check_substitutions({text}, names, values);
  return 0;
}
