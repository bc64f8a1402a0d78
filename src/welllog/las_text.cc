// Text of LAS files: encodings to UTF-8, blanks, case.
#include "welllog/las_text.h"

#include <simdjson.h>

#include <algorithm>
#include <boost/locale/encoding_utf.hpp>

namespace spillway {
namespace {

Result<std::string> from_utf16(std::string_view bytes, bool big_endian) {
  std::u16string units;
  units.reserve(bytes.size() / 2);
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    units += static_cast<char16_t>(big_endian ? first << 8 | second : second << 8 | first);
  }
  if (bytes.size() % 2 != 0) return las_error(0, "UTF-16 text of an odd number of bytes");
  try {
    return boost::locale::conv::utf_to_utf<char>(units, boost::locale::conv::stop);
  } catch (const boost::locale::conv::conversion_error&) {
    return las_error(0, "broken UTF-16 text");
  }
}

std::string from_latin1(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 16);
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
  return text;
}

Result<std::string> decode(std::string_view bytes, std::string_view& encoding) {
  using namespace std::string_view_literals;
  encoding = "UTF-16";
  if (bytes.starts_with("\xFE\xFF"sv)) return from_utf16(bytes.substr(2), true);
  if (bytes.starts_with("\xFF\xFE"sv)) return from_utf16(bytes.substr(2), false);
  if (bytes.size() >= 2 && bytes[0] == '\0' && bytes[1] != '\0') return from_utf16(bytes, true);
  if (bytes.size() >= 2 && bytes[0] != '\0' && bytes[1] == '\0') return from_utf16(bytes, false);
  encoding = "UTF-8";
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) bytes.remove_prefix(3);
  if (simdjson::validate_utf8(bytes.data(), bytes.size())) return std::string(bytes);
  encoding = "Latin-1";
  return from_latin1(bytes);
}

}  // namespace

Result<std::string> las_text_to_utf8(std::string_view bytes, std::string_view& encoding) {
  SPILLWAY_TRY(std::string text, decode(bytes, encoding));
  const std::size_t nul = text.find('\0');
  if (nul != std::string::npos) {
    const auto lines =
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n');
    return las_error(static_cast<std::size_t>(lines) + 1, "a NUL byte: this is not a text file");
  }
  if (text.find('\n') == std::string::npos) std::replace(text.begin(), text.end(), '\r', '\n');
  return text;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string upper_ascii(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::string excerpt(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t cut = bytes_max;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return std::string(text.substr(0, cut)) + "…";
}

Error las_error(std::size_t line, std::string detail) {
  return make_error(Code::invalid_argument, "las.parse",
                    line == 0 ? "the file" : "line " + std::to_string(line), std::move(detail));
}

}  // namespace spillway
