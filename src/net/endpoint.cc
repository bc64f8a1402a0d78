// Endpoint rules.
#include "net/endpoint.h"

#include <algorithm>

#include "net/url.h"

namespace spillway {
namespace {

std::string setting(const ProfileSettings& profile, const std::string& name) {
  const auto found = profile.find(name);
  return found == profile.end() ? "" : found->second;
}

std::string first_of(std::initializer_list<std::string> candidates) {
  for (const std::string& candidate : candidates) {
    if (!candidate.empty()) return candidate;
  }
  return "";
}

bool is_host_label(const std::string& bucket) {
  return std::all_of(bucket.begin(), bucket.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

Result<Endpoint> resolve_endpoint(const std::string& service, const EndpointChoice& choice,
                                  const ProfileSettings& profile, const Environment& environment) {
  const auto variable = [&](const std::string& name) { return environment(name).value_or(""); };
  std::string upper = service;
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  const bool ignore = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true";
  const std::string configured =
      ignore ? ""
             : first_of({variable("AWS_ENDPOINT_URL_" + upper), variable("AWS_ENDPOINT_URL"),
                         setting(profile, "endpoint_url")});
  const std::string url = first_of({choice.url, configured});
  Endpoint endpoint;
  endpoint.region = first_of({choice.region, variable("AWS_REGION"), variable("AWS_DEFAULT_REGION"),
                              setting(profile, "region")});
  if (!url.empty()) {
    SPILLWAY_TRY(const Url parsed, parse_url(url));
    if (parsed.path != "/" || !parsed.query.empty()) {
      return make_error(Code::invalid_argument, "net.endpoint", service,
                        "an endpoint URL has neither path nor query");
    }
    endpoint.url = parsed.scheme + "://" + parsed.authority;
    endpoint.custom = true;
    if (endpoint.region.empty()) endpoint.region = "us-east-1";
    return endpoint;
  }
  if (endpoint.region.empty()) {
    return make_error(Code::invalid_argument, "net.endpoint", service,
                      "no region is known: set AWS_REGION or region in the profile");
  }
  if (!is_host_label(endpoint.region)) {
    return make_error(Code::invalid_argument, "net.endpoint", service, "that is no region's name");
  }
  endpoint.url = "https://" + service + "." + endpoint.region + ".amazonaws.com";
  if (endpoint.region.starts_with("cn-")) endpoint.url += ".cn";
  return endpoint;
}

std::string object_url(const Endpoint& endpoint, AddressStyle style, const std::string& bucket,
                       const std::string& key) {
  if (style == AddressStyle::automatic) {
    style =
        endpoint.custom || !is_host_label(bucket) ? AddressStyle::path : AddressStyle::virtual_host;
  }
  const std::string path = "/" + uri_encode(key, true);
  if (style == AddressStyle::path) {
    return endpoint.url + "/" + uri_encode(bucket) + (key.empty() ? "" : path);
  }
  const std::size_t host = endpoint.url.find("://") + 3;
  return endpoint.url.substr(0, host) + bucket + "." + endpoint.url.substr(host) + path;
}

}  // namespace spillway
