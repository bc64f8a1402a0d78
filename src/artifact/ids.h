// Ids and cursors that arrive from outside: what is accepted, and how keys travel as cursors. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "spillway/error.h"

namespace spillway {

/// UTF-8 in pieces of any size. One thread at a time.
class Utf8Checker {
 public:
  /// False once the text cannot be UTF-8 any more.
  bool feed(std::string_view piece);
  /// Did the text end with a whole character?
  bool finish() const { return rest_.empty(); }

 private:
  std::string rest_;  ///< of a character that may go on, less than four bytes
};

/// 1 to 256 bytes of UTF-8 without control characters; else invalid_argument.
Result<void> check_session_id(const std::string& session);

/// Could this be the id of a message? Others are simply not found.
bool is_message_id(std::string_view id);

/// [A-Za-z0-9._-]{1,128}, not digits alone (digits are a position); else invalid_argument.
Result<void> check_artifact_id(const std::string& id);

/// A label that ends up in headers and pages: UTF-8 without control characters, up to `bytes_max`.
bool is_label(std::string_view text, std::size_t bytes_max);

/// base64url without padding (RFC 4648 section 5), and back; nullopt when it is not.
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

/// Cuts `text` to `bytes_max` without splitting a character.
std::string cut_utf8(std::string_view text, std::size_t bytes_max);

}  // namespace spillway
