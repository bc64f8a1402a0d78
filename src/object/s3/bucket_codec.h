// The XML in which buckets are configured. Pure. Source: Amazon S3 API Reference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/headers.h"
#include "object/bucket.h"

namespace spillway {

/// The body of a CreateBucket.
std::string create_bucket_xml(const std::string& region);

/// Errors of what reads: corrupt.
Result<Versioning> parse_versioning(const std::string& xml);
Result<std::vector<LifecycleRule>> parse_lifecycle(const std::string& xml);
/// Errors: invalid_argument where the `xml` of a rule is none.
Result<std::string> lifecycle_xml(const std::vector<LifecycleRule>& rules);
Result<std::vector<CorsRule>> parse_cors(const std::string& xml);
Result<std::string> cors_xml(const std::vector<CorsRule>& rules);

std::string restore_xml(std::uint32_t days, Bucket::RestoreTier tier);
/// Of the headers of a HeadObject.
Bucket::Archive parse_archive(const HttpHeaders& headers);

struct S3Upload {
  ObjectKey key;
  std::string id;
  std::int64_t begun_millis = 0;
};
struct S3UploadPage {
  std::vector<S3Upload> uploads;
  bool more = false;
  std::string next_key, next_id;
};
Result<S3UploadPage> parse_uploads(const std::string& xml);

}  // namespace spillway
