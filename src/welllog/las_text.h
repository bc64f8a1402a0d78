// Text of LAS files: encodings to UTF-8, blanks, case.
#pragma once

#include <string>
#include <string_view>

#include "spillway/error.h"

namespace spillway {

/// `bytes` (UTF-8, UTF-16 with or without a byte order mark, else Latin-1) as UTF-8 without a mark;
/// lone CR line ends become LF. `encoding` says what it was. Error invalid_argument for binary
/// bytes (a NUL, named by its line) and broken UTF-16.
Result<std::string> las_text_to_utf8(std::string_view bytes, std::string_view& encoding);

std::string_view trim(std::string_view text);    // blanks, tabs, CR
std::string upper_ascii(std::string_view text);  // A–Z only; other letters stay
/// The beginning of a text, for diagnostics, with "…" if that is not all of it. Cut between
/// letters.
std::string excerpt(std::string_view text, std::size_t bytes_max = 60);

/// invalid_argument about a line of the file (0: the whole file).
Error las_error(std::size_t line, std::string detail);

}  // namespace spillway
