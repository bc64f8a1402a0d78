// What is well-formed UTF-8.
#include "base/utf8.h"

namespace spillway {
namespace {

/// Bytes of the UTF-8 character at the front of `text` (RFC 3629), or 0.
std::size_t utf8_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto tail = [&](std::size_t i) { return at(i) >= 0x80 && at(i) <= 0xbf; };
  const unsigned first = at(0), second = at(1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf && tail(1)) return 2;
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  if (overlong || beyond || !tail(1) || !tail(2)) return 0;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4 && tail(3)) return 4;
  return 0;
}

}  // namespace

std::string_view utf8_prefix(std::string_view text) {
  std::size_t good = 0;
  while (good < text.size()) {
    const std::size_t n = utf8_bytes(text.substr(good));
    if (n == 0) break;
    good += n;
  }
  return text.substr(0, good);
}

bool is_utf8(std::string_view text) { return utf8_prefix(text).size() == text.size(); }

}  // namespace spillway
