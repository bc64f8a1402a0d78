// Which values leave an item that is too large.
#include "hybrid/plan.h"

#include <algorithm>
#include <set>

#include "dynamo/item_size.h"

namespace spillway {
namespace {

struct Candidate {
  Path path;
  std::uint64_t bytes;
};

/// Attributes that must stay: keys of the table and of its indexes, and what an index includes
/// without the manifest (an index entry could not be hydrated).
std::set<std::string> fixed_names(const TableDescription& table) {
  std::set<std::string> names;
  const auto add = [&](const KeySchema& keys) {
    names.insert(keys.partition.name);
    if (keys.sort) names.insert(keys.sort->name);
  };
  add(table.keys);
  for (const IndexDescription& index : table.indexes) {
    add(index.keys);
    const bool sees_manifest = std::ranges::count(index.included, "_spillway") > 0;
    if (!sees_manifest) names.insert(index.included.begin(), index.included.end());
  }
  return names;
}

bool is_container(const AttributeValue& value) { return value.as<List>() || value.as<Map>(); }

/// A reference to a container's child is one level deeper than the child's container; as a map it
/// adds a level of its own.
bool reference_fits(const Path& path) { return path.size() < nesting_max; }

/// Every value that would leave by itself: descends while a child is large by itself.
class Collector {
 public:
  explicit Collector(const SpillPolicy& policy) : policy_(policy) {}

  /// Returns whether `value` or something in it became a candidate.
  bool collect(const AttributeValue& value, Path& path) {
    if (value.as<Spilled>()) return false;
    const std::uint64_t bytes = value_size(value);
    if (bytes <= policy_.value_bytes_min || !reference_fits(path)) return false;
    if (is_container(value) && collect_children(value, path)) return true;
    // A handle inside a value that left whole would be lost to the manifest: such a value stays.
    if (holds_handle(value)) return false;
    candidates.push_back({path, bytes});
    return true;
  }

  static bool holds_handle(const AttributeValue& value) {
    if (value.as<Spilled>()) return true;
    if (const auto* list = value.as<List>()) return std::ranges::any_of(*list, holds_handle);
    if (const auto* map = value.as<Map>()) {
      return std::ranges::any_of(*map,
                                 [](const auto& entry) { return holds_handle(entry.second); });
    }
    return false;
  }

  std::vector<Candidate> candidates;

 private:
  bool collect_children(const AttributeValue& value, Path& path) {
    bool any = false;
    // What holds a reference cannot leave whole, so that more of its children leave alone.
    const std::uint64_t bytes_min = holds_handle(value) ? policy_.value_bytes_min : child_bytes_min;
    const auto visit = [&](PathStep step, const AttributeValue& child) {
      if (value_size(child) < bytes_min) return;
      path.push_back(std::move(step));
      any |= collect(child, path);
      path.pop_back();
    };
    if (const auto* list = value.as<List>()) {
      for (std::size_t i = 0; i < list->size(); ++i) visit(i, (*list)[i]);
    } else {
      for (const auto& [name, child] : *value.as<Map>()) visit(name, child);
    }
    return any;
  }

  const SpillPolicy& policy_;
};

bool is_within(const Path& path, const std::string& top_level_name) {
  return std::get<std::string>(path.front()) == top_level_name;
}

/// The plan under construction: what is left in the item, and what has left.
class Planner {
 public:
  Planner(const Item& item, const TableDescription& table, const SpillPolicy& policy)
      : item_(item), policy_(policy), fixed_(fixed_names(table)), rest_(footprint(item, table)) {}

  SpillPlan run() {
    take_large_values();
    if (!done()) take_whole_attributes();
    if (!done()) pack_small_attributes();
    return std::move(plan_);
  }
  std::uint64_t rest() const { return rest_; }

 private:
  bool done() const { return rest_ <= policy_.low_water_bytes; }

  void take_large_values() {
    Collector collector(policy_);
    for (const auto& [name, value] : item_) {
      if (fixed_.contains(name)) continue;
      Path path{name};
      collector.collect(value, path);
    }
    std::ranges::stable_sort(collector.candidates, std::greater{}, &Candidate::bytes);
    for (Candidate& candidate : collector.candidates) {
      if (done()) return;
      take(candidate.bytes, reference_bytes);
      plan_.values.push_back(std::move(candidate.path));
    }
  }

  /// Containers of which the large children were not enough leave whole, with those children.
  void take_whole_attributes() {
    std::vector<Candidate> containers;
    for (const auto& [name, value] : item_) {
      if (fixed_.contains(name) || !is_container(value) || Collector::holds_handle(value)) continue;
      std::uint64_t bytes = value_size(value);
      for (const Path& path : plan_.values) {
        if (is_within(path, name)) bytes -= value_size(*find(item_, path)) - reference_bytes;
      }
      if (bytes > policy_.value_bytes_min) containers.push_back({{name}, bytes});
    }
    std::ranges::stable_sort(containers, std::greater{}, &Candidate::bytes);
    for (Candidate& container : containers) {
      if (done()) return;
      const std::string name = std::get<std::string>(container.path.front());
      if (std::ranges::count(plan_.values, container.path) > 0) continue;  // left whole before
      std::erase_if(plan_.values, [&](const Path& path) { return is_within(path, name); });
      take(container.bytes, reference_bytes);
      plan_.values.push_back(std::move(container.path));
    }
  }

  /// Many small values that are too much only together leave as one pack, the largest first.
  void pack_small_attributes() {
    std::vector<Candidate> small;
    for (const auto& [name, value] : item_) {
      const bool left = std::ranges::any_of(
          plan_.values, [&, &n = name](const Path& path) { return is_within(path, n); });
      if (left || fixed_.contains(name) || Collector::holds_handle(value)) continue;
      small.push_back({{name}, name.size() + value_size(value)});
    }
    std::ranges::stable_sort(small, std::greater{}, &Candidate::bytes);
    rest_ += reference_bytes;  // the pack's own entry in the manifest
    for (const Candidate& candidate : small) {
      if (done()) break;
      const std::string name = std::get<std::string>(candidate.path.front());
      const std::uint64_t manifest_bytes =
          name.size() + 3;  // the name again, and the pack's number
      if (candidate.bytes <= manifest_bytes) break;
      take(candidate.bytes, manifest_bytes);
      plan_.packed.push_back(name);
    }
    std::ranges::sort(plan_.packed);
  }

  void take(std::uint64_t bytes, std::uint64_t left_behind) {
    rest_ -= bytes - std::min(bytes, left_behind);
  }

  const Item& item_;
  const SpillPolicy& policy_;
  const std::set<std::string> fixed_;
  std::uint64_t rest_;
  SpillPlan plan_;
};

/// "fieldA (120000 bytes), fieldB (…)": the largest of what cannot move.
std::string immovable(const Item& item, const TableDescription& table) {
  std::vector<std::pair<std::uint64_t, std::string>> sizes;
  for (const std::string& name : fixed_names(table)) {
    const auto found = item.find(name);
    if (found != item.end()) sizes.emplace_back(value_size(found->second), name);
  }
  std::ranges::sort(sizes, std::greater{});
  std::string text;
  for (const auto& [bytes, name] : sizes) {
    text += (text.empty() ? "" : ", ") + name + " (" + std::to_string(bytes) + " bytes)";
  }
  return text;
}

}  // namespace

std::uint64_t footprint(const Item& item, const TableDescription& table) {
  const std::uint64_t base = item_size(item);
  std::uint64_t total = base;
  for (const IndexDescription& index : table.indexes) {
    if (!index.local || !index.keys.sort || !item.contains(index.keys.sort->name)) continue;
    if (index.projects == IndexDescription::Projects::all) {
      total += base;
      continue;
    }
    std::set<std::string> names(index.included.begin(), index.included.end());
    for (const KeySchema* keys : {&table.keys, &index.keys}) {
      names.insert(keys->partition.name);
      if (keys->sort) names.insert(keys->sort->name);
    }
    for (const auto& [name, value] : item) {
      if (names.contains(name)) total += name.size() + value_size(value);
    }
  }
  return total;
}

Result<SpillPlan> plan_spill(const Item& item, const TableDescription& table,
                             const SpillPolicy& policy) {
  if (footprint(item, table) <= policy.threshold_bytes) return SpillPlan{};
  Planner planner(item, table, policy);
  SpillPlan plan = planner.run();
  if (planner.rest() > item_bytes_max - margin_bytes) {
    return make_error(Code::too_large, "item.plan", table.name,
                      "even with every large value moved out the item keeps " +
                          std::to_string(planner.rest()) + " bytes, over DynamoDB's limit of " +
                          std::to_string(item_bytes_max) +
                          "; references and attributes that are keys or belong to an index cannot "
                          "move: " +
                          immovable(item, table));
  }
  return plan;
}

}  // namespace spillway
