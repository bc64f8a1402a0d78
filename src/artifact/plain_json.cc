// One visitor over the types of attribute values.
#include "artifact/plain_json.h"

#include <cassert>

#include "base/digest.h"
#include "base/json_text.h"

namespace spillway {
namespace {

class Writer {
 public:
  std::string take() { return std::move(out_); }

  void operator()(const AttributeValue& value) { std::visit(*this, value.variant()); }
  void operator()(Null) { out_ += "null"; }
  void operator()(bool value) { out_ += value ? "true" : "false"; }
  void operator()(const std::string& text) { append_json_string(out_, text); }
  void operator()(const Number& digits) { out_ += digits.text; }
  void operator()(const Binary& binary) { append_json_string(out_, base64_encode(binary.bytes)); }
  void operator()(const List& list) { array(list, *this); }
  void operator()(const StringSet& set) { array(set.elements, *this); }
  void operator()(const NumberSet& set) {
    array(set.elements, [this](const std::string& digits) { out_ += digits; });
  }
  void operator()(const BinarySet& set) {
    array(set.elements, [this](const std::string& bytes) { (*this)(Binary{bytes}); });
  }
  void operator()(const Map& map) {
    const char* separator = "";
    out_ += '{';
    for (const auto& [name, value] : map) {
      out_ += separator;
      append_json_string(out_, name);
      out_ += ':';
      (*this)(value);
      separator = ",";
    }
    out_ += '}';
  }
  void operator()(const Spilled&) { assert(false && "a spilled value has no JSON: hydrate first"); }

 private:
  template <class Elements, class Append>
  void array(const Elements& elements, Append&& append) {
    const char* separator = "";
    out_ += '[';
    for (const auto& element : elements) {
      out_ += separator;
      append(element);
      separator = ",";
    }
    out_ += ']';
  }

  std::string out_;
};

}  // namespace

std::string plain_json(const AttributeValue& value) {
  Writer writer;
  writer(value);
  return writer.take();
}

}  // namespace spillway
