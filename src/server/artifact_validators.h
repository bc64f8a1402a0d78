// What answers about one version of an artifact have in common: entity tags, caching,
// preconditions.
#pragma once

#include <optional>
#include <string>

#include "server/http.h"

namespace spillway {

/// A strong tag of a representation that follows from the artifact's bytes alone.
std::string quoted_tag(const std::string& text);

/// ETag, and for how long the answer is good: with the digest in the address it can never change.
void set_validators(Response& response, const Request& request, const std::string& etag);

/// RFC 9110, section 13.2.2: If-Match first, then If-None-Match. An answer (304) or nothing;
/// condition_failed.
Result<std::optional<Response>> check_preconditions(const Request& request,
                                                    const std::string& etag);

/// not_found when ?sha256= names another version than the present one.
Result<void> check_version(const Request& request, const std::string& sha256);

}  // namespace spillway
