// Short ways to write items and ask expressions about them; DynamoDB JSON all through.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "dynamo/expression.h"
#include "dynamo/json.h"

namespace spillway::test {

inline Item item(std::string_view json) {
  auto parsed = item_from_json(json);
  if (!parsed) {
    ADD_FAILURE() << describe(parsed.error()) << " in " << json;
    return {};
  }
  return parsed.value();
}

inline AttributeValue value(std::string_view json) {
  auto parsed = value_from_json(json);
  if (!parsed) {
    ADD_FAILURE() << describe(parsed.error()) << " in " << json;
    return {};
  }
  return parsed.value();
}

inline Values values(std::string_view json) {
  const Item parsed = item(json);
  return {parsed.begin(), parsed.end()};
}

/// A value that is elsewhere, and takes `stored_size` bytes here.
inline AttributeValue spilled(std::uint64_t stored_size = 700) {
  auto description = std::make_shared<SpilledValue>();
  description->stored_size = stored_size;
  return Spilled(std::move(description));
}

/// "true", "false", or why not.
inline std::string ask(std::string_view condition, const Item* of, const Values& with = {},
                       const Names& names = {}) {
  const auto parsed = Condition::parse(condition, names, with);
  if (!parsed) return parsed.error().detail;
  const auto answer = parsed.value().evaluate(of);
  if (!answer) return answer.error().detail;
  return answer.value() ? "true" : "false";
}

inline std::string ask(std::string_view condition, const Item& of, std::string_view with = "{}",
                       const Names& names = {}) {
  return ask(condition, &of, values(with), names);
}

/// The item after the update as DynamoDB JSON, or why it was refused.
inline std::string update(std::string_view expression, Item of, std::string_view with = "{}",
                          const Names& names = {}) {
  const auto parsed = Update::parse(expression, names, values(with));
  if (!parsed) return parsed.error().detail;
  const auto applied = parsed.value().apply(of);
  return applied ? to_json(of) : applied.error().detail;
}

}  // namespace spillway::test
