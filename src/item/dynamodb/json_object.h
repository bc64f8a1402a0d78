// Puts a JSON object together, member by member.
#pragma once

#include <string>
#include <string_view>

#include "base/json_text.h"

namespace spillway {

class JsonObject {
 public:
  /// `json` is a value already spelled.
  JsonObject& add(std::string_view name, std::string_view json) {
    text_ += text_.size() > 1 ? "," : "";
    append_json_string(text_, name);
    text_ += ':';
    text_ += json;
    return *this;
  }
  JsonObject& add_string(std::string_view name, std::string_view value) {
    return add(name, json_string(value));
  }
  JsonObject& add_bool(std::string_view name, bool value) {
    return add(name, value ? "true" : "false");
  }
  std::string finish() { return std::move(text_) + "}"; }

 private:
  std::string text_ = "{";
};

}  // namespace spillway
