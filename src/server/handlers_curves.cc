// Parts of artifacts: their curves described, a window of them, a tile of them.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "server/artifact_validators.h"
#include "server/context.h"
#include "server/curves_answer.h"
#include "server/problem.h"

namespace spillway {
namespace {

constexpr int opens_max = 3;
constexpr std::uint32_t window_rows = 900, window_rows_max = 8192;
/// Of one answer: 4 MiB as numbers, some 10 MB as JSON.
constexpr std::uint64_t answer_values_max = std::uint64_t{1} << 19;
constexpr std::uint64_t values_per_bucket = 4;

Error wrong(const std::string& parameter, const std::string& detail) {
  return make_error(Code::invalid_argument, "http.curves", parameter, detail);
}

std::optional<std::size_t> find_curve(const CurvesInfo& info, std::string_view name) {
  for (std::size_t i = 0; i < info.curves.size(); ++i) {
    if (info.curves[i].name == name || info.curves[i].pointer == name) return i;
  }
  return std::nullopt;
}

/// ?curves=: names or JSON pointers with commas between; all without it.
Result<std::vector<std::size_t>> wanted_curves(const Request& request, const CurvesInfo& info) {
  std::vector<std::size_t> curves;
  const std::string* names = request.query_value("curves");
  if (!names) {
    for (std::size_t i = 0; i < info.curves.size(); ++i) curves.push_back(i);
    return curves;
  }
  if (const auto whole = find_curve(info, *names)) return std::vector<std::size_t>{*whole};
  for (std::string_view rest = *names; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    const auto curve = find_curve(info, name);
    if (!curve) return wrong("curves", "the artifact has no curve " + std::string(name));
    if (std::ranges::count(curves, *curve) == 0) curves.push_back(*curve);
  }
  return curves;
}

Result<std::optional<double>> number_at(const Request& request, const char* parameter) {
  const std::string* text = request.query_value(parameter);
  if (!text) return std::optional<double>();
  double value = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failure != std::errc() || end != text->data() + text->size() || !std::isfinite(value)) {
    return wrong(parameter, std::string(parameter) + " is a number of the index");
  }
  return std::optional<double>(value);
}

Result<std::uint32_t> rows_at(const Request& request) {
  const std::string* text = request.query_value("rows");
  if (!text) return window_rows;
  const auto rows = parse_unsigned(*text);
  if (rows && *rows >= 1 && *rows <= window_rows_max) return static_cast<std::uint32_t>(*rows);
  return wrong("rows", "rows is a number from 1 to " + std::to_string(window_rows_max));
}

/// `buckets` of every curve must fit one answer.
Result<void> check_size(std::uint64_t buckets, std::size_t curves) {
  if (curves * values_per_bucket * buckets <= answer_values_max) return ok();
  return make_error(Code::too_large, "http.curves", "curves",
                    std::to_string(curves) +
                        " curves at once are too many; ask for some of them "
                        "with ?curves=");
}

Response binary(const CurvesInfo& info, const CurveBuckets& buckets) {
  Response response;
  response.set("Content-Type", curves_binary_type);
  response.body = curves_as_binary(info, buckets);
  return response;
}

Result<Response> window(const Request& request, CurvesReader& reader) {
  SPILLWAY_TRY(const auto curves, wanted_curves(request, reader.info()));
  SPILLWAY_TRY(const auto from, number_at(request, "from"));
  SPILLWAY_TRY(const auto to, number_at(request, "to"));
  SPILLWAY_TRY(const std::uint32_t rows, rows_at(request));
  // Twice as many buckets as asked for are the most that a power of two leads to, and the margin.
  SPILLWAY_TRY(check_size(2 * std::uint64_t{rows} + 4, curves.size() + 1));
  SPILLWAY_TRY(const CurveBuckets buckets, reader.window(curves, from, to, rows));
  if (request.header("accept").find(curves_binary_type) != std::string_view::npos) {
    return binary(reader.info(), buckets);
  }
  return json_response(200, curves_as_well_log(reader.info(), buckets));
}

Result<Response> whole_or_window(const Request& request, CurvesReader& reader) {
  const bool asks = std::ranges::any_of(request.query, [](const NameValue& given) {
    return given.first == "curves" || given.first == "from" || given.first == "to" ||
           given.first == "rows";
  });
  if (asks) return window(request, reader);
  return json_response(200, describe_curves(reader.info()));
}

Result<Response> tile(const Request& request, CurvesReader& reader) {
  const auto level = parse_unsigned(request.parameter("level"));
  const auto number = parse_unsigned(request.parameter("tile"));
  if (!level || !number || *level >= 64) {
    return make_error(Code::not_found, "http.curves", request.parameter("tile"),
                      "a tile's address ends with its level and its number");
  }
  SPILLWAY_TRY(const auto curves, wanted_curves(request, reader.info()));
  SPILLWAY_TRY(check_size(tile_buckets, curves.size()));
  SPILLWAY_TRY(const auto buckets, reader.tile(static_cast<unsigned>(*level), *number, curves));
  return binary(reader.info(), buckets);
}

using Answer = Result<Response> (*)(const Request&, CurvesReader&);

Result<Response> answer_of(Context& context, const Request& request, const LocatedArtifact& located,
                           Answer answer) {
  SPILLWAY_TRY(check_version(request, located.info.sha256));
  // Two representations may have one address; they differ in what Accept says.
  const bool numbers = request.header("accept").find(curves_binary_type) != std::string_view::npos;
  const std::string etag = quoted_tag(located.info.sha256 + (numbers ? ".curves" : ".json"));
  SPILLWAY_TRY(auto unmodified, check_preconditions(request, etag));
  if (unmodified) return std::move(*unmodified);
  SPILLWAY_TRY(auto reader, context.spillway.sessions().open_curves(located, request.deadline));
  SPILLWAY_TRY(Response response, answer(request, reader));
  set_validators(response, request, etag);
  response.set("Vary", "Accept");
  return response;
}

Result<Response> get_part(Context& context, Request& request, Answer answer) {
  for (int opens = 1;; ++opens) {
    SPILLWAY_TRY(const auto located, context.spillway.sessions().locate(
                                         request.parameter("session"), request.parameter("message"),
                                         request.parameter("artifact"), request.deadline));
    auto response = answer_of(context, request, located, answer);
    const bool replaced = response.has_error() && response.error().code == Code::conflict;
    if (!replaced || opens == opens_max) return response;
  }
}

}  // namespace

void add_curve_routes(Router& router, Context& context) {
  const std::string curves =
      "/v1/sessions/{session}/messages/{message}/artifacts/{artifact}/curves";
  const auto on = [&context](Answer answer) {
    return [&context, answer](Request& request, ByteSource&) {
      return get_part(context, request, answer);
    };
  };
  router.add({.method = "GET", .pattern = curves, .handler = on(whole_or_window)});
  router.add({.method = "GET", .pattern = curves + "/{level}/{tile}", .handler = on(tile)});
}

}  // namespace spillway
