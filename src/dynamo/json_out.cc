// Attribute values to DynamoDB JSON.
#include <array>
#include <cassert>
#include <cstring>
#include <type_traits>

#include "base/digest.h"
#include "dynamo/item_size.h"
#include "dynamo/json.h"

namespace spillway {
namespace {

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

// Is there a byte below 0x20, a quote or a backslash among these eight? (Hacker's Delight, 6-1;
// bytes above 0x7f never trouble.) May err towards true: the caller looks byte by byte then.
bool may_need_escape(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t w) { return (w - ones) & ~w & highs; };
  const std::uint64_t control = (word - ones * 0x20) & ~word & highs;
  return (control | has_zero(word ^ (ones * '"')) | has_zero(word ^ (ones * '\\'))) != 0;
}

std::size_t plain_prefix(std::string_view text) {
  std::size_t n = 0;
  while (n + sizeof(std::uint64_t) <= text.size()) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + n, sizeof word);
    if (may_need_escape(word)) break;
    n += sizeof word;
  }
  while (n < text.size() && !needs_escape(text[n])) ++n;
  return n;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += hex[static_cast<unsigned char>(c) >> 4];
  out += hex[static_cast<unsigned char>(c) & 15];
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t n = plain_prefix(text);
    out += text.substr(0, n);
    text.remove_prefix(n);
    if (text.empty()) break;
    append_escape(out, text.front());
    text.remove_prefix(1);
  }
  out += '"';
}

void append_base64(std::string& out, std::string_view bytes) {
  out += '"';
  out += base64_encode(bytes);
  out += '"';
}

template <class Elements, class Append>
void append_array(std::string& out, std::string_view open, const Elements& elements,
                  Append append) {
  out += open;
  bool first = true;
  for (const auto& element : elements) {
    if (!first) out += ',';
    first = false;
    append(out, element);
  }
  out += "]}";
}

void append_map(std::string& out, const Map& map);

void append_value(std::string& out, const AttributeValue& value) {
  std::visit(
      [&out](const auto& held) {
        using T = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_same_v<T, Null>) {
          out += R"({"NULL":true})";
        } else if constexpr (std::is_same_v<T, bool>) {
          out += held ? R"({"BOOL":true})" : R"({"BOOL":false})";
        } else if constexpr (std::is_same_v<T, std::string>) {
          out += R"({"S":)";
          append_string(out, held);
          out += '}';
        } else if constexpr (std::is_same_v<T, Number>) {
          out += R"({"N":")" + held.text + R"("})";
        } else if constexpr (std::is_same_v<T, Binary>) {
          out += R"({"B":)";
          append_base64(out, held.bytes);
          out += '}';
        } else if constexpr (std::is_same_v<T, List>) {
          append_array(out, R"({"L":[)", held, append_value);
        } else if constexpr (std::is_same_v<T, Map>) {
          out += R"({"M":)";
          append_map(out, held);
          out += '}';
        } else if constexpr (std::is_same_v<T, StringSet>) {
          append_array(out, R"({"SS":[)", held.elements, append_string);
        } else if constexpr (std::is_same_v<T, NumberSet>) {
          append_array(out, R"({"NS":[)", held.elements, append_string);
        } else if constexpr (std::is_same_v<T, BinarySet>) {
          append_array(out, R"({"BS":[)", held.elements, append_base64);
        } else {
          static_assert(std::is_same_v<T, Spilled>);
          assert(false && "a spilled value has no DynamoDB JSON: hydrate first");
        }
      },
      value.variant());
}

void append_map(std::string& out, const Map& map) {
  out += '{';
  bool first = true;
  for (const auto& [name, value] : map) {
    if (!first) out += ',';
    first = false;
    append_string(out, name);
    out += ':';
    append_value(out, value);
  }
  out += '}';
}

// Base64, escapes and type tags make JSON somewhat larger than the item: a guess that spares most
// of the growing.
std::size_t likely_bytes(std::uint64_t size) {
  return static_cast<std::size_t>(size + size / 2 + 64);
}

}  // namespace

std::string to_json(const AttributeValue& value) {
  std::string out;
  out.reserve(likely_bytes(value_size(value)));
  append_value(out, value);
  return out;
}

std::string to_json(const Item& item) {
  std::string out;
  out.reserve(likely_bytes(item_size(item)));
  append_map(out, item);
  return out;
}

}  // namespace spillway
