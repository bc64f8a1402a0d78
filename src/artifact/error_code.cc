// The inverse of to_string(Code).
#include "artifact/error_code.h"

#include <array>

namespace spillway {

Code code_from_string(std::string_view text, Code otherwise) {
  constexpr std::array codes{Code::not_found,        Code::condition_failed,  Code::conflict,
                             Code::invalid_argument, Code::too_large,         Code::throttled,
                             Code::unavailable,      Code::storage_full,      Code::timeout,
                             Code::cancelled,        Code::permission_denied, Code::archived,
                             Code::corrupt,          Code::unsupported,       Code::internal};
  for (const Code code : codes) {
    if (to_string(code) == text) return code;
  }
  return otherwise;
}

}  // namespace spillway
