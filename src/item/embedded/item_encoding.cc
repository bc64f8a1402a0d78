// The bytes of a stored item: a version, then tagged values with LEB128 lengths.
#include "item/embedded/item_encoding.h"

#include <cassert>
#include <cstdint>
#include <limits>

#include "dynamo/item_size.h"

namespace spillway {
namespace {

constexpr char format_version = 1;
constexpr int varint_bytes_max = 5;  // lengths are 32 bits

enum Tag : char {
  tag_null = 0,
  tag_false = 1,
  tag_true = 2,
  tag_string = 3,
  tag_number = 4,
  tag_binary = 5,
  tag_list = 6,
  tag_map = 7,
  tag_string_set = 8,
  tag_number_set = 9,
  tag_binary_set = 10,
};

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}

  void map(const Map& map) {
    length(map.size());
    for (const auto& [name, value] : map) {
      text(name);
      std::visit(*this, value.variant());
    }
  }

  void operator()(const Null&) { out_ += tag_null; }
  void operator()(bool value) { out_ += value ? tag_true : tag_false; }
  void operator()(const std::string& value) { tagged(tag_string, value); }
  void operator()(const Number& value) { tagged(tag_number, value.text); }
  void operator()(const Binary& value) { tagged(tag_binary, value.bytes); }
  void operator()(const StringSet& value) { set(tag_string_set, value.elements); }
  void operator()(const NumberSet& value) { set(tag_number_set, value.elements); }
  void operator()(const BinarySet& value) { set(tag_binary_set, value.elements); }
  void operator()(const Map& value) {
    out_ += tag_map;
    map(value);
  }
  void operator()(const List& values) {
    out_ += tag_list;
    length(values.size());
    for (const AttributeValue& value : values) std::visit(*this, value.variant());
  }
  void operator()(const Spilled&) { assert(!"a spilled value reached the item store"); }

 private:
  void length(std::size_t value) {
    assert(value <= std::numeric_limits<std::uint32_t>::max());
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>((value & 0x7f) | 0x80);
    out_ += static_cast<char>(value);
  }
  void text(std::string_view bytes) {
    length(bytes.size());
    out_ += bytes;
  }
  void tagged(Tag tag, std::string_view bytes) {
    out_ += tag;
    text(bytes);
  }
  void set(Tag tag, const std::vector<std::string>& elements) {
    out_ += tag;
    length(elements.size());
    for (const std::string& element : elements) text(element);
  }

  std::string& out_;
};

Error malformed(std::string detail) {
  return make_error(Code::corrupt, "item.decode", "", std::move(detail));
}

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  Result<Item> item() {
    if (rest_.empty() || rest_[0] != format_version) return malformed("unknown format version");
    rest_.remove_prefix(1);
    SPILLWAY_TRY(Map item, map(0));
    if (!rest_.empty()) return malformed("bytes after the end");
    return item;
  }

 private:
  Result<std::size_t> length() {
    std::uint64_t value = 0;
    for (int i = 0; i < varint_bytes_max; ++i) {
      if (rest_.empty()) return malformed("ends inside a length");
      const auto byte = static_cast<unsigned char>(rest_[0]);
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
      if (byte < 0x80) {
        // Everything counted takes at least a byte, so this bounds what is reserved, too.
        if (value > rest_.size()) return malformed("a length beyond the end");
        return static_cast<std::size_t>(value);
      }
    }
    return malformed("a length of more than 5 bytes");
  }

  Result<std::string> text() {
    SPILLWAY_TRY(const std::size_t size, length());
    std::string value(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return value;
  }

  Result<std::vector<std::string>> elements() {
    SPILLWAY_TRY(const std::size_t count, length());
    std::vector<std::string> values;
    for (std::size_t i = 0; i < count; ++i) {
      SPILLWAY_TRY(std::string element, text());
      values.push_back(std::move(element));
    }
    return values;
  }

  Result<Map> map(int depth) {
    SPILLWAY_TRY(const std::size_t count, length());
    Map values;
    for (std::size_t i = 0; i < count; ++i) {
      SPILLWAY_TRY(std::string name, text());
      if (!values.empty() && name <= values.rbegin()->first) return malformed("names out of order");
      SPILLWAY_TRY(AttributeValue decoded, value(depth));
      values.emplace_hint(values.end(), std::move(name), std::move(decoded));
    }
    return values;
  }

  Result<List> list(int depth) {
    SPILLWAY_TRY(const std::size_t count, length());
    List values;
    for (std::size_t i = 0; i < count; ++i) {
      SPILLWAY_TRY(AttributeValue decoded, value(depth));
      values.push_back(std::move(decoded));
    }
    return values;
  }

  /// A value inside `depth` lists and maps.
  Result<AttributeValue> value(int depth) {
    if (rest_.empty()) return malformed("ends before a value");
    const char tag = rest_[0];
    rest_.remove_prefix(1);
    switch (tag) {
      case tag_null: return AttributeValue(Null{});
      case tag_false: return AttributeValue(false);
      case tag_true: return AttributeValue(true);
      case tag_string: return wrap<std::string>(text());
      case tag_number: return wrap<Number>(text());
      case tag_binary: return wrap<Binary>(text());
      case tag_string_set: return wrap<StringSet>(elements());
      case tag_number_set: return wrap<NumberSet>(elements());
      case tag_binary_set: return wrap<BinarySet>(elements());
      case tag_list:
      case tag_map:
        if (depth == nesting_max) return malformed("nested too deep");
        return tag == tag_list ? wrap<List>(list(depth + 1)) : wrap<Map>(map(depth + 1));
      default: return malformed("unknown type tag");
    }
  }

  template <class T, class Parts>
  static Result<AttributeValue> wrap(Result<Parts> parts) {
    if (!parts) return std::move(parts).error();
    if constexpr (std::is_same_v<T, Parts>) {  // braces would make a list of a list
      return AttributeValue(std::move(parts).value());
    } else {
      return AttributeValue(T{std::move(parts).value()});
    }
  }

  std::string_view rest_;
};

}  // namespace

std::string encode_item(const Item& item) {
  std::string bytes;
  bytes.reserve(item_size(item) + 64);
  bytes += format_version;
  Encoder(bytes).map(item);
  return bytes;
}

Result<Item> decode_item(std::string_view bytes) { return Decoder(bytes).item(); }

}  // namespace spillway
