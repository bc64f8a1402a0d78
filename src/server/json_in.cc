// simdjson on demand, in two passes: the first visits every value, the second takes the members.
// The second alone would skip over what is inside the artifacts without looking at it.
#include "server/json_in.h"

#include <simdjson.h>

#include <set>

namespace spillway {
namespace {

namespace od = simdjson::ondemand;

constexpr std::string_view role_names[] = {"user", "assistant", "system", "tool"};

Error bad(std::string detail) {
  return make_error(Code::invalid_argument, "json.parse", "request body", std::move(detail));
}

Error bad(simdjson::error_code code, std::string_view where) {
  std::string detail = "the body is not valid JSON: ";
  detail += simdjson::error_message(code);
  if (!where.empty()) detail.append(" (in \"").append(where).append("\")");
  return bad(std::move(detail));
}

std::string_view trimmed(std::string_view token) {
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

std::size_t digits(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

/// RFC 8259, section 6. simdjson refuses numbers beyond its types, which are good JSON.
bool is_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = at;
  at = digits(text, at);
  if (at == whole || (text[whole] == '0' && at - whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = at + 1;
    at = digits(text, fraction);
    if (at == fraction) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = at;
    at = digits(text, exponent);
    if (at == exponent) return false;
  }
  return at == text.size();
}

simdjson::error_code visit_scalar(od::value& value, od::json_type type) {
  if (type == od::json_type::string) {
    std::string_view text;
    return value.get_string().get(text);
  }
  const std::string_view token = trimmed(value.raw_json_token());
  const bool good = type == od::json_type::number    ? is_number(token)
                    : type == od::json_type::boolean ? token == "true" || token == "false"
                                                     : token == "null";
  return good ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

/// Checks everything in `value`. Recursion is bounded by `depth_left`.
simdjson::error_code visit(od::value& value, std::size_t depth_left) {
  od::json_type type;
  if (const auto failure = value.type().get(type)) return failure;
  if (type != od::json_type::array && type != od::json_type::object) {
    return visit_scalar(value, type);
  }
  if (depth_left == 0) return simdjson::DEPTH_ERROR;
  if (type == od::json_type::array) {
    od::array array;
    if (const auto failure = value.get_array().get(array)) return failure;
    for (auto element : array) {
      od::value child;
      if (const auto failure = element.get(child)) return failure;
      if (const auto failure = visit(child, depth_left - 1)) return failure;
    }
    return simdjson::SUCCESS;
  }
  od::object object;
  if (const auto failure = value.get_object().get(object)) return failure;
  for (auto member : object) {
    std::string_view name;
    od::value child;
    if (const auto failure = member.unescaped_key().get(name)) return failure;
    if (const auto failure = member.value().get(child)) return failure;
    if (const auto failure = visit(child, depth_left - 1)) return failure;
  }
  return simdjson::SUCCESS;
}

Result<void> check_all(od::document& document, std::size_t depth_max) {
  od::object object;
  od::json_type type;
  if (const auto failure = document.type().get(type)) return bad(failure, "");
  if (type != od::json_type::object) return bad("the body must be a JSON object");
  if (const auto failure = document.get_object().get(object)) return bad(failure, "");
  std::set<std::string> seen;
  for (auto member : object) {
    std::string_view name;
    od::value value;
    if (const auto failure = member.unescaped_key().get(name)) return bad(failure, "");
    const std::string key(name);
    if (!seen.insert(key).second) return bad("\"" + key + "\" is given twice");
    if (const auto failure = member.value().get(value)) return bad(failure, key);
    const auto failure = visit(value, depth_max - 1);
    if (failure == simdjson::DEPTH_ERROR) {
      return bad("\"" + key + "\" is nested deeper than " + std::to_string(depth_max) + " levels");
    }
    if (failure) return bad(failure, key);
  }
  // At the end there is no location, which is an error to simdjson.
  if (!document.current_location().error()) return bad("something follows the JSON object");
  return ok();
}

Result<std::string> take_string(od::value& value, std::string_view name) {
  std::string_view text;
  if (value.get_string().get(text)) return bad("\"" + std::string(name) + "\" must be a string");
  return std::string(text);
}

Result<std::string> take_slice(od::value& value) {
  od::json_type type;
  if (const auto failure = value.type().get(type)) return bad(failure, "artifacts");
  std::string_view slice;
  simdjson::error_code failure = simdjson::SUCCESS;
  if (type == od::json_type::array) {
    od::array array;
    failure = value.get_array().get(array);
    if (!failure) failure = array.raw_json().get(slice);
  } else if (type == od::json_type::object) {
    od::object object;
    failure = value.get_object().get(object);
    if (!failure) failure = object.raw_json().get(slice);
  } else {
    slice = value.raw_json_token();
  }
  if (failure) return bad(failure, "artifacts");
  return std::string(trimmed(slice));
}

Result<std::vector<std::string>> take_artifacts(od::value& value) {
  od::array array;
  if (value.get_array().get(array)) return bad("\"artifacts\" must be an array");
  std::vector<std::string> artifacts;
  for (auto element : array) {
    od::value artifact;
    if (const auto failure = element.get(artifact)) return bad(failure, "artifacts");
    SPILLWAY_TRY(auto slice, take_slice(artifact));
    artifacts.push_back(std::move(slice));
  }
  return artifacts;
}

Result<void> take_member(PostBody& post, std::string_view name, od::value& value) {
  NewMessage& message = post.message;
  if (name == "role") {
    SPILLWAY_TRY(message.role, take_string(value, name));
    for (const std::string_view known : role_names) {
      if (message.role == known) return ok();
    }
    return bad("\"role\" must be user, assistant, system or tool");
  }
  if (name == "content") {
    SPILLWAY_TRY(message.content, take_string(value, name));
    return ok();
  }
  if (name == "artifacts") {
    SPILLWAY_TRY(message.artifacts, take_artifacts(value));
    return ok();
  }
  if (name == "onFailure") {
    SPILLWAY_TRY(auto text, take_string(value, name));
    if (text != "refuse" && text != "placeholder") {
      return bad("\"onFailure\" must be refuse or placeholder");
    }
    message.on_failure = text == "refuse" ? OnFailure::refuse : OnFailure::placeholder;
    return ok();
  }
  if (name == "respond") {
    if (value.get_bool().get(post.respond)) return bad("\"respond\" must be true or false");
    return ok();
  }
  return bad("unknown member \"" + std::string(name) + "\"");
}

}  // namespace

Result<PostBody> parse_post_body(std::string& body, std::size_t depth_max) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  od::parser parser;
  od::document document;
  const simdjson::padded_string_view padded(body.data(), body.size(), body.capacity());
  if (const auto failure = parser.iterate(padded).get(document)) return bad(failure, "");
  SPILLWAY_TRY(check_all(document, depth_max));
  document.rewind();

  od::object object;
  if (const auto failure = document.get_object().get(object)) return bad(failure, "");
  PostBody post;
  bool has_role = false, has_content = false;
  for (auto member : object) {
    std::string_view key;
    od::value value;
    if (const auto failure = member.unescaped_key().get(key)) return bad(failure, "");
    const std::string name(key);
    if (const auto failure = member.value().get(value)) return bad(failure, name);
    has_role = has_role || name == "role";
    has_content = has_content || name == "content";
    SPILLWAY_TRY(take_member(post, name, value));
  }
  if (!has_role) return bad("\"role\" is missing");
  if (!has_content) return bad("\"content\" is missing");
  return post;
}

}  // namespace spillway
