// Errors as answers: RFC 9457 problem details.
#pragma once

#include <string>
#include <string_view>

#include "server/http.h"
#include "server/json_out.h"

namespace spillway {

/// 404 for Code::not_found, and so on; see docs/HTTP.md.
int status_of(Code code);

/// What a client is told of `error`. Of our own troubles only the kind: their details name files
/// and hosts, and are in the log under the same request id.
std::string public_detail(const Error& error);

/// {"type":"about:blank","title",…} as a value in `out`.
void write_problem(JsonWriter& out, const Error& error, int status, std::string_view request_id);

/// application/problem+json with the status of the error's code, or another. 429 and 503 of what a
/// repeat may mend say Retry-After.
Response problem_response(const Error& error, std::string_view request_id);
Response problem_response(const Error& error, int status, std::string_view request_id);

}  // namespace spillway
