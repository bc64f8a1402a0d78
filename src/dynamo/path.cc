// Document paths: finding values, telling collisions.
#include "dynamo/path.h"

#include <algorithm>

namespace spillway {
namespace {

const AttributeValue* child(const AttributeValue& parent, const PathStep& step) {
  if (const auto* name = std::get_if<std::string>(&step)) {
    const auto* map = parent.as<Map>();
    if (map == nullptr) return nullptr;
    const auto found = map->find(*name);
    return found == map->end() ? nullptr : &found->second;
  }
  const auto* list = parent.as<List>();
  const std::size_t index = std::get<std::size_t>(step);
  return list != nullptr && index < list->size() ? &(*list)[index] : nullptr;
}

const AttributeValue* root(const Item& item, const Path& path) {
  if (path.empty()) return nullptr;
  const auto* name = std::get_if<std::string>(&path.front());
  if (name == nullptr) return nullptr;
  const auto found = item.find(*name);
  return found == item.end() ? nullptr : &found->second;
}

}  // namespace

std::string to_string(const Path& path) {
  std::string text;
  for (const PathStep& step : path) {
    if (const auto* name = std::get_if<std::string>(&step)) {
      if (!text.empty()) text += '.';
      text += *name;
    } else {
      text += '[' + std::to_string(std::get<std::size_t>(step)) + ']';
    }
  }
  return text;
}

const AttributeValue* find(const Item& item, const Path& path) {
  const AttributeValue* value = root(item, path);
  for (std::size_t i = 1; value != nullptr && i < path.size(); ++i) value = child(*value, path[i]);
  return value;
}

AttributeValue* find(Item& item, const Path& path) {
  return const_cast<AttributeValue*>(find(std::as_const(item), path));
}

Result<const AttributeValue*> look_up(const Item& item, const Path& path) {
  const AttributeValue* value = root(item, path);
  for (std::size_t i = 1; value != nullptr && i < path.size(); ++i) {
    if (value->as<Spilled>() != nullptr) return not_hydrated(to_string(path));
    value = child(*value, path[i]);
  }
  return value;
}

Error not_hydrated(const std::string& subject) {
  return make_error(Code::internal, "dynamo.evaluate", subject,
                    "the value is spilled: hydrate first");
}

std::string bracketed(const Path& path) {
  std::string text = "[";
  for (const PathStep& step : path) {
    if (text.size() > 1) text += ", ";
    if (const auto* name = std::get_if<std::string>(&step)) {
      text += *name;
    } else {
      text += '[' + std::to_string(std::get<std::size_t>(step)) + ']';
    }
  }
  return text + "]";
}

std::string collision(const Path& one, const Path& two) {
  const std::size_t common = std::min(one.size(), two.size());
  const char* how = "overlap";
  for (std::size_t i = 0; i < common; ++i) {
    if (one[i] == two[i]) continue;
    if (one[i].index() == two[i].index()) return {};
    how = "conflict";
    break;
  }
  return std::string("Two document paths ") + how +
         " with each other; must remove or rewrite one of these paths; path one: " +
         bracketed(one) + ", path two: " + bracketed(two);
}

}  // namespace spillway
