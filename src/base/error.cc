// Spelling and making of errors.
#include "spillway/error.h"

namespace spillway {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::not_found: return "not_found";
    case Code::condition_failed: return "condition_failed";
    case Code::conflict: return "conflict";
    case Code::invalid_argument: return "invalid_argument";
    case Code::too_large: return "too_large";
    case Code::throttled: return "throttled";
    case Code::unavailable: return "unavailable";
    case Code::storage_full: return "storage_full";
    case Code::timeout: return "timeout";
    case Code::cancelled: return "cancelled";
    case Code::permission_denied: return "permission_denied";
    case Code::archived: return "archived";
    case Code::corrupt: return "corrupt";
    case Code::unsupported: return "unsupported";
    case Code::internal: return "internal";
  }
  return "internal";
}

std::string describe(const Error& error) {
  std::string text = error.op;
  if (!error.subject.empty()) text += " " + error.subject;
  text += ": " + error.detail + " (";
  text += to_string(error.code);
  return text + ")";
}

Error make_error(Code code, std::string op, std::string subject, std::string detail) {
  const bool transient = code == Code::conflict || code == Code::throttled ||
                         code == Code::unavailable || code == Code::storage_full ||
                         code == Code::timeout;
  return Error{code, std::move(op), std::move(subject), std::move(detail), transient, Effect::none};
}

}  // namespace spillway
