// The target of a request: path segments and query, percent-decoded exactly once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http.h"

namespace spillway {

struct Target {
  std::vector<std::string> segments;  ///< "/a/b%2Fc" -> "a", "b/c"; "/" -> one empty segment
  NameValues query;
};

/// Splits first and decodes then, so that an encoded slash stays part of its segment. Accepts the
/// absolute form too. Errors: invalid_argument for a broken escape, or bytes that decode to no
/// UTF-8 or to NUL. Source: RFC 9112, section 3.2; RFC 3986, section 2.
Result<Target> parse_target(std::string_view target);

/// The path alone, without query: what may be logged.
std::string_view path_of(std::string_view target);

/// One segment as it goes into a path: everything but unreserved characters is escaped.
std::string percent_encode(std::string_view text);

}  // namespace spillway
