// The one error type of Spillway and the Result that carries it.
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/success_failure.hpp>
#include <boost/outcome/try.hpp>
#include <string>
#include <string_view>

namespace spillway {

/// What went wrong, in the terms a caller acts on.
enum class Code {
  not_found,          ///< The thing named does not exist (or is not yours to see).
  condition_failed,   ///< The caller's condition did not hold; nothing was written.
  conflict,           ///< Another writer was faster; the same call may succeed now.
  invalid_argument,   ///< The request is wrong; the same request will always fail.
  too_large,          ///< A named limit is exceeded; `detail` says which and by how much.
  throttled,          ///< The backend asks for fewer requests.
  unavailable,        ///< A backend or disk cannot be used now.
  storage_full,       ///< No space is left; nothing was written.
  timeout,            ///< The deadline passed.
  cancelled,          ///< The caller went away, or the process is draining.
  permission_denied,  ///< Credentials are missing, wrong, or do not allow this.
  archived,           ///< The object lies in an archive tier; restore it first.
  corrupt,            ///< Stored bytes do not match their checksum, or cannot be parsed.
  unsupported,        ///< Known, but not offered here.
  internal,           ///< A bug of ours.
};

/// May a failed write have landed all the same?
enum class Effect { none, unknown };

/// A failure. `op` is what was tried ("item.put"), `subject` what it was tried on (a key, a file;
/// never a secret), `detail` one sentence that says what happened and, where possible, what to do.
struct [[nodiscard]] Error {
  Code code = Code::internal;
  std::string op;
  std::string subject;
  std::string detail;
  bool transient = false;        ///< Would the same call, later, have a chance?
  Effect effect = Effect::none;  ///< Effect::unknown is never blindly retried.
};

/// "not_found", "condition_failed", … : the spelling used in logs, JSON and documentation.
std::string_view to_string(Code code);

/// "op subject: detail (code)", for logs and the command line.
std::string describe(const Error& error);

/// Makes an Error; `transient` follows the code (conflict, throttled, unavailable, timeout are).
Error make_error(Code code, std::string op, std::string subject, std::string detail);

/// A value or an Error. Reading the value of a failed Result terminates: check first, or use TRY.
template <class T>
using Result = boost::outcome_v2::basic_result<T, Error, boost::outcome_v2::policy::terminate>;

/// The value of a Result<void> that succeeded.
inline auto ok() { return boost::outcome_v2::success(); }

}  // namespace spillway

/// SPILLWAY_TRY(auto x, call()) : x is the value, or the enclosing function returns the Error.
#define SPILLWAY_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
