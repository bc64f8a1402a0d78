// Numbers are written so that they read back to the last bit; what is absent is null or NaN.
#include "server/curves_answer.h"

#include <cmath>
#include <cstring>

#include "curves/curves_header.h"
#include "server/json_out.h"

namespace spillway {
namespace {

std::string number_or_null(double value) { return std::isnan(value) ? "null" : shortest(value); }

void append_u32(std::string& out, std::uint32_t value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class Number>
void append_all(std::string& out, const std::vector<Number>& values) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number));
}

void write_curve(JsonWriter& out, const Curve& curve) {
  out.begin_object()
      .member("name", curve.name)
      .member("pointer", curve.pointer)
      .member("unit", curve.unit)
      .member("nulls", curve.nulls);
  const auto number = [&](const char* name, double Curve::Extent::*member) {
    out.key(name).raw(curve.extent ? shortest((*curve.extent).*member) : "null");
  };
  number("min", &Curve::Extent::min);
  number("max", &Curve::Extent::max);
  number("first", &Curve::Extent::first);
  number("last", &Curve::Extent::last);
  out.end_object();
}

void write_index(JsonWriter& out, const CurvesInfo& info) {
  if (!info.index) {
    out.null();
    return;
  }
  const Curve& index = info.curves[*info.index];
  out.begin_object().member("name", index.name).member("unit", index.unit).key("ascending");
  if (info.order == IndexOrder::none) {
    out.null();
  } else {
    out.value(info.order == IndexOrder::ascending);
  }
  out.end_object();
}

void write_place(JsonWriter& out, const CurveBuckets& buckets) {
  out.member("rowsPerBucket", buckets.rows_per_bucket)
      .member("firstRow", buckets.first_row)
      .member("rows", buckets.rows);
}

void write_well_log_header(JsonWriter& out, const CurvesInfo& info, const CurveBuckets& buckets) {
  out.begin_object();
  write_place(out, buckets);
  if (info.index && buckets.buckets > 0) {
    const auto& index = buckets.columns.front();
    const bool whole = buckets.rows_per_bucket == 1;
    out.key("startIndex").raw(number_or_null(index.first.front()));
    out.key("endIndex").raw(number_or_null(whole ? index.first.back() : index.last.back()));
  }
  out.end_object();
}

}  // namespace

std::string describe_curves(const CurvesInfo& info) {
  JsonWriter out;
  out.begin_object().member("sha256", info.sha256).member("rows", info.rows);
  write_index(out.key("index"), info);
  out.member("tileBuckets", tile_buckets).member("levels", info.levels());
  out.key("curves").begin_array();
  for (const Curve& curve : info.curves) write_curve(out, curve);
  out.end_array().key("artifact").raw(info.document.empty() ? "null" : info.document);
  out.end_object();
  return out.take();
}

std::string curves_as_well_log(const CurvesInfo& info, const CurveBuckets& buckets) {
  const bool whole = buckets.rows_per_bucket == 1;
  const auto is_index = [&](std::size_t column) {
    return info.index == buckets.columns[column].curve;
  };
  JsonWriter head;
  head.begin_array().begin_object();
  write_well_log_header(head.key("header"), info, buckets);
  head.key("curves").begin_array();
  for (std::size_t i = 0; i < buckets.columns.size(); ++i) {
    const Curve& curve = info.curves[buckets.columns[i].curve];
    head.begin_object().member("name", curve.name).key("description").null().key("quantity").null();
    head.member_or_null("unit", curve.unit)
        .member("valueType", "float")
        .member("dimensions", whole || is_index(i) ? 1 : 4)
        .end_object();
  }
  head.end_array().key("data").raw("[");
  std::string out = head.take();
  for (std::size_t row = 0; row < buckets.buckets; ++row) {
    out += row > 0 ? ",[" : "[";
    for (std::size_t i = 0; i < buckets.columns.size(); ++i) {
      const CurveBuckets::Column& column = buckets.columns[i];
      if (i > 0) out += ",";
      if (whole || is_index(i)) {
        out += number_or_null(column.first[row]);
      } else {
        out += "[" + number_or_null(column.first[row]) + "," + number_or_null(column.min[row]) +
               "," + number_or_null(column.max[row]) + "," + number_or_null(column.last[row]) + "]";
      }
    }
    out += "]";
  }
  return out + "]}]";
}

std::string curves_as_binary(const CurvesInfo& info, const CurveBuckets& buckets) {
  JsonWriter json;
  json.begin_object().member("sha256", info.sha256);
  write_place(json, buckets);
  json.member("buckets", buckets.buckets).key("columns").begin_array();
  for (const CurveBuckets::Column& column : buckets.columns) {
    json.value(info.curves[column.curve].name);
  }
  json.end_array().end_object();
  std::string header = json.take();
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string out;
  append_u32(out, 0x56435053);  // "SPCV"
  append_u32(out, static_cast<std::uint32_t>(header.size()));
  out += header;
  for (const CurveBuckets::Column& column : buckets.columns) {
    append_all(out, column.first);
    append_all(out, column.min);
    append_all(out, column.max);
    append_all(out, column.last);
  }
  for (const CurveBuckets::Column& column : buckets.columns) append_all(out, column.nulls);
  return out;
}

}  // namespace spillway
