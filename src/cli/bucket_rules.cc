// Merging our rules into a bucket's.
#include "cli/bucket_rules.h"

#include <algorithm>

#include "base/digest.h"

namespace spillway {
namespace {

constexpr const char* expose_headers[] = {"ETag", "Content-Range", "Content-Length",
                                          "Content-Encoding", "Accept-Ranges"};

std::string days_text(std::uint32_t days) { return std::to_string(days) + " days"; }

bool is_same(const LifecycleRule& a, const LifecycleRule& b) {
  return a.enabled == b.enabled && a.prefix == b.prefix && a.transitions == b.transitions &&
         a.abort_multipart_days == b.abort_multipart_days &&
         a.expire_noncurrent_days == b.expire_noncurrent_days;
}

Error wrong(std::string flag, std::string detail) {
  return make_error(Code::invalid_argument, "init", std::move(flag), std::move(detail));
}

/// Our rules on one prefix, as they are in a plan.
class OurRules {
 public:
  OurRules(RulePlan<LifecycleRule>& plan, const std::string& prefix)
      : plan_(plan), prefix_(prefix) {}

  /// The rule of that kind as it stands, or a new one.
  LifecycleRule get(const std::string& kind) const {
    const auto found = find(kind);
    LifecycleRule rule;
    if (found != plan_.rules.end()) {
      rule = *found;
      rule.enabled = true;  // one that somebody switched off does not do what is asked for
      return rule;
    }
    rule.id = kind + "-" + to_hex(sha256(prefix_)).substr(0, 8);  // ids are unique in a bucket
    rule.prefix = prefix_;
    return rule;
  }

  void set(const std::string& kind, LifecycleRule wanted, const std::string& says) {
    const auto found = find(kind);
    if (found != plan_.rules.end() && is_same(*found, wanted)) {
      plan_.present.push_back(says);
      return;
    }
    wanted.xml.clear();  // or the rule would be sent again as it was
    if (found != plan_.rules.end()) {
      *found = std::move(wanted);
    } else {
      plan_.rules.push_back(std::move(wanted));
    }
    plan_.additions.push_back(says);
  }

 private:
  std::vector<LifecycleRule>::iterator find(const std::string& kind) const {
    return std::ranges::find_if(plan_.rules, [&](const LifecycleRule& rule) {
      return rule.id.starts_with(kind) && rule.prefix == prefix_;
    });
  }

  RulePlan<LifecycleRule>& plan_;
  const std::string& prefix_;
};

std::optional<std::uint32_t> days_until(const LifecycleRule& rule, const std::string& tier) {
  for (const LifecycleRule::Transition& to : rule.transitions) {
    if (to.storage_class == tier) return to.days;
  }
  return std::nullopt;
}

/// What S3 refuses (Amazon S3 User Guide, "Constraints and considerations for transitions").
Result<void> check_tiers(std::optional<std::uint32_t> cool, std::optional<std::uint32_t> cold) {
  if (cool && *cool < infrequent_access_days_min) {
    return wrong("--infrequent-access-after", "S3 allows 30 days at least");
  }
  if (cool && cold && *cold < *cool + infrequent_access_days_min) {
    return wrong("--glacier-instant-after", "S3 allows it 30 days at least after the " +
                                                days_text(*cool) + " of infrequent access");
  }
  return ok();
}

Result<void> plan_tiers(OurRules& ours, const WantedRules& wanted) {
  const std::string kind = "spillway-cheaper-tiers";
  LifecycleRule tiers = ours.get(kind);
  const auto either = [&](std::optional<std::uint32_t> asked, const char* tier) {
    return asked ? asked : days_until(tiers, tier);
  };
  const auto cool = either(wanted.infrequent_access_days, "STANDARD_IA");
  const auto cold = either(wanted.glacier_instant_days, "GLACIER_IR");
  SPILLWAY_TRY(check_tiers(cool, cold));
  if (!cool && !cold) return ok();
  tiers.transitions.clear();
  std::string says = "objects move";
  if (cool) {
    tiers.transitions.push_back({*cool, "STANDARD_IA"});
    says += " to STANDARD_IA after " + days_text(*cool);
  }
  if (cold) {
    tiers.transitions.push_back({*cold, "GLACIER_IR"});
    says += " to GLACIER_IR after " + days_text(*cold);
  }
  ours.set(kind, std::move(tiers), says);
  return ok();
}

bool lists(const std::vector<std::string>& values, const std::string& wanted) {
  return std::ranges::any_of(values, [&](const std::string& value) {
    return value == "*" || std::ranges::equal(
                               value, wanted, {}, [](char c) { return std::tolower(c); },
                               [](char c) { return std::tolower(c); });
  });
}

bool covers(const LifecycleRule& rule, const std::string& prefix) {
  return rule.enabled && prefix.starts_with(rule.prefix);
}

bool touches(const LifecycleRule& rule, const std::string& prefix) {
  return rule.enabled && (prefix.starts_with(rule.prefix) || rule.prefix.starts_with(prefix));
}

/// Does the rule delete current versions? Not modelled in LifecycleRule: it stands in its XML, as
/// an Expiration with Days or Date.
bool deletes_objects(const LifecycleRule& rule) {
  const std::size_t from = rule.xml.find("<Expiration>");
  if (from == std::string::npos) return false;
  const std::string inside = rule.xml.substr(from, rule.xml.find("</Expiration>", from) - from);
  return inside.find("<Days>") != std::string::npos || inside.find("<Date>") != std::string::npos;
}

}  // namespace

Result<RulePlan<LifecycleRule>> plan_lifecycle(std::vector<LifecycleRule> existing,
                                               const WantedRules& wanted, const std::string& prefix,
                                               Versioning versioning) {
  if (prefix.empty()) {
    return wrong("objects",
                 "the URL of the objects has no prefix, so lifecycle rules would be on all objects "
                 "in the bucket, those of others too: use one, as in s3://BUCKET/spillway");
  }
  RulePlan<LifecycleRule> plan;
  plan.rules = std::move(existing);
  OurRules ours(plan, prefix);
  const std::string uploads_kind = "spillway-abort-incomplete-uploads";
  LifecycleRule uploads = ours.get(uploads_kind);
  uploads.abort_multipart_days = abort_multipart_days;
  ours.set(uploads_kind, std::move(uploads),
           "incomplete multipart uploads are aborted after " + days_text(abort_multipart_days));
  SPILLWAY_TRY(plan_tiers(ours, wanted));
  if (versioning != Versioning::off) {
    const std::string versions_kind = "spillway-expire-noncurrent";
    LifecycleRule versions = ours.get(versions_kind);
    versions.expire_noncurrent_days = wanted.expire_noncurrent_days.value_or(
        versions.expire_noncurrent_days.value_or(expire_noncurrent_days_default));
    const std::string says = "removed objects are kept as old versions for " +
                             days_text(*versions.expire_noncurrent_days);
    ours.set(versions_kind, std::move(versions), says);
  }
  return plan;
}

bool cors_allows(const std::vector<CorsRule>& rules, const std::string& origin) {
  // S3 takes the first rule that matches origin and method.
  for (const CorsRule& rule : rules) {
    if (!lists(rule.allowed_origins, origin) || !lists(rule.allowed_methods, "GET")) continue;
    return lists(rule.allowed_methods, "HEAD") &&
           std::ranges::all_of(expose_headers,
                               [&](const char* name) { return lists(rule.expose_headers, name); });
  }
  return false;
}

RulePlan<CorsRule> plan_cors(std::vector<CorsRule> existing,
                             const std::vector<std::string>& origins) {
  RulePlan<CorsRule> plan;
  plan.rules = std::move(existing);
  for (const std::string& origin : origins) {
    const std::string says = "pages of " + origin + " may read objects (GET, HEAD)";
    if (cors_allows(plan.rules, origin)) {
      plan.present.push_back(says);
      continue;
    }
    CorsRule rule;
    rule.allowed_origins = {origin};
    rule.allowed_methods = {"GET", "HEAD"};
    rule.allowed_headers = {"*"};
    rule.expose_headers.assign(std::begin(expose_headers), std::end(expose_headers));
    plan.rules.insert(plan.rules.begin(), rule);  // the first that matches decides
    plan.additions.push_back(says);
  }
  return plan;
}

std::vector<RuleDanger> dangers_of(const std::vector<LifecycleRule>& rules,
                                   const std::string& prefix) {
  std::vector<RuleDanger> dangers;
  for (const LifecycleRule& rule : rules) {
    if (!touches(rule, prefix)) continue;
    if (deletes_objects(rule)) {
      dangers.push_back({rule.id,
                         "deletes objects by their age, whether or not an item refers to "
                         "them: data will be lost",
                         true});
    }
    for (const LifecycleRule::Transition& to : rule.transitions) {
      if (to.storage_class != "GLACIER" && to.storage_class != "DEEP_ARCHIVE") continue;
      dangers.push_back({rule.id,
                         "moves objects to " + to.storage_class + " after " + days_text(to.days) +
                             ", where they must be restored for hours before they can be read",
                         false});
    }
  }
  return dangers;
}

std::optional<std::uint32_t> aborts_multipart_after(const std::vector<LifecycleRule>& rules,
                                                    const std::string& prefix) {
  for (const LifecycleRule& rule : rules) {
    if (covers(rule, prefix) && rule.abort_multipart_days) return rule.abort_multipart_days;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> expires_noncurrent_after(const std::vector<LifecycleRule>& rules,
                                                      const std::string& prefix) {
  for (const LifecycleRule& rule : rules) {
    if (covers(rule, prefix) && rule.expire_noncurrent_days) return rule.expire_noncurrent_days;
  }
  return std::nullopt;
}

}  // namespace spillway
