// The one place where errors become answers.
#include "server/problem.h"

namespace spillway {
namespace {

constexpr std::string_view retry_after_seconds = "1";

/// Is the error about what the client sent, so that its detail is for the client?
bool is_about_request(Code code) {
  switch (code) {
    case Code::not_found:
    case Code::condition_failed:
    case Code::conflict:
    case Code::invalid_argument:
    case Code::too_large:
    case Code::permission_denied:
    case Code::archived:
    case Code::unsupported: return true;
    default: return false;
  }
}

std::string_view kind_of(const Error& error) {
  const bool stores = error.code == Code::unavailable || error.code == Code::storage_full;
  if (stores && !error.transient) return "The store could not be used. Trying again does not help.";
  switch (error.code) {
    case Code::throttled: return "The store asks for fewer requests. Try again later.";
    case Code::unavailable: return "The store cannot be used now. Try again later.";
    case Code::storage_full: return "The store is full. Nothing was written.";
    case Code::timeout: return "It took too long. Try again.";
    case Code::cancelled: return "The request was cut off, or the server is stopping.";
    case Code::corrupt: return "The stored bytes are damaged. The server's log says more.";
    default: return "The server failed. Its log says more under this request id.";
  }
}

}  // namespace

int status_of(Code code) {
  switch (code) {
    case Code::not_found: return 404;
    case Code::condition_failed: return 412;
    case Code::conflict: return 409;
    case Code::invalid_argument: return 400;
    case Code::too_large: return 413;
    case Code::throttled: return 429;
    case Code::unavailable: return 503;
    case Code::storage_full: return 507;
    case Code::timeout: return 504;
    case Code::cancelled: return 503;
    case Code::permission_denied: return 403;
    case Code::archived: return 409;
    case Code::corrupt: return 502;
    case Code::unsupported: return 501;
    case Code::internal: return 500;
  }
  return 500;
}

std::string public_detail(const Error& error) {
  return is_about_request(error.code) ? error.detail : std::string(kind_of(error));
}

void write_problem(JsonWriter& out, const Error& error, int status, std::string_view request_id) {
  out.begin_object()
      .member("type", "about:blank")
      .member("title", reason_of(status))
      .member("status", status)
      .member("detail", public_detail(error))
      .member("code", to_string(error.code))
      .member("requestId", request_id)
      .member("retryable", error.transient)
      .end_object();
}

Response problem_response(const Error& error, std::string_view request_id) {
  return problem_response(error, status_of(error.code), request_id);
}

Response problem_response(const Error& error, int status, std::string_view request_id) {
  JsonWriter json;
  write_problem(json, error, status, request_id);
  Response response;
  response.status = status;
  response.set("Content-Type", "application/problem+json");
  response.set("Cache-Control", "no-store");
  if (error.transient && (status == 429 || status == 503)) {
    response.set("Retry-After", std::string(retry_after_seconds));
  }
  response.body = json.take();
  response.error_code = to_string(error.code);
  return response;
}

}  // namespace spillway
