// Checks of ids and cursors, character by character.
#include "artifact/ids.h"

#include <algorithm>

#include "artifact/limits.h"
#include "base/digest.h"

namespace spillway {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_artifact_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
         c == '-';
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

}  // namespace

bool Utf8Checker::feed(std::string_view piece) {
  constexpr std::size_t character_bytes_max = 4;
  // Only the last three bytes can belong to a character that is not whole.
  rest_ += piece;
  std::size_t end = rest_.size();
  for (std::size_t back = 1; back < character_bytes_max && back <= rest_.size(); ++back) {
    const auto byte = static_cast<unsigned char>(rest_[rest_.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    if (length > back) end = rest_.size() - back;
    break;
  }
  const bool sound = is_utf8(std::string_view(rest_).substr(0, end));
  rest_.erase(0, end);
  return sound;
}

Result<void> check_session_id(const std::string& session) {
  if (session.empty() || !is_label(session, session_id_bytes_max)) {
    return make_error(Code::invalid_argument, "session.id", "",
                      "a session id is 1 to " + std::to_string(session_id_bytes_max) +
                          " bytes of UTF-8 without control characters");
  }
  return ok();
}

bool is_message_id(std::string_view id) {
  constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  return id.size() == 26 && id.find_first_not_of(crockford) == std::string_view::npos;
}

Result<void> check_artifact_id(const std::string& id) {
  const bool characters = std::all_of(id.begin(), id.end(), is_artifact_character);
  const bool digits_alone = std::all_of(id.begin(), id.end(), is_digit);
  if (id.empty() || id.size() > artifact_id_bytes_max || !characters || digits_alone) {
    return make_error(Code::invalid_argument, "artifact.id", "",
                      "an artifact id is 1 to " + std::to_string(artifact_id_bytes_max) +
                          " of the characters A-Z a-z 0-9 . _ - and not digits alone");
  }
  return ok();
}

bool is_label(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && is_utf8(text) &&
         std::none_of(text.begin(), text.end(), is_control);
}

std::string base64url_encode(std::string_view bytes) {
  std::string text = base64_encode(bytes);
  text.erase(text.find_last_not_of('=') + 1);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string padded(text);
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  return base64_decode(padded);
}

std::string cut_utf8(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

}  // namespace spillway
