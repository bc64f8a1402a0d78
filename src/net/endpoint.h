// Where a service is: endpoint, region and the two styles of S3 addresses. Source: AWS SDKs and
// Tools Reference Guide, "Service-specific endpoints", "AWS Region", "Virtual hosting of buckets".
#pragma once

#include <string>

#include "net/aws_config.h"

namespace spillway {

struct Endpoint {
  std::string url;      ///< scheme and authority, no slash at the end
  std::string region;   ///< to sign with
  bool custom = false;  ///< not AWS's own: S3 addresses are path style unless told otherwise
};

/// What the operator said; it beats everything else. Empty: not said.
struct EndpointChoice {
  std::string url;
  std::string region;
};

/// `service` is "s3", "dynamodb" or "sts". URL: choice, AWS_ENDPOINT_URL_<SERVICE>,
/// AWS_ENDPOINT_URL, the profile's endpoint_url, AWS's own. Region: choice, AWS_REGION,
/// AWS_DEFAULT_REGION, the profile's region; a custom endpoint without any is signed for us-east-1.
/// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true leaves all but the choice out. Errors:
/// invalid_argument, saying what to set.
Result<Endpoint> resolve_endpoint(const std::string& service, const EndpointChoice& choice,
                                  const ProfileSettings& profile, const Environment& environment);

enum class AddressStyle { automatic, path, virtual_host };

/// "https://bucket.s3.eu-central-1.amazonaws.com/key" or "http://127.0.0.1:8000/bucket/key", with
/// the key percent-encoded. Automatic: path style at custom endpoints and for buckets whose names a
/// TLS certificate's wildcard does not cover (dots) or no host may have (upper case, '_').
std::string object_url(const Endpoint& endpoint, AddressStyle style, const std::string& bucket,
                       const std::string& key);

}  // namespace spillway
