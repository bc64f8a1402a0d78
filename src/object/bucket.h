// Bucket: what is asked of an S3 bucket beyond keeping objects: setting it up, checking it, links
// for browsers, and bringing objects back from archive tiers. Source: Amazon S3 API Reference.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "object/object_store.h"
#include "spillway/deadline.h"
#include "spillway/error.h"

namespace spillway {

/// One rule of a bucket's lifecycle configuration.
struct LifecycleRule {
  struct Transition {
    std::uint32_t days = 0;
    std::string storage_class;  ///< "STANDARD_IA", "GLACIER_IR"
    bool operator==(const Transition&) const = default;
  };
  std::string id;
  bool enabled = true;
  std::string prefix;
  std::vector<Transition> transitions;
  std::optional<std::uint32_t> abort_multipart_days;    ///< incomplete uploads are aborted
  std::optional<std::uint32_t> expire_noncurrent_days;  ///< of versions that were superseded
  /// The rule as it stands in the bucket. A rule read and written back is sent verbatim, so that
  /// what others configured, and what is not modelled here, stays. Empty: made from the above.
  std::string xml;
};

struct CorsRule {
  std::vector<std::string> allowed_origins, allowed_methods, allowed_headers, expose_headers;
  std::string xml = {};  ///< as in LifecycleRule
};

enum class Versioning { off, enabled, suspended };

/// What a browser that follows a link is told.
struct LinkHeaders {
  std::string content_type, content_disposition, content_encoding, cache_control;
};

/// Thread-safe. Errors are those of ObjectStore; not_found where the bucket is missing.
class Bucket {
 public:
  /// `url` is that of the object store: "s3://bucket/prefix?…". invalid_argument for another kind.
  static Result<std::unique_ptr<Bucket>> open(const std::string& url);
  ~Bucket();

  const std::string& name() const;
  /// "prefix/" of every object key, or empty.
  const std::string& prefix() const;
  /// Where requests go: "https://s3.eu-central-1.amazonaws.com", and the region they are signed
  /// for.
  const std::string& endpoint() const;
  const std::string& region() const;
  /// The profile whose credentials sign, where the URL names one.
  const std::string& profile() const;

  /// Makes the bucket, private. ok if it is there already and ours; conflict if it is another's.
  Result<void> create(Deadline deadline);
  /// HeadBucket: that it exists and may be used. Where it lies in another region: invalid_argument,
  /// naming that region.
  Result<void> check(Deadline deadline);
  /// How far this machine's clock is ahead of the server's.
  Result<std::chrono::milliseconds> clock_skew(Deadline deadline);
  Result<Versioning> versioning(Deadline deadline);
  /// Empty where none is configured.
  Result<std::vector<LifecycleRule>> lifecycle(Deadline deadline);
  /// Replaces all rules; the size from which objects move at all stays as it is.
  Result<void> set_lifecycle(const std::vector<LifecycleRule>& rules, Deadline deadline);
  Result<std::vector<CorsRule>> cors(Deadline deadline);
  Result<void> set_cors(const std::vector<CorsRule>& rules, Deadline deadline);
  /// PutObject, GetObject, ListBucket and DeleteObject one by one on a key of its own under the
  /// prefix, and a multipart upload that is begun and aborted: the permissions that Spillway needs.
  /// What could not be tried, because what it needs had failed, is told as failed by the same.
  struct Permission {
    std::string action;  ///< "s3:PutObject"
    std::optional<Error> failed;
  };
  std::vector<Permission> check_permissions(Deadline deadline);

  /// A link by which its bearer may GET the object for `lifetime` (1 to 300 s), answered with
  /// `headers`. Asks nobody, except for credentials that are about to expire.
  Result<std::string> link(const ObjectKey& key, const LinkHeaders& headers,
                           std::chrono::seconds lifetime, Deadline deadline);

  /// Asks for a copy of an archived object for `days`. ok also while one is under way or there;
  /// invalid_argument where the object is not archived.
  enum class RestoreTier { expedited, standard, bulk };
  Result<void> restore(const ObjectKey& key, std::uint32_t days, RestoreTier tier,
                       Deadline deadline);
  /// How far a restore is.
  enum class Archive { none, archived, restoring, restored };
  Result<Archive> archive_state(const ObjectKey& key, Deadline deadline);

  /// Aborts multipart uploads under the prefix (without one: of the whole bucket, whosever they
  /// are) that were begun longer ago, by the server's clock:
  /// what crashed writers left, which is billed until it is aborted. Returns how many.
  Result<std::uint64_t> abort_stale_uploads(std::chrono::hours older_than, Deadline deadline);

 private:
  struct State;
  explicit Bucket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace spillway
