// Byte ranges and preconditions of requests. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/http.h"
#include "spillway/bytes.h"

namespace spillway {

/// What a Range header asks of a body: all of it, a part, or what cannot be had.
struct RangeAnswer {
  enum class Kind { whole, part, unsatisfiable };
  Kind kind = Kind::whole;
  ByteRange range;  ///< of a part
};

/// One range of bytes. A header that is malformed, of another unit, or lists several ranges is
/// ignored, as RFC 9110 (section 14.2) allows. Source: RFC 9110, section 14.
RangeAnswer parse_range(std::string_view header, std::uint64_t size_bytes);

/// The same with the request's If-Range: only a strong tag that matches keeps the range (13.1.5).
RangeAnswer requested_range(const Request& request, std::string_view etag,
                            std::uint64_t size_bytes);

/// Does a list of entity tags (or *) contain `etag`, which is quoted? With `weakly`, W/ is ignored
/// (RFC 9110, section 8.8.3.2).
bool etag_matches(std::string_view list, std::string_view etag, bool weakly);

/// The one strong tag of an If-Match for a PUT, without quotes; "*" for any; "" without the header.
/// Errors: invalid_argument for several tags; condition_failed for a weak or foreign one, which no
/// artifact has.
Result<std::string> sole_if_match(const Request& request);

}  // namespace spillway
