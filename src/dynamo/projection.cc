// Projection expressions: which parts of an item are answered.
#include <algorithm>
#include <map>

#include "dynamo/parser.h"
#include "dynamo/path.h"

namespace spillway {
namespace {

// The paths as a tree, so that parts of one list or map come out together.
struct Wanted {
  bool whole = false;
  std::map<PathStep, Wanted> parts;
};

std::optional<AttributeValue> pick(const AttributeValue& value, const Wanted& wanted) {
  if (wanted.whole) return value;
  if (const auto* map = value.as<Map>()) {
    Map picked;
    for (const auto& [step, part] : wanted.parts) {
      const auto* name = std::get_if<std::string>(&step);
      const auto found = name == nullptr ? map->end() : map->find(*name);
      if (found == map->end()) continue;
      if (auto inner = pick(found->second, part)) picked.emplace(*name, std::move(*inner));
    }
    if (!picked.empty()) return AttributeValue(std::move(picked));
  }
  if (const auto* list = value.as<List>()) {
    List picked;
    for (const auto& [step, part] : wanted.parts) {
      const auto* index = std::get_if<std::size_t>(&step);
      if (index == nullptr || *index >= list->size()) continue;
      if (auto inner = pick((*list)[*index], part)) picked.push_back(std::move(*inner));
    }
    if (!picked.empty()) return AttributeValue(std::move(picked));
  }
  return std::nullopt;
}

}  // namespace

Result<Projection> Projection::parse(std::string_view text, const Names& names) {
  Projection projection;
  if (text.empty()) return projection;
  const Values no_values;
  Parser parser("ProjectionExpression", text, names, no_values);
  SPILLWAY_TRY(parser.check_size());
  do {
    SPILLWAY_TRY(Path path, parser.path());
    for (const Path& earlier : projection.paths_) {
      const std::string complaint = collision(earlier, path);
      if (!complaint.empty()) parser.complain(Complaint::overlap, complaint);
    }
    projection.paths_.push_back(std::move(path));
  } while (parser.accept(","));
  SPILLWAY_TRY(parser.finish());
  return projection;
}

Item Projection::apply(const Item& item) const {
  if (paths_.empty()) return item;
  Wanted root;
  for (const Path& path : paths_) {
    Wanted* at = &root;
    for (const PathStep& step : path) at = &at->parts[step];
    at->whole = true;
  }
  Item picked;
  for (const auto& [step, part] : root.parts) {
    const auto found = item.find(std::get<std::string>(step));
    if (found == item.end()) continue;
    if (auto value = pick(found->second, part)) picked.emplace(found->first, std::move(*value));
  }
  return picked;
}

const std::vector<Path>& Projection::paths() const { return paths_; }

}  // namespace spillway
