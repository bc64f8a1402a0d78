// simdjson reads the skeleton, which is small.
#include "curves/frame.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <map>

namespace spillway {
namespace {

constexpr std::array<std::string_view, 5> index_names{"DEPT", "DEPTH", "MD", "TDEP", "INDEX"};

using Group = std::pair<std::string, std::uint64_t>;  ///< parent and length

Group group_of(const NumberArray& array) { return {array.parent, array.count}; }

std::string text_of(const simdjson::simdjson_result<simdjson::dom::element>& value) {
  std::string_view text;
  return value.get_string().get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

void take_units(const simdjson::dom::element& document, CurvesInfo& info) {
  for (Curve& curve : info.curves) curve.unit = text_of(document["units"][curve.name]);
  if (!info.index) return;
  const std::string unit = text_of(document["index"]["unit"]);
  if (!unit.empty()) info.curves[*info.index].unit = unit;
}

std::optional<std::size_t> find_curve(const CurvesInfo& info, std::string_view name) {
  const auto found = std::ranges::find(info.curves, name, &Curve::name);
  if (found == info.curves.end()) return std::nullopt;
  return static_cast<std::size_t>(found - info.curves.begin());
}

std::optional<std::size_t> index_of(const simdjson::dom::element& document,
                                    const CurvesInfo& info) {
  const bool named = document["logData"].error() == simdjson::SUCCESS;
  if (!named) return std::nullopt;
  if (const auto said = find_curve(info, text_of(document["index"]["mnemonic"]))) return said;
  for (const std::string_view name : index_names) {
    if (const auto known = find_curve(info, name)) return known;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Frame> choose_frame(const ArrayCollector& collected) {
  std::map<Group, std::uint64_t> values;
  for (const NumberArray& array : collected.arrays()) values[group_of(array)] += array.count;
  const auto most =
      std::ranges::max_element(values, {}, [](const auto& one) { return one.second; });
  if (most == values.end()) return std::nullopt;
  Frame frame;
  for (const NumberArray& array : collected.arrays()) {
    if (group_of(array) != most->first) continue;
    frame.arrays.push_back(array);
    Curve curve;
    curve.name = array.name;
    curve.pointer = array.parent + "/" + pointer_step(array.name);
    frame.info.curves.push_back(std::move(curve));
  }
  frame.info.rows = most->first.second;
  frame.info.document = collected.skeleton();
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(frame.info.document).get(document) == simdjson::SUCCESS) {
    if (most->first.first == "/logData") frame.info.index = index_of(document, frame.info);
    take_units(document, frame.info);
  }
  return frame;
}

}  // namespace spillway
