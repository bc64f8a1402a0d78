// The lifecycle and CORS rules that Spillway wants on its bucket, and what is wrong with those
// there are. Pure. Sources: Amazon S3 User Guide, "Managing the lifecycle of objects", "Using
// CORS".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "object/bucket.h"

namespace spillway {

inline constexpr std::uint32_t abort_multipart_days = 7;
/// S3 moves nothing to infrequent access earlier, nor from there to Glacier sooner.
inline constexpr std::uint32_t infrequent_access_days_min = 30;

/// Where a bucket keeps removed objects as old versions and nothing says for how long.
inline constexpr std::uint32_t expire_noncurrent_days_default = 35;

/// What is asked for; what is not stays as it stands in the bucket.
struct WantedRules {
  std::optional<std::uint32_t> infrequent_access_days, glacier_instant_days;
  std::optional<std::uint32_t> expire_noncurrent_days;
};

template <class Rule>
struct RulePlan {
  std::vector<Rule> rules;             ///< all, those of others unchanged
  std::vector<std::string> additions;  ///< one sentence for each that is new or changed
  std::vector<std::string> present;    ///< … and for each that was there as wanted
};

/// Ours are the rules with our ids on this very prefix: several stores may share a bucket. All
/// others are kept. invalid_argument without a prefix, for then the rules would be on objects of
/// others, and for days that S3 refuses.
Result<RulePlan<LifecycleRule>> plan_lifecycle(std::vector<LifecycleRule> existing,
                                               const WantedRules& wanted, const std::string& prefix,
                                               Versioning versioning);
/// GET and HEAD for each origin, unless a rule allows that already.
RulePlan<CorsRule> plan_cors(std::vector<CorsRule> existing,
                             const std::vector<std::string>& origins);

/// May a page of this origin follow links and read the headers it needs?
bool cors_allows(const std::vector<CorsRule>& rules, const std::string& origin);

/// What rules of others would do to our objects: delete them, or make them unreadable at once.
struct RuleDanger {
  std::string rule, what;
  bool loses_data = false;
};
std::vector<RuleDanger> dangers_of(const std::vector<LifecycleRule>& rules,
                                   const std::string& prefix);

/// Is there an enabled rule that aborts incomplete uploads under the prefix? Expires noncurrent
/// versions? Days, or nullopt.
std::optional<std::uint32_t> aborts_multipart_after(const std::vector<LifecycleRule>& rules,
                                                    const std::string& prefix);
std::optional<std::uint32_t> expires_noncurrent_after(const std::vector<LifecycleRule>& rules,
                                                      const std::string& prefix);

}  // namespace spillway
