// The spelling of JSON strings (RFC 8259, section 7), for everything that writes JSON.
#pragma once

#include <string>
#include <string_view>

namespace spillway {

/// Appends `text`, which is valid UTF-8, as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

/// `text` as a JSON string with its quotes.
std::string json_string(std::string_view text);

}  // namespace spillway
