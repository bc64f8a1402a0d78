// Range, If-Range and entity tags.
#include "server/range.h"

#include <algorithm>

namespace spillway {
namespace {

RangeAnswer suffix_range(std::uint64_t length, std::uint64_t size) {
  if (length == 0 || size == 0) return {RangeAnswer::Kind::unsatisfiable, {}};
  const std::uint64_t kept = std::min(length, size);
  return {RangeAnswer::Kind::part, {size - kept, kept}};
}

/// Calls `visit(tag)` for each tag of a list until it returns true. Tags may contain commas.
template <class Visit>
bool any_tag(std::string_view list, Visit&& visit) {
  while (true) {
    list = list.substr(std::min(list.size(), list.find_first_not_of(" \t,")));
    if (list.empty()) return false;
    const std::size_t open = list.substr(0, 2) == "W/" ? 2 : 0;
    if (list.size() <= open || list[open] != '"') return false;
    const std::size_t close = list.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    if (visit(list.substr(0, close + 1))) return true;
    list.remove_prefix(close + 1);
  }
}

}  // namespace

RangeAnswer parse_range(std::string_view header, std::uint64_t size_bytes) {
  constexpr std::string_view unit = "bytes=";
  if (!equals_ignoring_case(header.substr(0, unit.size()), unit)) return {};
  const std::string_view spec = trim_blanks(header.substr(unit.size()));
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return {};
  const std::string_view first_text = spec.substr(0, dash), last_text = spec.substr(dash + 1);
  if (first_text.empty()) {
    const auto length = parse_unsigned(last_text);
    return length ? suffix_range(*length, size_bytes) : RangeAnswer{};
  }
  const auto first = parse_unsigned(first_text);
  std::optional<std::uint64_t> last = UINT64_MAX;
  if (!last_text.empty()) last = parse_unsigned(last_text);
  if (!first || !last || *last < *first) return {};
  if (*first >= size_bytes) return {RangeAnswer::Kind::unsatisfiable, {}};
  return {RangeAnswer::Kind::part, {*first, std::min(*last, size_bytes - 1) - *first + 1}};
}

RangeAnswer requested_range(const Request& request, std::string_view etag,
                            std::uint64_t size_bytes) {
  const std::string_view header = request.header("range");
  if (header.empty()) return {};
  if (request.has_header("if-range") && request.header("if-range") != etag) return {};
  return parse_range(header, size_bytes);
}

bool etag_matches(std::string_view list, std::string_view etag, bool weakly) {
  if (trim_blanks(list) == "*") return true;
  return any_tag(list, [&](std::string_view tag) {
    if (weakly && tag.substr(0, 2) == "W/") tag.remove_prefix(2);
    return tag == etag;
  });
}

Result<std::string> sole_if_match(const Request& request) {
  if (!request.has_header("if-match")) return std::string();
  const std::string_view list = trim_blanks(request.header("if-match"));
  if (list == "*") return std::string("*");
  std::size_t count = 0;
  std::string_view sole;
  any_tag(list, [&](std::string_view tag) {
    sole = tag;
    return ++count > 1;
  });
  if (count != 1) {
    return make_error(Code::invalid_argument, "http.precondition", "If-Match",
                      "If-Match takes one entity tag here, or *");
  }
  constexpr std::size_t sha256_hex_bytes = 64;
  if (sole.front() != '"' || sole.size() != sha256_hex_bytes + 2) {
    return make_error(Code::condition_failed, "http.precondition", "If-Match",
                      "no artifact has the entity tag of If-Match");
  }
  return std::string(sole.substr(1, sha256_hex_bytes));
}

}  // namespace spillway
