// Written by hand and read by simdjson; numbers survive to the last bit.
#include "curves/curves_header.h"

#include <simdjson.h>

#include <array>
#include <charconv>

#include "base/json_text.h"
#include "curves/layout.h"

namespace spillway {
namespace {

namespace dom = simdjson::dom;

constexpr std::array<std::string_view, 3> order_names{"ascending", "descending", "none"};

std::string_view name_of(IndexOrder order) { return order_names[static_cast<std::size_t>(order)]; }

void append_u32(std::string& out, std::uint32_t value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string json_of(const Curve& curve) {
  std::string out =
      "{\"name\":" + json_string(curve.name) + ",\"pointer\":" + json_string(curve.pointer) +
      ",\"unit\":" + json_string(curve.unit) + ",\"nulls\":" + std::to_string(curve.nulls);
  if (curve.extent) {
    out += ",\"min\":" + shortest(curve.extent->min) + ",\"max\":" + shortest(curve.extent->max) +
           ",\"first\":" + shortest(curve.extent->first) +
           ",\"last\":" + shortest(curve.extent->last);
  }
  return out + "}";
}

Error not_curves(const char* why) {
  return make_error(Code::corrupt, "curves.open", "", std::string("stored curves: ") + why);
}

Result<Curve> curve_from(const dom::element& json) {
  Curve curve;
  std::string_view name, pointer, unit;
  if (json["name"].get(name) || json["pointer"].get(pointer) || json["unit"].get(unit) ||
      json["nulls"].get(curve.nulls)) {
    return not_curves("a curve lacks a member");
  }
  curve.name = name;
  curve.pointer = pointer;
  curve.unit = unit;
  Curve::Extent extent;
  const auto number = [&json](const char* member, double& value) {
    return json[member].get_double().get(value) == simdjson::SUCCESS;
  };
  if (number("min", extent.min) && number("max", extent.max) && number("first", extent.first) &&
      number("last", extent.last)) {
    curve.extent = extent;
  }
  return curve;
}

}  // namespace

std::string shortest(double value) {
  std::array<char, 32> text;
  const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), failure == std::errc() ? end : text.data());
}

std::string curves_header(const CurvesInfo& info) {
  std::string json = "{\"version\":1,\"sha256\":" + json_string(info.sha256) +
                     ",\"rows\":" + std::to_string(info.rows);
  if (info.index) json += ",\"index\":" + std::to_string(*info.index);
  json += ",\"order\":" + json_string(name_of(info.order)) + ",\"curves\":[";
  for (std::size_t i = 0; i < info.curves.size(); ++i) {
    json += (i > 0 ? "," : "") + json_of(info.curves[i]);
  }
  json += "]";
  if (!info.document.empty()) json += ",\"document\":" + info.document;
  json += "}";
  json.resize((json.size() + 7) / 8 * 8, ' ');
  std::string out;
  append_u32(out, curves_magic);
  append_u32(out, static_cast<std::uint32_t>(json.size()));
  return out + json;
}

Result<CurvesInfo> parse_curves_header(std::string_view json) {
  dom::parser parser;
  dom::element header;
  const simdjson::padded_string padded(json);
  std::uint64_t version = 0, index = 0;
  std::string_view sha256, order;
  CurvesInfo info;
  dom::array curves;
  if (parser.parse(padded).get(header) || header["version"].get(version) || version != 1 ||
      header["sha256"].get(sha256) || header["rows"].get(info.rows) || header["order"].get(order) ||
      header["curves"].get(curves)) {
    return not_curves("the header is not one of version 1");
  }
  info.sha256 = sha256;
  for (const dom::element curve : curves) {
    SPILLWAY_TRY(Curve one, curve_from(curve));
    info.curves.push_back(std::move(one));
  }
  if (!header["index"].get(index)) {
    if (index >= info.curves.size()) return not_curves("the index is none of the curves");
    info.index = static_cast<std::size_t>(index);
  }
  for (std::size_t i = 0; i < order_names.size(); ++i) {
    if (order == order_names[i]) info.order = static_cast<IndexOrder>(i);
  }
  // As it is spelled: numbers of other programs may have more digits than ours.
  const std::size_t at = json.find("],\"document\":");
  if (at != std::string_view::npos && !header["document"].error()) {
    const std::string_view rest = json.substr(at + std::string_view("],\"document\":").size());
    info.document = rest.substr(0, rest.rfind('}'));
  }
  return info;
}

}  // namespace spillway
