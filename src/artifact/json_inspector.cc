// A handler for Boost.JSON's event parser: it keeps three short strings and forgets the rest.
#include "artifact/json_inspector.h"

#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <limits>
#include <optional>

#include "artifact/ids.h"
#include "artifact/limits.h"
#include "curves/array_collector.h"

namespace spillway {
namespace {

namespace json = boost::json;

/// Labels in the order in which they are preferred: of the type, then of the name.
constexpr std::array<std::string_view, 5> label_keys{"type", "messageContentType", "name", "title",
                                                     "wellName"};
constexpr std::size_t type_keys = 2;
constexpr std::size_t key_bytes_max = 24;
/// Of a number that comes in pieces; the collector is told of longer ones as of anything else.
constexpr std::size_t number_bytes_max = 1024;

/// Boost.JSON's SAX interface fixes these names. Each event returns true: go on.
struct Handler {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
  using Ec = json::error_code;
  using Text = json::string_view;

  bool on_document_begin(Ec&) { return true; }
  bool on_document_end(Ec&) { return true; }
  bool on_object_begin(Ec&) { return open(true); }
  bool on_object_end(std::size_t, Ec&) { return close(); }
  bool on_array_begin(Ec&) { return open(false); }
  bool on_array_end(std::size_t, Ec&) { return close(); }
  bool on_key_part(Text text, std::size_t, Ec&) {
    if (collector) collector->key(text, false);
    return add(key_, text, key_bytes_max);
  }
  bool on_key(Text text, std::size_t, Ec&) {
    if (collector) collector->key(text, true);
    return add(key_, text, key_bytes_max) && name_label();
  }
  bool on_string_part(Text text, std::size_t, Ec&) {
    if (collector) collector->string(text, false);
    return add(value_, text, name_bytes_max);
  }
  bool on_string(Text text, std::size_t, Ec&) {
    if (collector) collector->string(text, true);
    return add(value_, text, name_bytes_max) && end_value();
  }
  bool on_number_part(Text text, Ec&) {
    // A longer one is none of a curve: what is left of it is no number, and ends the array.
    if (collector && number_.size() <= number_bytes_max) number_.append(text);
    return true;
  }
  bool on_int64(std::int64_t, Text text, Ec&) { return number(text); }
  bool on_uint64(std::uint64_t, Text text, Ec&) { return number(text); }
  bool on_double(double, Text text, Ec&) { return number(text); }
  bool on_bool(bool value, Ec&) { return literal(value ? "true" : "false"); }
  bool on_null(Ec&) { return literal("null"); }
  bool on_comment_part(Text, Ec&) { return true; }
  bool on_comment(Text, Ec&) { return true; }

  std::array<std::string, label_keys.size()> labels;
  ArrayCollector* collector = nullptr;

 private:
  bool number(Text text) {
    if (collector && number_.empty()) {
      collector->number(text);
    } else if (collector) {
      number_.append(text);
      // As a literal: the array is not one of numbers then.
      number_.size() <= number_bytes_max ? collector->number(number_) : collector->literal(number_);
      number_.clear();
    }
    return end_value();
  }
  bool literal(Text text) {
    if (collector) collector->literal(text);
    return end_value();
  }
  bool open(bool object) {
    if (collector) collector->begin(object);
    if (depth_ == 0) top_is_object_ = object;
    ++depth_;
    label_.reset();
    return true;
  }
  bool close() {
    if (collector) collector->end();
    --depth_;
    return end_value();
  }
  bool at_top() const { return depth_ == 1 && top_is_object_; }
  /// Appends up to one byte more than the limit, so that "too long" shows.
  bool add(std::string& to, Text text, std::size_t bytes_max) {
    if (at_top() && to.size() <= bytes_max) {
      to.append(text.substr(0, bytes_max + 1 - to.size()));
    }
    return true;
  }
  bool name_label() {
    label_.reset();
    for (std::size_t i = 0; at_top() && i < label_keys.size(); ++i) {
      if (key_ == label_keys[i]) label_ = i;
    }
    key_.clear();
    value_.clear();
    return true;
  }
  bool end_value() {
    if (at_top() && label_) {
      const std::size_t bytes_max = *label_ < type_keys ? type_bytes_max : name_bytes_max;
      labels[*label_] = is_label(value_, bytes_max) ? value_ : std::string();
    }
    label_.reset();
    value_.clear();
    return true;
  }

  std::size_t depth_ = 0;
  bool top_is_object_ = false;
  std::string key_, value_;
  std::string number_;                ///< the parts of one that came in pieces
  std::optional<std::size_t> label_;  ///< whose value comes next
};

json::parse_options options() {
  json::parse_options strict;
  strict.max_depth = json_depth_max;
  return strict;
}

Error malformed(std::uint64_t position, const std::string& why) {
  return make_error(Code::invalid_argument, "json.parse", "byte " + std::to_string(position),
                    "not valid JSON: " + why);
}

}  // namespace

struct JsonInspector::State {
  json::basic_parser<Handler> parser{options()};
  std::uint64_t position = 0;
};

JsonInspector::JsonInspector(ArrayCollector* collector) : state_(std::make_unique<State>()) {
  state_->parser.handler().collector = collector;
}
JsonInspector::~JsonInspector() = default;

Result<void> JsonInspector::feed(std::string_view piece) {
  if (!state_->parser.done()) {
    json::error_code failure;
    const std::size_t used = state_->parser.write_some(true, piece.data(), piece.size(), failure);
    state_->position += used;
    if (failure) return malformed(state_->position, failure.message());
    piece.remove_prefix(used);
  }
  const std::size_t extra = piece.find_first_not_of(" \t\r\n");
  if (extra != std::string_view::npos) {
    return malformed(state_->position + extra, "something follows the value");
  }
  state_->position += piece.size();
  return ok();
}

Result<void> JsonInspector::finish() {
  if (state_->parser.done()) return ok();
  json::error_code failure;
  state_->parser.write_some(false, "", 0, failure);
  if (failure) return malformed(state_->position, failure.message());
  return ok();
}

JsonLabels JsonInspector::labels() const {
  const auto& found = state_->parser.handler().labels;
  JsonLabels labels;
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::string& label = i < type_keys ? labels.type : labels.name;
    if (label.empty()) label = found[i];
  }
  return labels;
}

Result<JsonLabels> inspect_json(std::string_view text, ArrayCollector* collector) {
  JsonInspector inspector(collector);
  SPILLWAY_TRY(inspector.feed(text));
  SPILLWAY_TRY(inspector.finish());
  return inspector.labels();
}

}  // namespace spillway
