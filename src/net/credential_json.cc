// The JSON in which credentials arrive.
#include <simdjson.h>

#include "net/clock_skew.h"
#include "net/credential_sources.h"

namespace spillway {

Result<Credentials> parse_credential_json(std::string_view json, std::string_view token_name,
                                          const std::string& source) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::object object;
  const auto wrong = [&](const char* why) {
    return make_error(Code::permission_denied, "net.credentials", source, why);
  };
  if (parser.parse(padded).get(object) != simdjson::SUCCESS) return wrong("the answer is no JSON");
  const auto text = [&](std::string_view name) {
    std::string_view value;
    return object[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
  };
  Credentials found{text("AccessKeyId"), Secret(text("SecretAccessKey")), Secret(text(token_name))};
  if (found.access_key_id.empty() || found.secret_access_key.empty()) {
    return wrong("the answer holds no access key");
  }
  const std::string expiration = text("Expiration");
  if (!expiration.empty()) {
    found.expires_millis = parse_iso8601(expiration);
    if (!found.expires_millis) return wrong("its Expiration is no date");
  }
  return found;
}

}  // namespace spillway
