// What the S3 object store needs to know, and the URL that says it.
#pragma once

#include <cstdint>
#include <string>

#include "net/endpoint.h"
#include "spillway/error.h"

namespace spillway {

/// A part of a multipart upload, S3's least (but for the last) and what a gateway can hold in
/// memory (Amazon S3 User Guide, "Multipart upload limits").
inline constexpr std::uint64_t part_bytes_least = 5ull << 20;
inline constexpr std::uint64_t part_bytes_most = 64ull << 20;

/// "s3://bucket/prefix?endpoint=…&region=…&profile=…&style=path|virtual&sse=AES256|aws:kms&
/// kms_key=…&storage_class=…&tags=team%3Dgeo%26env%3Dprod&ca_file=…&part_bytes=…", every part
/// percent-encoded. All parameters may be absent; credentials come from AWS's chain, never from
/// here.
struct S3Config {
  std::string bucket;
  std::string prefix;       ///< "prefix/", or empty; put before keys by whoever makes keys
  EndpointChoice endpoint;  ///< empty: by environment, profile and region
  std::string profile;
  AddressStyle style = AddressStyle::automatic;
  std::string sse;            ///< "AES256" or "aws:kms"; empty: the bucket's default
  std::string kms_key;        ///< with aws:kms; empty: AWS's own key
  std::string storage_class;  ///< empty: STANDARD
  std::string tags;           ///< as the header x-amz-tagging has them: "team=geo&env=prod"
  std::string ca_file;        ///< PEM file of authorities instead of the system's
  std::uint64_t part_bytes = 8ull << 20;
};

/// Errors: invalid_argument that says what is known. The error does not repeat the query.
Result<S3Config> parse_s3_url(const std::string& url);

}  // namespace spillway
